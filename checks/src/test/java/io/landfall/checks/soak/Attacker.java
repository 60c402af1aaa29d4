package io.landfall.checks.soak;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;

/**
 * An attacker of one kind, at a bounded rate, until it is stopped.
 *
 * <p>What goes wrong for an attacker is its own affair: it counts it and tries again after a while.
 * The verdict is about the nodes.
 */
abstract class Attacker implements AutoCloseable {
  private static final long AFTER_FAILURE_MILLIS = 500;
  private static final long END_SECONDS = 10;

  /** What was done; the first word proves that the attack took place. */
  final Tally tally = new Tally();

  private final String deed;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stop = new CountDownLatch(1);

  /**
   * An attacker at rest.
   *
   * @param deed the count that must not be zero when all is over
   */
  Attacker(String deed) {
    this.deed = deed;
  }

  /** One round of an attack. */
  interface Round {
    void run() throws IOException, InterruptedException;
  }

  /** What it does before those who behave are all there; nothing unless it wants to be first. */
  void first() {}

  /** Starts to attack; returns at once. */
  abstract void start();

  /** Runs rounds on a thread of their own until it is stopped, with a pause after each. */
  final void repeat(long pauseMillis, Round round) {
    threads.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    do {
                      once(round);
                    } while (!pause(pauseMillis));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  private void once(Round round) throws InterruptedException {
    try {
      round.run();
    } catch (IOException e) {
      if (!isStopped()) {
        tally.add("rounds cut short");
        pause(AFTER_FAILURE_MILLIS);
      }
    }
  }

  /** Lets time pass; returns whether it is over. */
  final boolean pause(long millis) throws InterruptedException {
    return stop.await(millis, TimeUnit.MILLISECONDS);
  }

  final boolean isStopped() {
    return stop.getCount() == 0;
  }

  /** Something to be closed at the end, if it is not before. */
  <T extends Closeable> T keep(T resource) throws IOException {
    open.add(resource);
    if (isStopped()) {
      resource.close();
      throw new IOException("it is over");
    }
    return resource;
  }

  /** Closes what was kept. */
  void drop(Closeable resource) {
    open.remove(resource);
    try {
      resource.close();
    } catch (IOException e) {
      tally.add("closed badly");
    }
  }

  /** Checks that it did at all what it is for, and got nothing for it. */
  void check(SoftAssertions softly) {
    softly.assertThat(tally.of(deed)).as("%s of %s: %s", deed, name(), tally).isPositive();
  }

  final String name() {
    return getClass().getSimpleName();
  }

  @Override
  public void close() {
    stop.countDown();
    open.forEach(this::drop);
    try {
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

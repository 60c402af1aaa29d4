package io.landfall.checks.soak;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a node again and again how it is: whether it answers, and how much memory it has in use. */
final class Witness implements Closeable {
  private static final long PAUSE_MILLIS = 500;

  final Tally tally = new Tally();
  private final SoakNode node;
  private final CountDownLatch stop = new CountDownLatch(1);
  private @Nullable Thread thread;
  private final List<String> silences = new ArrayList<>();
  private long mostHeapBytes;
  private long slowestMillis;

  Witness(SoakNode node) {
    this.node = node;
  }

  void start() {
    thread = Thread.ofPlatform().daemon().start(this::watch);
  }

  private void watch() {
    try {
      while (!stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        long asked = System.nanoTime();
        try {
          seen(node.ask("/metrics"), (System.nanoTime() - asked) / 1_000_000);
        } catch (IOException e) {
          silent(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void seen(String metrics, long tookMillis) {
    tally.add("answers");
    slowestMillis = Math.max(slowestMillis, tookMillis);
    mostHeapBytes =
        Math.max(mostHeapBytes, SoakNode.metric(metrics, "jvm_memory_used_bytes{area=\"heap\"}"));
  }

  private synchronized void silent(IOException why) {
    tally.add("silences");
    if (silences.size() < 5) {
      silences.add(String.valueOf(why));
    }
  }

  /** The first times that it did not answer in time. */
  synchronized List<String> silences() {
    return List.copyOf(silences);
  }

  /** One line of figures. */
  synchronized String line() {
    return "%s: %s, resident at most %d MiB, heap at most %d MiB, %d s of CPU, slowest answer %d ms"
        .formatted(
            node,
            node.ending(),
            node.peakMib(),
            mostHeapBytes >> 20,
            node.cpuSeconds(),
            slowestMillis);
  }

  @Override
  public void close() {
    stop.countDown();
    Thread watching = thread;
    try {
      if (watching != null) {
        watching.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

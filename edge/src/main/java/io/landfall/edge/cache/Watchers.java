package io.landfall.edge.cache;

import io.landfall.edge.exchange.Exchanges;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The readers of a response that is being fetched, by the event loops that they live on. Each list
 * is touched by its own loop only; a loop is woken by one task, however much has come since.
 */
final class Watchers {
  /** One for each event loop at most. */
  private final List<OfLoop> loops = new CopyOnWriteArrayList<>();

  /** Those of one event loop. */
  private static final class OfLoop implements Runnable {
    private final Exchanges loop;
    private final List<CacheReader> readers = new ArrayList<>(1);
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile long slowest = Long.MAX_VALUE;

    OfLoop(Exchanges loop) {
      this.loop = loop;
    }

    @Override
    public void run() {
      // First, so that what comes from now on is seen by the next run.
      scheduled.set(false);
      for (CacheReader each : List.copyOf(readers)) {
        each.advance();
      }
    }

    private void runLater() {
      if (scheduled.compareAndSet(false, true)) {
        runOn(loop, this);
      }
    }

    private void measure() {
      long least = Long.MAX_VALUE;
      for (CacheReader each : readers) {
        least = Math.min(least, each.position());
      }
      slowest = least;
    }
  }

  /** Adds a reader; on its loop. */
  void add(CacheReader reader, Exchanges loop) {
    OfLoop its = of(loop);
    its.readers.add(reader);
    its.slowest = Math.min(its.slowest, reader.position());
  }

  /**
   * Takes a reader out; on its loop.
   *
   * @param measured whether it counts how far those that stay are
   */
  void remove(CacheReader reader, Exchanges loop, boolean measured) {
    OfLoop its = of(loop);
    its.readers.remove(reader);
    if (measured || its.readers.isEmpty()) {
      // Where none is left none moves, which would measure later.
      its.measure();
    }
  }

  /** Readers have moved on; on their loop. */
  void moved(Exchanges loop) {
    of(loop).measure();
  }

  /** The first byte that a reader may still need; none before it is needed any more. */
  long slowest() {
    long least = Long.MAX_VALUE;
    for (OfLoop each : loops) {
      least = Math.min(least, each.slowest);
    }
    return least;
  }

  private OfLoop of(Exchanges loop) {
    for (OfLoop each : loops) {
      if (each.loop.equals(loop)) {
        return each;
      }
    }
    // No other thread adds this loop.
    OfLoop made = new OfLoop(loop);
    loops.add(made);
    return made;
  }

  /** Lets all readers look at what there is now: those of the loop that calls at once. */
  void wake(Exchanges own) {
    for (OfLoop each : loops) {
      if (each.loop.equals(own)) {
        each.run();
      } else {
        each.runLater();
      }
    }
  }

  /** Lets all readers look, each on its loop, after what runs there now. Any thread. */
  void wakeLater() {
    loops.forEach(OfLoop::runLater);
  }

  /** Runs a task on a loop, unless it has ended, and its requests with it. */
  static void runOn(Exchanges loop, Runnable task) {
    try {
      loop.executor().execute(task);
    } catch (RejectedExecutionException e) {
      // Its buffers are freed by those who hold them still.
    }
  }
}

package io.landfall.edge.cache;

import io.landfall.edge.exchange.Exchanges;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The readers of a response that is being fetched, by the event loops that they live on. Each set
 * is touched by its own loop only; a loop is woken by one task, however much has come since. So
 * many readers as there may be of one response do not stop a loop: they are woken {@link
 * #MOST_AT_ONCE} at a time, and how far they are is measured once for all that moved.
 */
final class Watchers {
  /** So many readers are woken before the loop does other work. */
  static final int MOST_AT_ONCE = 256;

  private static final FillReader[] NONE = {};

  /** One for each event loop at most. */
  private final List<OfLoop> loops = new CopyOnWriteArrayList<>();

  /** Those of one event loop. */
  private static final class OfLoop implements Runnable {
    private final Exchanges loop;
    private final Set<FillReader> readers = new LinkedHashSet<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile long slowest = Long.MAX_VALUE;
    private boolean measuring;

    // Those that are woken in turn, and which one is next; once more when more came meanwhile.
    private FillReader[] turn = NONE;
    private int next;
    private boolean again;
    private boolean waking;

    OfLoop(Exchanges loop) {
      this.loop = loop;
    }

    @Override
    public void run() {
      // First, so that what comes from now on is seen by the next run.
      scheduled.set(false);
      if (waking || next < turn.length) {
        again = true;
        return;
      }
      turn = readers.toArray(NONE);
      next = 0;
      goOn();
    }

    private void goOn() {
      int end = Math.min(turn.length, next + MOST_AT_ONCE);
      waking = true;
      try {
        while (next < end) {
          FillReader each = turn[next];
          next++;
          each.advance();
        }
      } finally {
        waking = false;
        if (next < turn.length) {
          runOn(loop, this::goOn);
        } else {
          turn = NONE;
          next = 0;
          if (again) {
            again = false;
            runOn(loop, this);
          }
        }
      }
    }

    /** How far they are, once all have moved that move now. */
    private void measureSoon(Runnable then) {
      if (!measuring) {
        measuring = true;
        runOn(
            loop,
            () -> {
              measuring = false;
              measure();
              then.run();
            });
      }
    }

    private void runLater() {
      if (scheduled.compareAndSet(false, true)) {
        runOn(loop, this);
      }
    }

    private void measure() {
      long least = Long.MAX_VALUE;
      for (FillReader each : readers) {
        least = Math.min(least, each.position());
      }
      slowest = least;
    }
  }

  /** Adds a reader; on its loop. */
  void add(FillReader reader, Exchanges loop) {
    OfLoop its = of(loop);
    its.readers.add(reader);
    its.slowest = Math.min(its.slowest, reader.position());
  }

  /**
   * Takes a reader out; on its loop.
   *
   * @param measured whether it counts how far those that stay are
   * @param then what is done once that is known, on that loop
   */
  void remove(FillReader reader, Exchanges loop, boolean measured, Runnable then) {
    OfLoop its = of(loop);
    its.readers.remove(reader);
    if (its.readers.isEmpty()) {
      // Where none is left none moves, which would measure later.
      its.measure();
    } else if (measured) {
      its.measureSoon(then);
    }
  }

  /** Readers have moved on; on their loop, where {@code then} is called once that is measured. */
  void moved(Exchanges loop, Runnable then) {
    of(loop).measureSoon(then);
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

package io.landfall.node;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What other threads hand to the control thread: in order, and in slices, between which the event
 * loop reads its own streams and runs the timers that are due.
 *
 * <p>An event loop left to itself goes through its queue for up to a second, and takes what was
 * added meanwhile, before it looks at timers or sockets again. Streams of other loops, each of
 * which reads on as soon as its last bytes were dealt with, keep a queue from ever being empty; so
 * a few peers that send without end would hold back every BFD packet and every KEEPALIVE.
 *
 * <p>The queue itself has no bound, but each who adds to it has: a stream hands over one read and
 * waits until that was dealt with.
 */
final class ControlQueue {
  /**
   * How long a slice may take at least; the task that exceeds it is the last of the slice. It takes
   * as long as the loop spent on streams and timers since the last one, so that none of both gets
   * more than half of the thread while the other has work.
   */
  static final long SLICE_NANOS = 5_000_000L;

  /** How long a slice may take at most: what a BFD packet bears with the shortest of intervals. */
  static final long MOST_SLICE_NANOS = 25_000_000L;

  private final EventLoop loop;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** How many wait: the queue itself would have to be walked. */
  private final AtomicInteger count = new AtomicInteger();

  /** Whether the loop knows that something waits. */
  private final AtomicBoolean announced = new AtomicBoolean();

  /** When the last slice ended; the loop's own. */
  private long endedNanos = System.nanoTime();

  /** An empty queue of an event loop. */
  ControlQueue(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Adds a task.
   *
   * @throws RejectedExecutionException if the event loop has ended
   */
  void add(Runnable task) {
    count.incrementAndGet();
    waiting.add(task);
    if (announced.compareAndSet(false, true)) {
      try {
        loop.execute(this::slice);
      } catch (RejectedExecutionException e) {
        if (waiting.remove(task)) {
          count.decrementAndGet();
        }
        announced.set(false);
        throw e;
      }
    }
  }

  /** How many tasks wait; any thread. */
  int size() {
    return count.get();
  }

  private @Nullable Runnable next() {
    Runnable task = waiting.poll();
    if (task != null) {
      count.decrementAndGet();
    }
    return task;
  }

  private void slice() {
    long began = System.nanoTime();
    long budget = Math.clamp(began - endedNanos, SLICE_NANOS, MOST_SLICE_NANOS);
    try {
      Runnable task = next();
      while (task != null) {
        task.run();
        // A loop that ends runs no timers any more, and comes back to nothing.
        boolean goesOn = System.nanoTime() - began < budget || loop.isShuttingDown();
        task = goesOn ? next() : null;
      }
    } finally {
      endedNanos = System.nanoTime();
      comeBack();
    }
  }

  private void comeBack() {
    announced.set(false);
    if (!waiting.isEmpty() && announced.compareAndSet(false, true)) {
      // As a timer: the loop takes what is due once in a round, after its streams, and in order.
      var _ =
          loop.schedule(this::slice, 0, TimeUnit.NANOSECONDS)
              .addListener(
                  done -> {
                    if (done.isCancelled()) {
                      slice();
                    }
                  });
    }
  }
}

package io.landfall.edge.cache.disk;

import io.landfall.core.Clock;
import io.landfall.edge.CacheDiskView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that read from a disk, so that no event loop ever does. What is asked of them waits
 * in a bounded queue, or is refused; and what does not end in time is given up, whether the disk
 * answers later or not.
 */
final class DiskReaders implements AutoCloseable {
  static final int THREADS = 4;

  /** Reads that wait for a thread. */
  static final int MOST_WAITING = 256;

  private static final long POLL_MILLIS = 200;
  private static final long WATCH_NANOS = 50_000_000;

  /** After a read that took too long none begins for so long. */
  private static final long PAUSE_NANOS = 2_000_000_000L;

  private final Clock clock;
  private final DiskHealth health;
  private final BlockingQueue<Task> queue = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Set<Task> running = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;
  private volatile long pausedUntilNanos;
  private volatile boolean paused;

  /** One read. Exactly one of its ends happens: what it gives, or that it is given up. */
  abstract static class Task {
    private final AtomicBoolean ended = new AtomicBoolean();
    private final long nanos;
    private volatile long dueNanos;

    /** One that is given up after so long. */
    Task(long nanos) {
      this.nanos = nanos;
    }

    /** Whether what this read gave is still wanted: true once, for the first who asks. */
    final boolean end() {
      return ended.compareAndSet(false, true);
    }

    /** Reads; on a thread of the disk. */
    abstract void read();

    /** It is given up. */
    abstract void givenUp();
  }

  DiskReaders(String name, Clock clock, DiskHealth health) {
    this.clock = clock;
    this.health = health;
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofPlatform().daemon().name(name + "-read-" + i).unstarted(this::work));
    }
    threads.add(Thread.ofPlatform().daemon().name(name + "-watch").unstarted(this::watch));
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Begins a read, unless too much waits or the disk was too slow a moment ago. */
  boolean begin(Task task) {
    if (closed || isPaused()) {
      health.busy.increment();
      return false;
    }
    task.dueNanos = clock.monotonicNanos() + task.nanos;
    running.add(task);
    if (queue.offer(task)) {
      return true;
    }
    running.remove(task);
    health.busy.increment();
    return false;
  }

  private boolean isPaused() {
    return paused && clock.monotonicNanos() - pausedUntilNanos < 0;
  }

  private void work() {
    while (!closed) {
      Task next = next();
      if (next != null && next.ended.get()) {
        running.remove(next);
      } else if (next != null) {
        try {
          next.read();
          inTime(next);
        } catch (OutOfMemoryError e) {
          // No memory to read into: what it has is fetched.
          health.readFailed(new IOException("no memory to read into", e));
        } finally {
          running.remove(next);
          if (next.end()) {
            next.givenUp();
          }
        }
      }
    }
  }

  private void inTime(Task done) {
    if (paused && clock.monotonicNanos() - done.dueNanos < 0) {
      paused = false;
      if (health.state() == CacheDiskView.State.SLOW) {
        health.works();
      }
    }
  }

  private @Nullable Task next() {
    try {
      return queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // None interrupts it.
      return null;
    }
  }

  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(this, WATCH_NANOS);
      giveUp(false);
    }
    giveUp(true);
  }

  private void giveUp(boolean all) {
    for (Task each : running) {
      boolean late = clock.monotonicNanos() - each.dueNanos >= 0;
      if ((all || late) && each.end()) {
        if (late) {
          health.late.increment();
          pausedUntilNanos = clock.monotonicNanos() + PAUSE_NANOS;
          paused = true;
          health.slow();
        }
        each.givenUp();
      }
    }
  }

  /** Gives up what is under way. A thread that the disk does not answer stays behind. */
  @Override
  public void close() {
    closed = true;
    giveUp(true);
  }
}

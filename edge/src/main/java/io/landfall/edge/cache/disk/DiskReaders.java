package io.landfall.edge.cache.disk;

import io.landfall.core.Clock;
import io.landfall.edge.CacheDiskView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
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

  /** Lookups that wait for a thread. */
  static final int MOST_WAITING = 256;

  /**
   * Reads of bodies that wait for a thread. Each who sends one waits for one read at most, and
   * holds memory of the cache for it: this is for more than a memory of 32 GiB.
   */
  static final int MOST_BODIES_WAITING = 65_536;

  /** A lookup that takes longer is given up: what is there is fetched. */
  static final long FIND_NANOS = 1_000_000_000L;

  private static final long POLL_MILLIS = 200;
  private static final long WATCH_NANOS = 50_000_000;

  /** After a read that took too long none begins for so long. */
  private static final long PAUSE_NANOS = 2_000_000_000L;

  private final String name;
  private final Clock clock;
  private final DiskHealth health;
  private final Queue<Task> lookups = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Queue<Task> bodies = new LinkedBlockingQueue<>(MOST_BODIES_WAITING);

  /** As many as wait in both queues. */
  private final Semaphore waiting = new Semaphore(0);

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
    this.name = name;
    this.clock = clock;
    this.health = health;
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofPlatform().daemon().name(name + "-read-" + i).unstarted(worker(i)));
    }
  }

  /**
   * Begins to read.
   *
   * @param watched what else is to be given up when it is late; called again and again
   */
  void start(Runnable watched) {
    threads.add(Thread.ofPlatform().daemon().name(name + "-watch").unstarted(() -> watch(watched)));
    threads.forEach(Thread::start);
  }

  /** Half of the threads look for bodies first, so that neither waits for all of the other. */
  private Runnable worker(int number) {
    return number % 2 == 0 ? () -> work(bodies, lookups) : () -> work(lookups, bodies);
  }

  /** Begins a lookup, unless too many wait or the disk was too slow a moment ago. */
  boolean begin(Task task) {
    if (isPaused()) {
      health.busy.increment();
      return false;
    }
    return begin(task, lookups);
  }

  /**
   * Begins to read a part of a body that is being sent. That is not refused because the disk was
   * slow, nor because many lookups wait: the response would break off.
   */
  boolean beginBody(Task task) {
    return begin(task, bodies);
  }

  private boolean begin(Task task, Queue<Task> queue) {
    if (closed) {
      health.busy.increment();
      return false;
    }
    task.dueNanos = clock.monotonicNanos() + task.nanos;
    running.add(task);
    if (queue.offer(task)) {
      waiting.release();
      return true;
    }
    running.remove(task);
    health.busy.increment();
    return false;
  }

  private boolean isPaused() {
    return paused && clock.monotonicNanos() - pausedUntilNanos < 0;
  }

  private void work(Queue<Task> first, Queue<Task> second) {
    while (!closed) {
      Task next = next(first, second);
      if (next != null && next.ended.get()) {
        running.remove(next);
      } else if (next != null) {
        try {
          next.read();
          inTime(next);
        } catch (OutOfMemoryError e) {
          noMemory(e);
        } catch (RuntimeException e) {
          // A fault of ours: one read less, and not one thread less for good.
          health.readBroken(e);
        } finally {
          running.remove(next);
          if (next.end()) {
            next.givenUp();
          }
        }
      }
    }
  }

  /** There is no memory to read into: what the disk has is fetched. */
  void noMemory(OutOfMemoryError e) {
    health.readFailed(new IOException("no memory to read into", e));
  }

  /** A read ends the pause of lookups if it would have been in time for one. */
  private void inTime(Task done) {
    long tookNanos = clock.monotonicNanos() - (done.dueNanos - done.nanos);
    if (paused && tookNanos < Math.min(FIND_NANOS, done.nanos)) {
      paused = false;
      if (health.state() == CacheDiskView.State.SLOW) {
        health.works();
      }
    }
  }

  private @Nullable Task next(Queue<Task> first, Queue<Task> second) {
    try {
      if (!waiting.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        return null;
      }
      Task next = first.poll();
      return next == null ? second.poll() : next;
    } catch (InterruptedException e) {
      // None interrupts it.
      return null;
    }
  }

  private void watch(Runnable watched) {
    while (!closed) {
      LockSupport.parkNanos(this, WATCH_NANOS);
      giveUp(false);
      watched.run();
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
        try {
          each.givenUp();
        } catch (RuntimeException e) {
          // A fault of ours: the others must be given up all the same.
          health.readBroken(e);
        }
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

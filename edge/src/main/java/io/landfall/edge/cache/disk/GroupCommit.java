package io.landfall.edge.cache.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that makes things durable in groups: what comes while one group is being written is the
 * next one, so many things cost one wait for the medium. Any thread may hand something over.
 *
 * @param <T> one thing to be made durable
 */
public abstract class GroupCommit<T> implements Runnable {
  /** One that is not begun yet. */
  protected GroupCommit() {}

  /** What waits at most. */
  static final int MOST_WAITING = 65_536;

  /** Things of one group. */
  private static final int MOST_OF_GROUP = 1_024;

  /** Between two tries with a medium that fails. */
  private static final long RETRY_NANOS = 1_000_000_000L;

  private static final long IDLE_NANOS = 100_000_000L;

  private final AtomicBoolean closed = new AtomicBoolean();

  // Guarded by this.
  private List<T> queue = new ArrayList<>();

  private volatile @Nullable Thread thread;

  /** Whether what was written last failed, so that it is tried again without anything new. */
  private boolean broken;

  /** Writes a group, and answers those who wait for it; false if the medium fails. */
  protected abstract boolean write(List<T> group, boolean afterFailure);

  /** Nothing waits and the medium has failed: tries once more; false if it still does. */
  protected abstract boolean retry();

  /**
   * The thread ends, and writes nothing any more.
   *
   * @param well whether it was closed; else an invariant is broken
   */
  protected abstract void ended(boolean well);

  /**
   * What follows a group that was taken.
   *
   * @param last whether nothing waits behind it
   */
  protected List<T> behind(boolean last) {
    return List.of();
  }

  /** Whether nothing is taken any more. */
  protected final boolean isClosed() {
    return closed.get();
  }

  /** Hands something over; false if too much waits. */
  protected final synchronized boolean add(T thing) {
    boolean fits = queue.size() < MOST_WAITING;
    if (fits) {
      queue.add(thing);
    }
    wake();
    return fits;
  }

  /** What waits now. */
  protected final synchronized List<T> waiting() {
    return List.copyOf(queue);
  }

  /** Takes what waits now, which is not written then. */
  protected final synchronized List<T> takeAll() {
    List<T> all = queue;
    queue = new ArrayList<>();
    return all;
  }

  /** Whether it has begun to write. */
  protected final boolean hasBegun() {
    return thread != null;
  }

  /** Something that is not in the queue waits. */
  protected final void wake() {
    LockSupport.unpark(thread);
  }

  /** Begins to write. */
  protected final void begin(String name) {
    Thread made = Thread.ofPlatform().daemon().name(name).unstarted(this);
    thread = made;
    made.start();
  }

  /** Takes nothing any more, and ends when what waits is written; false if it never began. */
  protected final boolean end() {
    closed.set(true);
    wake();
    return thread != null;
  }

  /** Waits until it has ended, or for some time. */
  protected final void join(long millis) {
    Thread ending = thread;
    if (ending != null) {
      try {
        ending.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public final void run() {
    boolean well = false;
    try {
      work();
      well = true;
    } finally {
      ended(well);
    }
  }

  private void work() {
    while (true) {
      List<T> group = take();
      if (!group.isEmpty()) {
        broken = !write(group, broken);
        continue;
      }
      // Also at the end, when it is the last try.
      broken = broken && !retry();
      if (closed.get()) {
        return;
      }
      LockSupport.parkNanos(this, broken ? RETRY_NANOS : IDLE_NANOS);
    }
  }

  private synchronized List<T> take() {
    int count = Math.min(queue.size(), MOST_OF_GROUP);
    List<T> group = new ArrayList<>(queue.subList(0, count));
    queue = new ArrayList<>(queue.subList(count, queue.size()));
    group.addAll(behind(queue.isEmpty()));
    return group;
  }
}

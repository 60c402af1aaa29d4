package io.landfall.edge.cache.disk;

import io.landfall.core.Clock;
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
  /** A medium that has taken nothing for so long, while something waits, is one that hangs. */
  public static final long HUNG_NANOS = 10_000_000_000L;

  /** What waits at most. */
  static final int MOST_WAITING = 65_536;

  /** What waits has at most so many bytes, or is one thing. */
  static final long MOST_WAITING_BYTES = 32 << 20;

  /** Things of one group. */
  private static final int MOST_OF_GROUP = 1_024;

  /** Between two tries with a medium that fails. */
  private static final long RETRY_NANOS = 1_000_000_000L;

  private static final long IDLE_NANOS = 100_000_000L;

  private final AtomicBoolean closed = new AtomicBoolean();

  private final Clock clock;

  // Guarded by this.
  private List<T> queue = new ArrayList<>();
  private List<T> writing = List.of();

  /** Of all that is not written, as far as it is counted. */
  private long waitingBytes;

  /** Since when something waits and nothing has moved. */
  private long movedNanos;

  private volatile @Nullable Thread thread;

  /** Whether what was written last failed, so that it is tried again without anything new. */
  private boolean broken;

  /** One that is not begun yet. */
  protected GroupCommit(Clock clock) {
    this.clock = clock;
  }

  /** Writes a group, and answers those who wait for it; false if the medium fails. */
  protected abstract boolean write(List<T> group, boolean afterFailure);

  /** Nothing waits and the medium has failed: tries once more; false if it still does. */
  protected abstract boolean retry();

  /** Nothing waits and the medium works, as far as is known; false if it is to be tried again. */
  protected boolean idle() {
    return true;
  }

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

  /** What a thing counts where what waits is bounded in bytes. */
  protected long bytes(T thing) {
    return 0;
  }

  /** Whether nothing is taken any more. */
  protected final boolean isClosed() {
    return closed.get();
  }

  /** Hands something over; false if too much waits. */
  protected final synchronized boolean add(T thing) {
    long more = bytes(thing);
    boolean fits =
        queue.size() < MOST_WAITING
            && (waitingBytes == 0 || waitingBytes + more <= MOST_WAITING_BYTES);
    if (fits) {
      if (queue.isEmpty() && writing.isEmpty()) {
        moved();
      }
      queue.add(thing);
      waitingBytes += more;
    }
    wake();
    return fits;
  }

  /** What waits now, and what is being written. */
  protected final synchronized List<T> unwritten() {
    List<T> all = new ArrayList<>(writing);
    all.addAll(queue);
    return all;
  }

  /** Takes all that is not written, which does not wait any more. */
  protected final synchronized List<T> takeAll() {
    List<T> all = unwritten();
    writing = List.of();
    queue = new ArrayList<>();
    waitingBytes = 0;
    return all;
  }

  /** The medium answers, or what waits does not wait for it. */
  protected final synchronized void moved() {
    movedNanos = clock.monotonicNanos();
  }

  /**
   * Whether something waits for a medium that hangs: whether that is being opened, written to, or
   * tried once more.
   */
  protected final synchronized boolean isHung() {
    return !(queue.isEmpty() && writing.isEmpty())
        && clock.monotonicNanos() - movedNanos >= HUNG_NANOS;
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
  protected final synchronized boolean end() {
    // Under the lock: what was handed over by who found it open is written.
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
      // First: what is handed over before that is among what is taken behind it.
      boolean last = closed.get();
      List<T> group = take();
      if (!group.isEmpty()) {
        broken = !write(group, broken);
        written();
        continue;
      }
      // Also at the end, when it is the last try.
      broken = broken ? !retry() : !idle();
      if (last) {
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
    writing = List.copyOf(group);
    return group;
  }

  private synchronized void written() {
    writing.forEach(each -> waitingBytes -= bytes(each));
    writing = List.of();
    moved();
  }
}

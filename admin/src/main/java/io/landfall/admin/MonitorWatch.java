package io.landfall.admin;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One watcher's events between the control thread, which never waits for it, and the thread that
 * writes them to its socket. When it reads too slowly the newest events are not kept, and where
 * they would have stood it is told how many were lost.
 */
public final class MonitorWatch implements AutoCloseable {
  /** How many events wait for one watcher. */
  public static final int MAX_WAITING = 8_192;

  /** How many characters of lines that are written already wait for one watcher. */
  static final int MAX_WAITING_CHARACTERS = 4 << 20;

  private final MonitorFilter filter;
  private final int most;
  private final int mostCharacters;
  private final Runnable onClose;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Deque<StreamedLine> waiting = new ArrayDeque<>();
  private long characters;
  private long lost;
  private boolean closed;

  /**
   * A watch with nothing in it.
   *
   * @param filter which events are for it
   * @param onClose called once, on the closing thread
   */
  public MonitorWatch(MonitorFilter filter, Runnable onClose) {
    this(filter, MAX_WAITING, MAX_WAITING_CHARACTERS, onClose);
  }

  /** The same with other bounds. */
  MonitorWatch(MonitorFilter filter, int most, int mostCharacters, Runnable onClose) {
    this.filter = filter;
    this.most = most;
    this.mostCharacters = mostCharacters;
    this.onClose = onClose;
  }

  /** Puts an event in, if it is for this watcher and there is room; never waits for room. */
  public void offer(MonitorEvent event) {
    if (filter.takes(event)) {
      put(event);
    }
  }

  /**
   * The same with a line that is written already, whatever the filter is.
   *
   * @param line with its end
   */
  public void offerLine(String line) {
    put(new StreamedLine.Written(line));
  }

  private void put(StreamedLine line) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      boolean full = waiting.size() >= most || (lost > 0 && waiting.size() + 1 >= most);
      if (full || characters + line.length() > mostCharacters) {
        lost++;
        return;
      }
      if (lost > 0) {
        waiting.add(lostNotice(Instant.now()));
      }
      waiting.add(line);
      characters += line.length();
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  private MonitorEvent lostNotice(Instant time) {
    MonitorEvent notice =
        MonitorEvent.ofStream(time, "lost", lost + " events lost: this watcher reads too slowly");
    lost = 0;
    return notice;
  }

  /**
   * The next line; empty when none came in time, or the watch is closed.
   *
   * @throws InterruptedException when the thread is to end
   */
  Optional<StreamedLine> take(long waitMillis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
    lock.lock();
    try {
      while (waiting.isEmpty() && lost == 0 && !closed && left > 0) {
        left = filled.awaitNanos(left);
      }
      if (waiting.isEmpty() && lost > 0) {
        return Optional.of(lostNotice(Instant.now()));
      }
      Optional<StreamedLine> next = Optional.ofNullable(waiting.poll());
      next.ifPresent(line -> characters -= line.length());
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** The next event, where nothing else is offered; empty as for {@link #take}. */
  Optional<MonitorEvent> takeEvent(long waitMillis) throws InterruptedException {
    return take(waitMillis).filter(MonitorEvent.class::isInstance).map(MonitorEvent.class::cast);
  }

  /** Whether its reader is gone. */
  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the watch; what waits is dropped. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      waiting.clear();
      characters = 0;
      lost = 0;
      filled.signalAll();
    } finally {
      lock.unlock();
    }
    onClose.run();
  }
}

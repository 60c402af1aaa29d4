package io.landfall.node.log;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lines that wait to be written, in their order, by one thread: whoever logs waits for no reader,
 * however long that stands still. Where no more can wait they are lost and counted, and so are
 * those whose write fails; behind those that were written before, a line reports how many.
 */
final class LineQueue implements AutoCloseable {
  /** Lines that wait at the most, beside as many that are being written. */
  static final int MAX_LINES = 4_096;

  /** What they have at the most, but for a line that waits alone. */
  static final int MAX_BYTES = 2 << 20;

  private final OutputStream out;
  private final LongFunction<byte[]> sentence;
  private final AtomicLong lost = new AtomicLong();
  private final Object lock = new Object();
  private List<byte[]> waiting = new ArrayList<>();
  private int waitingBytes;

  /** Those that found no place behind what waits now; from the first of them on there is none. */
  private long refused;

  private long taken;
  private long done;
  private boolean closed;

  /** The writing thread's own: lines that are lost and not reported yet. */
  private long unreported;

  /**
   * What is written in one go.
   *
   * @param lines the lines
   * @param refused how many were lost behind them
   */
  private record Batch(List<byte[]> lines, long refused) {}

  /**
   * A queue whose thread runs from now on.
   *
   * @param out where the lines go, one write each
   * @param sentence the line that reports how many were lost
   */
  LineQueue(OutputStream out, LongFunction<byte[]> sentence) {
    this.out = out;
    this.sentence = sentence;
    Thread.ofPlatform().daemon().name("landfall-log").start(this::run);
  }

  /** Adds a line, which is not changed from now on; it never waits. */
  void add(byte[] line) {
    synchronized (lock) {
      boolean fits =
          waiting.isEmpty()
              || (waiting.size() < MAX_LINES && line.length <= MAX_BYTES - waitingBytes);
      if (fits && refused == 0 && !closed) {
        waiting.add(line);
        waitingBytes += line.length;
        taken++;
        lock.notifyAll();
        return;
      }
      refused++;
    }
    lost.incrementAndGet();
  }

  /** Lines that were lost since the start. */
  long lost() {
    return lost.get();
  }

  /**
   * Waits until all lines that were added before are written, or lost by a failed write.
   *
   * @param mostMillis how long at the most
   * @return whether they are
   */
  boolean flush(long mostMillis) {
    long start = System.nanoTime();
    long most = TimeUnit.MILLISECONDS.toNanos(mostMillis);
    synchronized (lock) {
      long all = taken;
      while (done < all) {
        long left = most - (System.nanoTime() - start);
        if (left <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(lock, Math.max(left, 1_000_000));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      return true;
    }
  }

  /** The thread ends when what waits is written; what comes later is lost. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
  }

  private void run() {
    for (Batch batch = take(); batch != null; batch = take()) {
      for (byte[] line : batch.lines) {
        if (!reportLost() || !put(line)) {
          lost.incrementAndGet();
          unreported++;
        }
      }
      unreported += batch.refused;
      reportLost();
      synchronized (lock) {
        done += batch.lines.size();
        lock.notifyAll();
      }
    }
  }

  /** What waits; null after the end. */
  private @Nullable Batch take() {
    synchronized (lock) {
      while (waiting.isEmpty()) {
        if (closed) {
          return null;
        }
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // Nobody has a reason to, and the lines have no other thread.
        }
      }
      Batch batch = new Batch(waiting, refused);
      waiting = new ArrayList<>();
      waitingBytes = 0;
      refused = 0;
      return batch;
    }
  }

  /** Reports how many lines are lost, if some are; whether nothing is left to report. */
  private boolean reportLost() {
    if (unreported > 0 && put(sentence.apply(unreported))) {
      unreported = 0;
    }
    return unreported == 0;
  }

  private boolean put(byte[] line) {
    try {
      out.write(line);
      out.flush();
      return true;
    } catch (IOException e) {
      // Where it could be reported is where it cannot be written.
      return false;
    }
  }
}

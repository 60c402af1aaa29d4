package io.landfall.node.watch;

import io.landfall.config.WatchConfig;
import io.landfall.core.Clock;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes MRT files on a virtual thread of its own. Whoever hands it records never waits: beyond a
 * bound records are dropped and counted. A file that cannot be written costs a log line, a count
 * and the records of that time; it is tried again.
 *
 * <p>Files are cut at whole multiples of an interval of the time of day, as route collectors do. A
 * clock that is set forward cuts one early, and one that is set back cuts the next at the next
 * multiple of the new time: no file grows for longer than an interval.
 */
final class MrtFiles implements AutoCloseable {
  /** Bytes that may wait to be written. */
  static final int MAX_QUEUED_BYTES = 8 << 20;

  private static final Logger log = LoggerFactory.getLogger("landfall.watch");
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long CLOSE_MILLIS = 2_000;

  private final WatchConfig.Mrt config;
  private final Clock clock;
  private final @Nullable UpdatesFile updates;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Thread thread;

  // Under the lock.
  private List<byte[]> queue = new ArrayList<>();
  private int queuedBytes;
  private @Nullable List<byte[]> table;
  private boolean closed;
  private long written;
  private long dropped;
  private long failures;

  // Of the thread only.
  private long nextRotationMillis;
  private boolean isWaiting;
  private long notBeforeNanos;

  MrtFiles(WatchConfig.Mrt config, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.updates = config.updates().map(UpdatesFile::new).orElse(null);
    this.nextRotationMillis = nextRotation();
    this.thread = Thread.ofVirtual().name("mrt-files").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /**
   * What was counted.
   *
   * @param written records written
   * @param dropped records that were lost: the queue was full, or the file could not be written
   * @param failures how often a file could not be written
   */
  record Counts(long written, long dropped, long failures) {}

  Counts counts() {
    lock.lock();
    try {
      return new Counts(written, dropped, failures);
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes of records wait to be written. */
  long queuedBytes() {
    lock.lock();
    try {
      return queuedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a record to be appended to the updates. */
  void append(byte[] record) {
    boolean first = false;
    lock.lock();
    try {
      if (queuedBytes + record.length > MAX_QUEUED_BYTES) {
        first = dropped++ == 0;
      } else {
        queue.add(record);
        queuedBytes += record.length;
        work.signal();
      }
    } finally {
      lock.unlock();
    }
    if (first) {
      log.atWarn().addKeyValue("queuedBytes", MAX_QUEUED_BYTES).log("mrt records are dropped");
    }
  }

  /** Takes a table; one that waits is replaced by it. */
  void table(List<byte[]> records) {
    lock.lock();
    try {
      table = records;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (step()) {}
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (updates != null) {
        updates.close();
      }
    }
  }

  /** Writes what there is, or waits for something; false when it is over. */
  private boolean step() throws InterruptedException {
    List<byte[]> records;
    List<byte[]> newTable;
    boolean last;
    lock.lock();
    try {
      while (queue.isEmpty() && table == null && !closed && millisToRotation() > 0) {
        work.await(millisToRotation(), TimeUnit.MILLISECONDS);
      }
      records = queue;
      queue = new ArrayList<>();
      queuedBytes = 0;
      newTable = table;
      table = null;
      last = closed;
    } finally {
      lock.unlock();
    }
    writeUpdates(records);
    if (newTable != null && config.table().isPresent()) {
      writeTable(newTable);
    }
    return !last;
  }

  private long millisToRotation() {
    long left = nextRotationMillis - clock.wallMillis();
    if (left > config.rotateMillis()) {
      // The clock was set back: that moment is further off than any can be.
      nextRotationMillis = nextRotation();
      left = nextRotationMillis - clock.wallMillis();
    }
    return left;
  }

  /** The next whole multiple of the interval, as route collectors cut their files. */
  private long nextRotation() {
    long interval = config.rotateMillis();
    return (clock.wallMillis() / interval + 1) * interval;
  }

  private void writeUpdates(List<byte[]> records) {
    boolean rotate = millisToRotation() <= 0;
    if (rotate) {
      nextRotationMillis = nextRotation();
    }
    UpdatesFile file = updates;
    isWaiting = isWaiting && clock.monotonicNanos() - notBeforeNanos < 0;
    if (file == null || isWaiting) {
      count(0, records.size());
      return;
    }
    int done = 0;
    try {
      if (rotate) {
        file.rotate(config.keep());
      }
      file.open(clock.wallMillis());
      file.append(records);
      done = records.size();
    } catch (IOException e) {
      isWaiting = true;
      notBeforeNanos = clock.monotonicNanos() + RETRY_NANOS;
      failed(file.toString(), e);
    }
    count(done, records.size() - done);
  }

  private void writeTable(List<byte[]> records) {
    Optional<java.nio.file.Path> file = config.table();
    try {
      UpdatesFile.replace(file.orElseThrow(), records);
      count(records.size(), 0);
    } catch (IOException e) {
      failed(file.orElseThrow().toString(), e);
      count(0, records.size());
    }
  }

  private void failed(String file, IOException e) {
    long times;
    lock.lock();
    try {
      times = ++failures;
    } finally {
      lock.unlock();
    }
    if (Long.bitCount(times) == 1) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("times", times)
          .addKeyValue("why", FailureText.withFile(e))
          .log("mrt file not written");
    }
  }

  private void count(int good, int lost) {
    lock.lock();
    try {
      written += good;
      dropped += lost;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what waits, then ends; takes a short while at most. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

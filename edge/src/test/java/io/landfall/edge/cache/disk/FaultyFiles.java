package io.landfall.edge.cache.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A folder whose writes or reads fail, or do not end, as long as a test says so. */
public final class FaultyFiles implements DiskFiles {
  private static final String READ_ONLY = "Read-only file system";

  private final DiskFiles real;
  public volatile boolean writesFail;
  public volatile boolean readsFail;
  public volatile boolean namesFail;

  /** Whether there is no room for a new file; what is there can be written over. */
  public volatile boolean createsFail;

  /** Whether nothing can be written or removed. */
  public volatile boolean readOnly;

  /** Whether what is written behind a file's header fails. */
  volatile boolean dataWritesFail;

  /** The file that cannot be read. */
  volatile String unreadable = "";

  final AtomicLong reads = new AtomicLong();
  public final AtomicLong roomBytes = new AtomicLong(Long.MAX_VALUE);

  /**
   * Whether the medium is waited for: a process that dies leaves what it has written without that.
   */
  volatile boolean forces = true;

  /** Runs behind each call that makes what was written durable. */
  volatile Runnable forced = () -> {};

  /** While there is one, reads wait for it. */
  public volatile @Nullable CountDownLatch readsWait;

  /** Reads of files whose names begin so wait. */
  volatile String waitsOn = "";

  /** Counted down by each read that waits. */
  volatile CountDownLatch readWaits = new CountDownLatch(1);

  /** While there is one, writes wait for it. */
  public volatile @Nullable CountDownLatch writesWait;

  /** Counted down by each write that begins. */
  public volatile CountDownLatch writeBegins = new CountDownLatch(1);

  /** How often another process still has the folder. */
  public final AtomicLong locksRefused = new AtomicLong();

  public FaultyFiles(DiskFiles real) {
    this.real = real;
  }

  private static void failIf(boolean fails, String why) throws IOException {
    if (fails) {
      throw new IOException(why);
    }
  }

  private static void await(@Nullable CountDownLatch latch) throws IOException {
    if (latch != null) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  @Override
  public boolean lock() throws IOException {
    failIf(namesFail, "Input/output error");
    return locksRefused.getAndDecrement() <= 0 && real.lock();
  }

  @Override
  public List<String> names() throws IOException {
    failIf(namesFail, "Input/output error");
    return real.names();
  }

  @Override
  public OpenFile open(String name) throws IOException {
    failIf(namesFail, "Input/output error");
    return new Faulty(name, real.open(name));
  }

  @Override
  public OpenFile create(String name) throws IOException {
    failIf(readOnly, READ_ONLY);
    failIf(writesFail || createsFail, "No space left on device");
    return new Faulty(name, real.create(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    failIf(namesFail || readOnly, READ_ONLY);
    real.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    failIf(namesFail || readOnly, READ_ONLY);
    real.delete(name);
  }

  @Override
  public Optional<Mark> mark(String name) throws IOException {
    failIf(namesFail, "Input/output error");
    return real.mark(name);
  }

  @Override
  public void forceNames() throws IOException {
    failIf(namesFail || readOnly, READ_ONLY);
    if (forces) {
      real.forceNames();
    }
  }

  @Override
  public void close() {
    real.close();
  }

  private final class Faulty implements OpenFile {
    private final String name;
    private final OpenFile file;

    Faulty(String name, OpenFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      reads.incrementAndGet();
      if (readsWait != null && name.startsWith(waitsOn)) {
        readWaits.countDown();
        await(readsWait);
      }
      failIf(readsFail || name.equals(unreadable), "Input/output error");
      return file.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      writeBegins.countDown();
      await(writesWait);
      failIf(readOnly, READ_ONLY);
      failIf(writesFail, "No space left on device");
      failIf(dataWritesFail && position > 0, "Input/output error");
      failIf(roomBytes.addAndGet(-from.remaining()) < 0, "No space left on device");
      file.write(from, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long bytes) throws IOException {
      failIf(writesFail || readOnly, "Input/output error");
      file.truncate(bytes);
    }

    @Override
    public void force() throws IOException {
      failIf(writesFail, "Input/output error");
      if (forces) {
        file.force();
      }
      forced.run();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}

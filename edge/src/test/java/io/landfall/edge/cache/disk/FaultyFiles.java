package io.landfall.edge.cache.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A folder whose writes or reads fail, or do not end, as long as a test says so. */
public final class FaultyFiles implements DiskFiles {
  private final DiskFiles real;
  public volatile boolean writesFail;
  public volatile boolean readsFail;
  public volatile boolean namesFail;
  public final AtomicLong roomBytes = new AtomicLong(Long.MAX_VALUE);

  /** While there is one, reads wait for it. */
  public volatile @Nullable CountDownLatch readsWait;

  public FaultyFiles(DiskFiles real) {
    this.real = real;
  }

  private static void failIf(boolean fails, String why) throws IOException {
    if (fails) {
      throw new IOException(why);
    }
  }

  @Override
  public boolean lock() throws IOException {
    failIf(namesFail, "Input/output error");
    return real.lock();
  }

  @Override
  public List<String> names() throws IOException {
    failIf(namesFail, "Input/output error");
    return real.names();
  }

  @Override
  public OpenFile open(String name) throws IOException {
    failIf(namesFail, "Input/output error");
    return new Faulty(real.open(name));
  }

  @Override
  public OpenFile create(String name) throws IOException {
    failIf(writesFail, "No space left on device");
    return new Faulty(real.create(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    failIf(namesFail, "Read-only file system");
    real.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    failIf(namesFail, "Read-only file system");
    real.delete(name);
  }

  @Override
  public void forceNames() throws IOException {
    failIf(namesFail, "Read-only file system");
    real.forceNames();
  }

  @Override
  public void close() {
    real.close();
  }

  private final class Faulty implements OpenFile {
    private final OpenFile file;

    Faulty(OpenFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      CountDownLatch wait = readsWait;
      if (wait != null) {
        try {
          wait.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      failIf(readsFail, "Input/output error");
      return file.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      failIf(writesFail, "No space left on device");
      failIf(roomBytes.addAndGet(-from.remaining()) < 0, "No space left on device");
      file.write(from, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void force() throws IOException {
      failIf(writesFail, "Input/output error");
      file.force();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}

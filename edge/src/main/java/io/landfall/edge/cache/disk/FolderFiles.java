package io.landfall.edge.cache.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of the file system. */
public final class FolderFiles implements DiskFiles {
  private final Path folder;
  private final String owner;
  private @Nullable FileChannel lockFile;

  /**
   * A folder that is not opened yet.
   *
   * @param owner who takes it, for people: it stands in the file by which it is locked
   */
  public FolderFiles(Path folder, String owner) {
    this.folder = folder;
    this.owner = owner;
  }

  @Override
  public boolean lock() throws IOException {
    Files.createDirectories(folder);
    FileChannel file =
        FileChannel.open(
            folder.resolve(DiskFolder.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = file.tryLock();
      locked = lock != null;
    } catch (OverlappingFileLockException e) {
      // Another node of this process has it.
    } finally {
      if (!locked) {
        file.close();
      }
    }
    if (locked) {
      lockFile = file;
      byte[] name = owner.getBytes(StandardCharsets.UTF_8);
      file.truncate(0);
      new ChannelFile(file, null).write(ByteBuffer.wrap(name), 0);
    }
    return locked;
  }

  @Override
  public List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> String.valueOf(each.getFileName())).toList();
    }
  }

  @Override
  public OpenFile open(String name) throws IOException {
    return opened(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public OpenFile create(String name) throws IOException {
    return opened(
        name,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  private OpenFile opened(String name, OpenOption... how) throws IOException {
    Path file = folder.resolve(name);
    FileChannel channel = FileChannel.open(file, how);
    return new ChannelFile(channel, PageCache.open(file));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
  }

  @Override
  public Optional<Mark> mark(String name) throws IOException {
    try {
      BasicFileAttributes of =
          Files.readAttributes(folder.resolve(name), BasicFileAttributes.class);
      Object key = of.fileKey();
      return Optional.of(new Mark(key == null ? name : key, of.size()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void forceNames() throws IOException {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public void close() {
    FileChannel held = lockFile;
    lockFile = null;
    if (held != null) {
      new ChannelFile(held, null).close();
    }
  }

  /**
   * A file by its channel. A thread that is interrupted would close it: none here is.
   *
   * @param cached the same file, for reads that do not wait
   */
  private record ChannelFile(FileChannel channel, @Nullable PageCache cached) implements OpenFile {
    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int from = into.position();
      while (into.hasRemaining()) {
        int got = channel.read(into, position + into.position() - from);
        if (got < 0) {
          break;
        }
      }
      return into.position() - from;
    }

    @Override
    public int readNow(ByteBuffer into, long position) {
      return cached == null ? 0 : cached.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      long at = position;
      while (from.hasRemaining()) {
        at += channel.write(from, at);
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long bytes) throws IOException {
      channel.truncate(bytes);
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() {
      if (cached != null) {
        cached.close();
      }
      try {
        channel.close();
      } catch (IOException e) {
        // What was written is checked when it is read.
      }
    }
  }
}

package io.landfall.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One lab per folder. The operating system's lock on a file decides, so a lab that died holds
 * nothing; what is written in the file only tells people who holds it.
 */
final class LabLock implements AutoCloseable {
  private static final String FILE = "lab.lock";

  private final FileChannel channel;
  private final FileLock lock;

  private LabLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /** What came of trying. */
  sealed interface Attempt {
    /** This lab has the folder. */
    record Held(LabLock lock) implements Attempt {}

    /**
     * Another lab has it.
     *
     * @param holder who, since when, in words
     */
    record Busy(String holder) implements Attempt {}

    /** It has files, and none of a lab: they could be overwritten. */
    record Foreign() implements Attempt {}
  }

  /**
   * Tries to take a folder, which must exist. Touches nothing when another lab has it, or when it
   * is not empty and no lab has been there.
   */
  static Attempt take(Path directory, long pid, Instant now) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file) && !isEmpty(directory)) {
      return new Attempt.Foreign();
    }
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Optional<FileLock> lock = tryLock(channel);
    if (lock.isEmpty()) {
      channel.close();
      String holder = Files.readString(file, StandardCharsets.UTF_8).strip();
      return new Attempt.Busy(holder.isEmpty() ? "another lab that is just starting" : holder);
    }
    String text = "pid " + pid + " since " + now.truncatedTo(ChronoUnit.SECONDS) + "\n";
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    return new Attempt.Held(new LabLock(channel, lock.get()));
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      // Held by this very process, which the JDK tells in its own way.
      return Optional.empty();
    }
  }

  /** Gives the folder back. */
  @Override
  public void close() throws IOException {
    // The file stays: deleting a lock file lets two holders lock two files of one name.
    channel.truncate(0);
    lock.release();
    channel.close();
  }
}

package io.landfall.edge.purges;

import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.edge.cache.disk.DiskFiles;
import io.landfall.edge.cache.disk.DiskFiles.Mark;
import io.landfall.edge.cache.disk.DiskFiles.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file of the log while it is written: made with all that counts, and then added to. A file
 * that was removed or replaced by others is not added to any more: what is written to it would not
 * be there after a restart. Of one thread.
 */
final class LogWriter {
  static final String NAME = "purges";

  /** When it is longer it is made anew: what counts takes two thirds of this at most. */
  private static final long MOST_BYTES = 32 << 20;

  /** What is written to, and how. */
  private record Written(OpenFile file, LogRecords format, Object key) {}

  private final DiskFiles files;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LogRecords.BUFFER_BYTES);
  private @Nullable Written open;
  private long length;

  LogWriter(DiskFiles files) {
    this.files = files;
  }

  /** Whether there is a file to add to. */
  boolean isOpen() {
    return open != null;
  }

  /** Whether the file is so long that it is to be made anew. */
  boolean isTooLong() {
    return open != null && length > MOST_BYTES;
  }

  /**
   * Makes a file with all that counts; returns when it is on the medium. If that fails the one that
   * is there is taken over, if it is of the run before.
   */
  void renew(LogRecords format, List<PurgeRecord> all, long before) throws IOException {
    try {
      renew(format, all);
    } catch (IOException e) {
      try {
        takeOver(format, before);
      } catch (IOException failed) {
        // Each answer to a purge reports that it is not kept.
        e.addSuppressed(failed);
      }
      throw e;
    }
  }

  private void renew(LogRecords format, List<PurgeRecord> all) throws IOException {
    close();
    OpenFile made =
        files.replace(
            NAME,
            file -> {
              file.write(format.header(), 0);
              length = format.write(file, LogRecords.HEADER_BYTES, all, buffer);
            });
    Optional<Mark> mark = Optional.empty();
    try {
      mark = files.mark(NAME);
    } finally {
      if (mark.isEmpty()) {
        made.close();
      }
    }
    open = new Written(made, format, mark.orElseThrow(LogWriter::replaced).key());
  }

  /**
   * Takes down which run uses the log, and beside which disks, where all that counts cannot be
   * written: in place, which needs no room on most file systems. A disk that is not in use in this
   * run is found so by the next one. What the file has counts as before.
   *
   * <p>If that fails too, and a disk is left out that the file has, the file goes: without a log
   * the next run empties all disks.
   *
   * @param format the header of this run
   * @param before the run whose file it has to be; else nothing is done
   */
  private void takeOver(LogRecords format, long before) throws IOException {
    Optional<LogRecords> there = header();
    if (there.isEmpty() || there.get().run() != before) {
      return;
    }
    try (OpenFile file = files.open(NAME)) {
      file.write(format.with(there.get().nonce()).header(), 0);
      file.force();
    } catch (IOException e) {
      if (!format.tokens().keySet().containsAll(there.get().tokens().keySet())) {
        files.delete(NAME);
        files.forceNames();
      }
    }
  }

  private Optional<LogRecords> header() throws IOException {
    try (OpenFile file = files.open(NAME)) {
      return LogRecords.of(file);
    }
  }

  /** Adds changes, if there is a file; returns when they are on the medium. */
  void extend(List<PurgeRecord> changes) throws IOException {
    Written into = open;
    if (into != null) {
      look();
      length = into.format().write(into.file(), length, changes, buffer);
      into.file().force();
    }
  }

  /** Fails if the file, if there is one, is not as it was left. */
  void look() throws IOException {
    Written into = open;
    if (into != null && !files.mark(NAME).equals(Optional.of(new Mark(into.key(), length)))) {
      throw replaced();
    }
  }

  private static IOException replaced() {
    return new IOException("its file was removed or replaced while the node runs");
  }

  /** Leaves the file as it is. */
  void close() {
    Written into = open;
    open = null;
    if (into != null) {
      into.file().close();
    }
  }
}

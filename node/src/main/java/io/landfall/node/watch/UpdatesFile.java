package io.landfall.node.watch;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of MRT records that grows, and is put aside under the time at which it began. A record
 * that could be written only in part is cut off again, so every file is whole records from its
 * first byte to its last.
 */
final class UpdatesFile {
  private static final Logger log = LoggerFactory.getLogger("landfall.watch");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd.HHmmss").withZone(ZoneOffset.UTC);
  private static final String STAMPED = "\\.\\d{8}\\.\\d{6}(-\\d+)?";
  private static final int BATCH_BYTES = 64 << 10;

  private final Path file;
  private @Nullable FileChannel channel;
  private long beganMillis;

  /**
   * Those that were put aside here, the oldest first: as many as are kept. Their names do not say
   * which is the oldest once the clock was set back.
   */
  private final List<Path> putAside = new ArrayList<>();

  UpdatesFile(Path file) {
    this.file = file;
  }

  /** Opens a new file, unless one is open; one that lies there from before is put aside. */
  void open(long nowMillis) throws IOException {
    if (channel != null) {
      return;
    }
    if (Files.exists(file) && Files.size(file) > 0) {
      putAside(Files.getLastModifiedTime(file).toMillis());
    }
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    beganMillis = nowMillis;
  }

  /** Appends whole records, or none of those from the first that fails on. */
  void append(List<byte[]> records) throws IOException {
    FileChannel open = channel;
    if (open == null) {
      throw new IOException(file + " is not open");
    }
    int at = 0;
    while (at < records.size()) {
      int end = at;
      int bytes = 0;
      while (end < records.size() && (end == at || bytes < BATCH_BYTES)) {
        bytes += records.get(end++).length;
      }
      ByteBuffer batch = ByteBuffer.allocate(bytes);
      records.subList(at, end).forEach(batch::put);
      write(open, batch.flip());
      at = end;
    }
  }

  private void write(FileChannel open, ByteBuffer batch) throws IOException {
    long good = open.position();
    try {
      while (batch.hasRemaining()) {
        open.write(batch);
      }
    } catch (IOException e) {
      try {
        open.truncate(good);
      } catch (IOException stillWorse) {
        e.addSuppressed(stillWorse);
      }
      close();
      throw e;
    }
  }

  /** Ends this file, if there is one, and forgets the oldest beyond the number that is kept. */
  void rotate(int keep) throws IOException {
    if (channel == null) {
      return;
    }
    close();
    if (Files.size(file) > 0) {
      putAside(beganMillis);
    }
    List<Path> old = old();
    for (Path each : old.subList(0, Math.max(0, old.size() - keep))) {
      Files.deleteIfExists(each);
      putAside.remove(each);
    }
  }

  private void putAside(long sinceMillis) throws IOException {
    String stamped = file.getFileName() + "." + STAMP.format(Instant.ofEpochMilli(sinceMillis));
    Path target = file.resolveSibling(stamped);
    for (int i = 1; Files.exists(target); i++) {
      target = file.resolveSibling(stamped + "-" + i);
    }
    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    putAside.add(target.toAbsolutePath());
  }

  /** The files that were put aside, the oldest first: by name, then those of this process. */
  private List<Path> old() throws IOException {
    List<Path> found = new ArrayList<>();
    Path folder = file.toAbsolutePath().getParent();
    String name = String.valueOf(file.getFileName());
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path each : all) {
        String other = String.valueOf(each.getFileName());
        if (other.startsWith(name) && other.substring(name.length()).matches(STAMPED)) {
          found.add(each);
        }
      }
    }
    putAside.retainAll(found);
    found.removeAll(putAside);
    found.sort(null);
    found.addAll(putAside);
    return found;
  }

  void close() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("why", FailureText.of(e))
            .log("mrt file not closed");
      }
    }
  }

  /** Puts these records in place of a file, in one step: a reader sees the old or the new. */
  static void replace(Path file, List<byte[]> records) throws IOException {
    Path beside = file.resolveSibling("." + file.getFileName() + ".new");
    try {
      try (OutputStream out =
          new java.io.BufferedOutputStream(Files.newOutputStream(beside), BATCH_BYTES)) {
        for (byte[] record : records) {
          out.write(record);
        }
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(beside);
      throw e;
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}

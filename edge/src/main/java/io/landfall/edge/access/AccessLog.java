package io.landfall.edge.access;

import io.landfall.core.FailureText;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.QueueUse;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log of a node: one line a request, to a file or to standard output.
 *
 * <p>Event loops write lines into pieces of a bounded memory, and one thread writes those out. A
 * disk that is slow, full or gone holds up no request: when all pieces wait for it, lines are lost
 * and counted. A file that was moved or removed (logrotate) is opened anew by itself within a
 * second, and at {@link #reopen} at once.
 */
public final class AccessLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("landfall.access");

  /** Behind the last lines. */
  private static final LineBytes END = new LineBytes();

  /** Of the mode of a file (sys/stat.h): its type, and that of a pipe. */
  private static final int FILE_TYPE = 0xf000;

  private static final int PIPE = 0x1000;

  private static final long LOOK_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 5_000;
  private static final long SAY_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** How a line looks. */
  public enum Format {
    /** One JSON object a line. */
    JSON,
    /** As Apache's and nginx's {@code combined}. */
    COMBINED
  }

  /**
   * What was counted since the start.
   *
   * @param written lines that the system took
   * @param lost lines that were not written: no memory was free, or a write failed
   * @param problem why lines cannot be written now; empty while they can
   */
  public record Stats(long written, long lost, Optional<String> problem) {}

  private final Optional<Path> file;
  private final Format format;
  private final int pieces;
  private final ArrayBlockingQueue<LineBytes> free;
  private final ArrayBlockingQueue<LineBytes> full;
  private final List<AccessLines> loops = new ArrayList<>();
  private final LongAdder written = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final Thread writer;
  private volatile boolean reopens;
  private volatile int loopPieces;
  private boolean closed;
  private volatile @Nullable String problem;

  // Of the writer.
  private @Nullable FileChannel channel;
  private @Nullable Object fileKey;
  private boolean inLine;
  private long saidNanos;

  private AccessLog(Optional<Path> file, Format format, long bufferBytes) {
    this.file = file;
    this.format = format;
    pieces = (int) Math.max(2, bufferBytes / LineBytes.SIZE);
    free = new ArrayBlockingQueue<>(pieces);
    full = new ArrayBlockingQueue<>(pieces + 1);
    for (int i = 0; i < pieces; i++) {
      free.add(new LineBytes());
    }
    writer = Thread.ofPlatform().name("access-log").daemon().unstarted(this::write);
  }

  /**
   * Opens it.
   *
   * @param file where lines are added, made with mode 0640 if it is not there; empty for standard
   *     output
   * @param bufferBytes how many bytes may wait to be written
   * @throws IOException when the file cannot be opened
   */
  public static AccessLog open(Optional<Path> file, Format format, long bufferBytes)
      throws IOException {
    AccessLog made = new AccessLog(file, format, bufferBytes);
    made.openFile();
    made.writer.start();
    return made;
  }

  /** How the lines look. */
  public Format format() {
    return format;
  }

  /** What a further event loop writes to. Before that loop has had a request. */
  public synchronized AccessLines ofLoop() {
    AccessLines lines = new AccessLines(this);
    loops.add(lines);
    loopPieces = loops.size();
    return lines;
  }

  /** The file is opened anew, as when it was moved: before the next lines, or within a second. */
  public void reopen() {
    reopens = true;
  }

  /** What was counted. */
  public Stats stats() {
    return new Stats(written.sum(), lost.sum(), Optional.ofNullable(problem));
  }

  /**
   * How many bytes of pieces wait for the disk, and how many may until lines are lost: but for the
   * piece that each event loop writes to.
   */
  public QueueUse queue() {
    int most = Math.max(1, pieces - loopPieces);
    return new QueueUse(
        (long) Math.min(full.size(), most) * LineBytes.SIZE, (long) most * LineBytes.SIZE);
  }

  /** An empty piece of memory; null when all wait to be written. */
  @Nullable LineBytes take() {
    return free.poll();
  }

  /** Takes over a piece of memory with lines in it. */
  void give(LineBytes lines) {
    // There is a place for each piece.
    full.add(lines);
  }

  void lost(int lines) {
    lost.add(lines);
  }

  private void write() {
    while (true) {
      try {
        LineBytes next = full.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (reopens || isMoved()) {
          reopens = false;
          closeFile();
        }
        if (END.equals(next)) {
          closeFile();
          return;
        }
        if (next != null) {
          write(next);
          next.clear();
          free.add(next);
        }
      } catch (InterruptedException e) {
        throw new InvariantBroken("the writer of the access log is not interrupted", e);
      }
    }
  }

  private void write(LineBytes lines) {
    try {
      FileChannel to = channel == null ? openAnew() : channel;
      if (inLine) {
        // What was cut off by a full disk ends before the next line begins.
        writeWhole(to, ByteBuffer.wrap(new byte[] {'\n'}));
      }
      writeWhole(to, lines.content());
      written.add(lines.lines());
      if (problem != null) {
        problem = null;
        log.atInfo().addKeyValue("lost", lost.sum()).log("access log is written again");
      }
    } catch (IOException e) {
      lost.add(lines.lines());
      failed(FailureText.of(e));
      closeFile();
    }
  }

  private void writeWhole(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (to.write(bytes) > 0) {
        inLine = bytes.get(bytes.position() - 1) != '\n';
      }
    }
  }

  private void failed(String why) {
    boolean first = problem == null;
    problem = why;
    if (first || System.nanoTime() - saidNanos >= SAY_AGAIN_NANOS) {
      saidNanos = System.nanoTime();
      log.atWarn()
          .addKeyValue("file", file.map(Path::toString).orElse("-"))
          .addKeyValue("why", why)
          .addKeyValue("lost", lost.sum())
          .log("access log cannot be written; lines are lost, requests go on");
    }
  }

  private FileChannel openAnew() throws IOException {
    if (file.isPresent() && isPipe(file.get())) {
      // To open one waits until somebody reads it, also when it is removed meanwhile.
      throw new IOException("it is a pipe");
    }
    return openFile();
  }

  private FileChannel openFile() throws IOException {
    FileChannel opened;
    if (file.isPresent()) {
      Path path = file.get();
      opened =
          FileChannel.open(
              path,
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
      Object key = key(path);
      inLine &= Objects.equals(key, fileKey);
      fileKey = key;
    } else {
      opened = new FileOutputStream(FileDescriptor.out).getChannel();
    }
    channel = opened;
    return opened;
  }

  private static boolean isPipe(Path path) throws IOException {
    return Files.exists(path)
        && Files.getAttribute(path, "unix:mode") instanceof Integer mode
        && (mode & FILE_TYPE) == PIPE;
  }

  private static @Nullable Object key(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /** Whether the file is not the one any more that has its name. */
  private boolean isMoved() {
    return file.isPresent() && channel != null && !Objects.equals(key(file.get()), fileKey);
  }

  private void closeFile() {
    FileChannel open = channel;
    channel = null;
    if (open != null && file.isPresent()) {
      try {
        open.close();
      } catch (IOException e) {
        log.atDebug().addKeyValue("why", FailureText.of(e)).log("access log not closed");
      }
    }
  }

  /** Writes what there is, for some seconds at most; the event loops run no more. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    loops.forEach(AccessLines::finish);
    full.add(END);
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

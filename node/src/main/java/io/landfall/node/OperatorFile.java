package io.landfall.node;

import io.landfall.signal.SignalAnswer;
import io.landfall.signal.SignalEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators asked of this node, kept over restarts in {@code admin.state-file}: a node that
 * was drained, and is restarted by a supervisor, must not announce its prefixes again.
 *
 * <p>The file is written beside its place and moved there, so a crash leaves the old one or the new
 * one. There is no file while nothing is asked for. Changes come one at a time, from whoever holds
 * the commands' lock; the state may be read on any thread.
 */
final class OperatorFile {
  /** The largest file that is read: two lines for each of the most services, and a comment. */
  static final int MAX_FILE_BYTES = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger("landfall.node");
  private static final String COMMENT =
      "# What operators asked of this Landfall node; read at its start.";

  private final Path file;
  private volatile OperatorState state;

  private OperatorFile(Path file, OperatorState state) {
    this.file = file;
    this.state = state;
  }

  /**
   * Reads the file.
   *
   * @throws StartFailed when there is one that cannot be read: to start as if nothing had been
   *     asked for could announce a node that was drained
   */
  static OperatorFile read(Path file) throws StartFailed {
    try {
      return new OperatorFile(file, OperatorState.parse(text(file).lines().toList()));
    } catch (NoSuchFileException e) {
      return new OperatorFile(file, OperatorState.NONE);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailed(
          "admin.state-file",
          file
              + " cannot be read: "
              + e.getMessage()
              + "; correct it, or remove it to start as if no operator had drained or withdrawn",
          e);
    }
  }

  private static String text(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw new IOException("it is larger than " + MAX_FILE_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  /** What is asked for and where it is kept, for people; empty for nothing. */
  Optional<String> shown() {
    List<String> lines = state.lines();
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join(", ", lines) + " (kept in " + file + ")");
  }

  /**
   * Changes what is kept. May block on the disk.
   *
   * @return why the change would not survive a restart; empty when it would
   */
  Optional<String> change(UnaryOperator<OperatorState> change) {
    OperatorState next = change.apply(state);
    state = next;
    try {
      write(next);
      return Optional.empty();
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("why", e)
          .log("operator's command not kept for a restart");
      return Optional.of(file + " cannot be written: " + e);
    }
  }

  private void write(OperatorState next) throws IOException {
    if (next.equals(OperatorState.NONE)) {
      Files.deleteIfExists(file);
      return;
    }
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    String text = COMMENT + "\n" + String.join("\n", next.lines()) + "\n";
    try (FileChannel out =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Asks for all of it again, at the start of a node; on the control thread. */
  void restore(ControlDriver overlay, IngressDriver ingress) {
    OperatorState kept = state;
    if (kept.equals(OperatorState.NONE)) {
      return;
    }
    log.atWarn()
        .addKeyValue("commands", kept.lines())
        .addKeyValue("file", file)
        .log("operators' commands from before this start hold");
    if (kept.drained()) {
      ingress.drain();
      overlay.ask(new SignalEvent.Drain(Optional.empty()));
    }
    kept.draining()
        .forEach(each -> said(overlay.ask(new SignalEvent.Drain(Optional.of(each))), file));
    kept.withdrawn().forEach(each -> said(overlay.ask(new SignalEvent.Withdraw(each)), file));
  }

  /** A service may have left the config since. */
  private static void said(SignalAnswer answer, Path file) {
    if (answer instanceof SignalAnswer.Refused refused) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("why", refused.sentence())
          .log("operator's command no longer applies");
    }
  }
}

package io.landfall.node;

import io.landfall.core.FailureText;
import io.landfall.core.ServiceName;
import io.landfall.signal.SignalAnswer;
import io.landfall.signal.SignalEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
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
  /** The largest file that is read: lines for the most services and backends, and a comment. */
  static final int MAX_FILE_BYTES = 2 << 20;

  private static final Logger log = LoggerFactory.getLogger("landfall.node");
  private static final String COMMENT =
      "# What operators asked of this Landfall node; read at its start.";
  private static final String TAKING_OVER =
      "nothing has changed: this process takes over from another one, which would not know of the"
          + " command if it went on; try again in a few seconds";

  private final Path file;
  private final FolderSync folders;
  private volatile Kept kept;
  private volatile boolean held;

  /** Writes to the disk which names a folder has: fsync(2) of the folder. */
  interface FolderSync {
    /** By the system. */
    FolderSync SYSTEM =
        folder -> {
          try (FileChannel open = FileChannel.open(folder, StandardOpenOption.READ)) {
            open.force(true);
          }
        };

    /** Returns when they are on the disk. */
    void sync(Path folder) throws IOException;
  }

  /**
   * What is asked for now.
   *
   * @param state what is asked for
   * @param notKept why the file has something else; empty when it has the same
   */
  private record Kept(OperatorState state, Optional<String> notKept) {}

  private OperatorFile(Path file, FolderSync folders, OperatorState state) {
    this.file = file;
    this.folders = folders;
    this.kept = new Kept(state, Optional.empty());
  }

  /** Nothing is asked for, whatever the file has. */
  static OperatorFile unread(Path file) {
    return new OperatorFile(file, FolderSync.SYSTEM, OperatorState.NONE);
  }

  /**
   * Reads the file.
   *
   * @throws StartFailed when there is one that cannot be read: to start as if nothing had been
   *     asked for could announce a node that was drained
   */
  static OperatorFile read(Path file) throws StartFailed {
    return read(file, FolderSync.SYSTEM);
  }

  static OperatorFile read(Path file, FolderSync folders) throws StartFailed {
    try {
      String text = SmallTextFile.read(file, MAX_FILE_BYTES);
      return new OperatorFile(file, folders, OperatorState.parse(text.lines().toList()));
    } catch (NoSuchFileException e) {
      return new OperatorFile(file, folders, OperatorState.NONE);
    } catch (IOException e) {
      throw unusable(file + " " + SmallTextFile.why(e), e);
    } catch (IllegalArgumentException e) {
      throw unusable(file + ": " + FailureText.of(e), e);
    }
  }

  private static StartFailed unusable(String what, Exception cause) {
    return new StartFailed(
        "admin.state-file",
        what + "; correct it, or remove it to start as if no operator had drained or withdrawn",
        cause);
  }

  /** What is asked for and where it is kept, for people; empty for nothing. */
  Optional<String> shown() {
    Kept now = kept;
    String lines = String.join(", ", now.state().lines());
    if (now.notKept().isPresent()) {
      return Optional.of(
          (lines.isEmpty() ? "nothing" : lines)
              + " (not for a restart: "
              + now.notKept().get()
              + ")");
    }
    return lines.isEmpty() ? Optional.empty() : Optional.of(lines + " (kept in " + file + ")");
  }

  /** The services that are held in maintenance, as {@link OperatorState} has them. */
  SortedMap<ServiceName, Long> maintained() {
    return kept.state().maintained();
  }

  /** Whether a backend that is drained can be kept. */
  boolean hasRoomFor(OperatorState.Backend backend) {
    OperatorState now = kept.state();
    return now.backends().contains(backend) || now.backends().size() < OperatorState.MAX_BACKENDS;
  }

  /**
   * Until {@link #release} nothing can be asked for: another process of this node may go on, which
   * would not know of it.
   */
  void hold() {
    held = true;
  }

  /** From now on it is this process's alone. */
  void release() {
    held = false;
  }

  /** Why a change cannot be asked for now; empty if it can, or is none. */
  Optional<String> refusalOf(UnaryOperator<OperatorState> change) {
    return held && changes(change) ? Optional.of(TAKING_OVER) : Optional.empty();
  }

  /** Whether a change is one. */
  boolean changes(UnaryOperator<OperatorState> change) {
    OperatorState now = kept.state();
    return !change.apply(now).equals(now);
  }

  /**
   * Changes what is asked for, in memory. In the step of the control thread that obeys the command:
   * a change of the config right behind it asks again for what is asked for by then.
   */
  void ask(UnaryOperator<OperatorState> change) {
    Kept now = kept;
    kept = new Kept(change.apply(now.state()), now.notKept());
  }

  /**
   * Writes what is asked for. May block on the disk; by one at a time, who lets no other change
   * begin meanwhile.
   *
   * @return why it would not survive a restart; empty when it would
   */
  Optional<String> keep() {
    OperatorState asked = kept.state();
    Optional<String> notKept = written(asked);
    kept = new Kept(kept.state(), notKept);
    return notKept;
  }

  /** Both of these. */
  Optional<String> change(UnaryOperator<OperatorState> change) {
    ask(change);
    return keep();
  }

  private Optional<String> written(OperatorState next) {
    try {
      write(next);
      return Optional.empty();
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("why", FailureText.of(e))
          .log("operator's command not kept for a restart");
      return Optional.of(file + " cannot be written: " + FailureText.of(e));
    }
  }

  private void write(OperatorState next) throws IOException {
    if (next.equals(OperatorState.NONE)) {
      if (Files.deleteIfExists(file)) {
        keepFolder();
      }
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
    keepFolder();
  }

  /** That a name is there, or is not any more, is written with its folder: fsync(2). */
  private void keepFolder() throws IOException {
    folders.sync(file.toAbsolutePath().resolveSibling("."));
  }

  /** Asks for all of it again, at the start of a node; on the control thread. */
  void restore(ControlDriver overlay, IngressDriver ingress, Backends backends) {
    OperatorState asked = kept.state();
    if (asked.equals(OperatorState.NONE)) {
      return;
    }
    log.atWarn()
        .addKeyValue("commands", asked.lines())
        .addKeyValue("file", file)
        .log("operators' commands from before this start hold");
    if (asked.drained()) {
      ingress.drain();
      overlay.ask(new SignalEvent.Drain(Optional.empty()));
    }
    asked
        .draining()
        .forEach(each -> logAnswer(overlay.ask(new SignalEvent.Drain(Optional.of(each))), file));
    asked.withdrawn().forEach(each -> logAnswer(overlay.ask(new SignalEvent.Withdraw(each)), file));
    for (OperatorState.Backend each : asked.backends()) {
      logAnswer(backends.drain(each, true, overlay::ask), file);
    }
  }

  /** Asks again for what concerns these services, when the config has changed. */
  void restore(ControlDriver overlay, Backends backends, Set<ServiceName> services) {
    OperatorState asked = kept.state();
    asked.draining().stream()
        .filter(services::contains)
        .forEach(each -> overlay.ask(new SignalEvent.Drain(Optional.of(each))));
    asked.withdrawn().stream()
        .filter(services::contains)
        .forEach(each -> overlay.ask(new SignalEvent.Withdraw(each)));
    asked.backends().stream()
        .filter(each -> services.contains(each.service()))
        .forEach(each -> backends.drain(each, true, overlay::ask));
  }

  /** A service or a backend may have left the config since. */
  private static void logAnswer(SignalAnswer answer, Path file) {
    if (answer instanceof SignalAnswer.Refused refused) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("why", refused.sentence())
          .log("operator's command no longer applies");
    }
  }
}

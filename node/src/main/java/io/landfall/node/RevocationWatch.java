package io.landfall.node;

import io.landfall.admin.CommandResult;
import io.landfall.admin.metrics.MetricsSource.RevocationCounts;
import io.landfall.admin.model.RevocationStatus;
import io.landfall.core.FailureText;
import io.landfall.core.NodeName;
import io.landfall.trust.FileResult;
import io.landfall.trust.Revocations;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the list of revocations in force the one that is on disk.
 *
 * <p>The file is read every {@link #POLL_MILLIS}, and its content compared: this works for a
 * replaced file, one written in place and a symbolic link that is turned, on any file system. A
 * content is judged when two reads in a row have found the same, so that a file that is being
 * written is not taken for the whole; {@link #reload} judges at once. A list is parsed as a whole:
 * one that breaks a rule, or cannot be read, leaves the one before in force, and is logged once.
 *
 * <p>On the control thread but for the reads, which have a virtual thread each, one poll at a time.
 */
final class RevocationWatch {
  /** How often the file is read; a change is in force after two reads. */
  static final long POLL_MILLIS = 500;

  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  /** How long a reload waits for the disk. */
  private static final long READ_MILLIS = 4_000;

  private final Optional<Path> file;
  private final ControlLoop control;
  private final Executor readers;
  private final Function<Revocations, NavigableSet<NodeName>> apply;
  private final Callable<Optional<String>> ownRefusal;

  /** What was judged last, good or bad. */
  private @Nullable RevocationFile judged;

  /** What the last poll found, when that is not what was judged. */
  private @Nullable RevocationFile unsettled;

  private Revocations inForce;
  private Instant appliedAt;
  private Optional<String> problem = Optional.empty();
  private long reads;
  private long newestJudged;
  private long applied;
  private long refused;
  private boolean polling;
  private boolean stopped;

  /**
   * A watch over a file that was read at the start.
   *
   * @param file the file; empty when the config names none
   * @param atStart what was read then, and is in force
   * @param apply puts a list in force and tells whom that cut off
   * @param ownRefusal why this node's own certificate is refused by the list in force
   */
  RevocationWatch(
      Optional<Path> file,
      Optional<RevocationFile> atStart,
      ControlLoop control,
      Executor readers,
      Function<Revocations, NavigableSet<NodeName>> apply,
      Callable<Optional<String>> ownRefusal) {
    this.file = file;
    this.control = control;
    this.readers = readers;
    this.apply = apply;
    this.ownRefusal = ownRefusal;
    this.judged = atStart.orElse(null);
    this.inForce =
        atStart.isPresent()
                && atStart.get().result() instanceof FileResult.Good<Revocations>(Revocations good)
            ? good
            : Revocations.NONE;
    this.appliedAt = Instant.ofEpochMilli(control.wallMillis());
  }

  /** A watch over the file that a node's config names. */
  static RevocationWatch of(
      Node node, Executor readers, Function<Revocations, NavigableSet<NodeName>> apply) {
    return new RevocationWatch(
        node.config.trust().revoked(),
        node.trust.revoked(),
        node.control,
        readers,
        apply,
        () -> node.trust.ownRefusal(node.control.wallMillis()));
  }

  /** Begins to look. */
  void start() {
    file.ifPresent(this::poll);
  }

  /** Whether the config names a file. */
  boolean isConfigured() {
    return file.isPresent();
  }

  /** Looks no more. */
  void stop() {
    stopped = true;
  }

  private void poll(Path path) {
    if (stopped) {
      return;
    }
    if (!polling) {
      polling = true;
      long number = ++reads;
      Optional<RevocationFile> last = Optional.ofNullable(judged);
      readers.execute(
          () -> {
            RevocationFile found = RevocationFile.read(path, last);
            control.execute(() -> polled(number, found));
          });
    }
    control.schedule(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS), () -> poll(path));
  }

  /** What one poll found; on the control thread. */
  void polled(long number, RevocationFile found) {
    polling = false;
    if (number < newestJudged || stopped) {
      // A reload read the file after this poll did.
      return;
    }
    if (found.equals(judged)) {
      unsettled = null;
    } else if (found.equals(unsettled)) {
      judge(number, found);
    } else {
      unsettled = found;
    }
  }

  /**
   * Reads the file now and puts it in force. Blocks; on any thread but the control thread, and only
   * where there is one ({@link #isConfigured}).
   *
   * @return what is in force now, or the problem with file and line
   */
  CommandResult reload() {
    Path configured = file.orElseThrow();
    CompletableFuture<RevocationFile> read = new CompletableFuture<>();
    try {
      long number = control.ask(() -> ++reads).get(READ_MILLIS, TimeUnit.MILLISECONDS);
      // Not on this thread: a disk that hangs must not hold the caller.
      readers.execute(() -> read.complete(RevocationFile.read(configured)));
      RevocationFile found = read.get(READ_MILLIS, TimeUnit.MILLISECONDS);
      return control.ask(() -> judge(number, found)).get(READ_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CommandResult.Conflict("interrupted; the list in force is the one before");
    } catch (java.util.concurrent.TimeoutException
        | java.util.concurrent.ExecutionException
        | RejectedExecutionException e) {
      return new CommandResult.Conflict(
          configured + " could not be read and judged within " + READ_MILLIS + " ms");
    }
  }

  private CommandResult judge(long number, RevocationFile found) {
    if (number < newestJudged) {
      return new CommandResult.Done("a later reload was faster; " + inForceSentence());
    }
    newestJudged = number;
    boolean isNew = !found.equals(judged);
    judged = found;
    unsettled = null;
    return switch (found.result()) {
      case FileResult.Good<Revocations>(Revocations list) -> apply(list);
      case FileResult.Bad<Revocations> bad -> {
        problem = Optional.of(bad.sentence());
        refused++;
        if (isNew) {
          log.atWarn()
              .addKeyValue("why", bad.sentence())
              .log("revocations not applied, the list before stays");
        }
        yield new CommandResult.Conflict(bad.sentence() + "; the list before stays in force");
      }
    };
  }

  private CommandResult apply(Revocations list) {
    int added = countMissing(lines(list), lines(inForce));
    int removed = countMissing(lines(inForce), lines(list));
    boolean mended = problem.isPresent();
    inForce = list;
    appliedAt = Instant.ofEpochMilli(control.wallMillis());
    problem = Optional.empty();
    applied++;
    NavigableSet<NodeName> cut = apply.apply(list);
    String sentence =
        inForceSentence()
            + ", "
            + added
            + " added, "
            + removed
            + " removed"
            + (cut.isEmpty() ? "" : "; cut off: " + String.join(", ", names(cut)))
            + ownSentence();
    if (added + removed > 0 || mended) {
      log.atInfo().addKeyValue("result", sentence).log("revocations applied");
    }
    return new CommandResult.Done(sentence);
  }

  private static List<String> names(NavigableSet<NodeName> nodes) {
    return nodes.stream().map(NodeName::value).toList();
  }

  private String inForceSentence() {
    return file.map(Path::toString).orElse("-") + ": " + inForce.size() + " entries in force";
  }

  private String ownSentence() {
    try {
      return ownRefusal
          .call()
          .map(why -> "; this node itself is named, and will not start again: " + why)
          .orElse("");
    } catch (Exception e) {
      return "; this node's own certificate cannot be judged: " + FailureText.of(e);
    }
  }

  private static int countMissing(List<String> these, List<String> from) {
    java.util.Set<String> known = new java.util.HashSet<>(from);
    return (int) these.stream().filter(line -> !known.contains(line)).count();
  }

  private static List<String> lines(Revocations list) {
    List<String> lines = new ArrayList<>();
    list.keys().forEach(key -> lines.add("key " + key));
    list.serials().forEach(serial -> lines.add("serial " + serial));
    list.nodes().forEach(node -> lines.add("node " + node));
    return lines;
  }

  /** What {@code show revocations} has. */
  RevocationStatus view() {
    return new RevocationStatus(
        file.map(Path::toString),
        problem,
        file.map(any -> appliedAt),
        applied,
        refused,
        lines(inForce));
  }

  /** Why the file as it is now is not in force; empty when it is. */
  Optional<String> problem() {
    return problem;
  }

  /** The same for the metrics. */
  RevocationCounts counts() {
    return new RevocationCounts(inForce.size(), problem.isPresent(), applied, refused);
  }
}

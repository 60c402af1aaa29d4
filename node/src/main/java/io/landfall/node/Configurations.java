package io.landfall.node;

import io.landfall.admin.CommandResult;
import io.landfall.admin.ConfigureBackend;
import io.landfall.admin.metrics.MetricsSource;
import io.landfall.admin.model.ConfigurationDiff;
import io.landfall.admin.model.ConfigurationStatus;
import io.landfall.config.ConfigDifference;
import io.landfall.config.ServiceConfig;
import io.landfall.core.FailureText;
import io.landfall.core.Timers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The config in force, its generations, and the change from one to the next: read and checked on
 * the thread that asks, put in force in one task of the control thread. One change at a time; who
 * comes meanwhile is told so.
 */
final class Configurations implements ConfigureBackend {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  /** How long the control thread may take to put a config in force. */
  private static final long SWITCH_MILLIS = 30_000;

  /** Until a config that could not be taken back is tried again. */
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final String START = "the start of the node";
  private static final String TAKEN_BACK =
      " is the config that was taken back; 'landfall configure apply' puts it in force again";

  /**
   * A config that goes away again unless it is confirmed.
   *
   * @param deadlineNanos when, by the monotonic clock
   * @param timer does so then
   */
  private record Unconfirmed(long deadlineNanos, Timers.Cancellable timer) {}

  /** All that is shown, replaced as a whole. */
  private record State(
      Generation now,
      Optional<Generation> before,
      Optional<Unconfirmed> unconfirmed,
      Optional<ConfigurationStatus.Attempt> last) {}

  private final Path file;
  private final ControlLoop control;
  private final Executor background;
  private final ConfigSwitch change;

  /** Held by whoever changes the config. */
  private final ChangeLock changing = new ChangeLock();

  private volatile State state;

  /** The text of the config that was taken back last; empty once one was applied since. */
  private volatile Optional<String> takenBack = Optional.empty();

  /**
   * The config of a start is in force.
   *
   * @param background where a config that was not confirmed is taken back
   * @param change puts a config in force
   */
  Configurations(StartPlan plan, ControlLoop control, Executor background, ConfigSwitch change) {
    this.file = plan.config().self().file();
    this.control = control;
    this.background = background;
    this.change = change;
    this.state =
        new State(
            new Generation(1, plan, plan.text(), now(), START),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  private Instant now() {
    return Instant.ofEpochMilli(control.wallMillis());
  }

  @Override
  public ConfigurationStatus status() {
    State shown = state;
    Generation of = shown.now();
    return new ConfigurationStatus(
        of.number(),
        of.hash(),
        of.file(),
        of.since(),
        of.actor(),
        shown.before().map(each -> OptionalLong.of(each.number())).orElse(OptionalLong.empty()),
        shown
            .unconfirmed()
            .map(each -> OptionalLong.of(secondsUntil(each.deadlineNanos())))
            .orElse(OptionalLong.empty()),
        shown.last());
  }

  private long secondsUntil(long deadlineNanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toSeconds(deadlineNanos - control.monotonicNanos()));
  }

  /** Every service of the config in force. */
  List<ServiceConfig> services() {
    return state.now().plan().config().services();
  }

  /** The numbers of a scrape. */
  MetricsSource.ConfigCounts counts() {
    State shown = state;
    return new MetricsSource.ConfigCounts(
        shown.now().number(),
        shown.now().hash(),
        shown.last().map(ConfigurationStatus.Attempt::applied).orElse(true),
        shown.now().since());
  }

  @Override
  public ConfigurationDiff diff(Path other) {
    Generation now = state.now();
    ConfigFile read = ConfigFile.read(other, now);
    return new ConfigurationDiff(
        read.text().isEmpty()
            ? List.of()
            : ConfigDifference.of(now.text(), read.text()).stream()
                .map(ConfigDifference.Change::toString)
                .toList(),
        read.problems());
  }

  /**
   * The file of the start is read again; empty when it is as it is in force, and no attempt since
   * was refused. What was taken back is not put in force so: whoever renews a certificate reloads,
   * too.
   */
  Optional<CommandResult> reload(String actor) {
    State now = state;
    Optional<String> text = ConfigFile.text(file);
    boolean same =
        text.equals(Optional.of(now.now().text()))
            && now.now().file().equals(file.toString())
            && now.now().plan().backendTls().isEmpty() // files that may be renewed
            && now.last().map(ConfigurationStatus.Attempt::applied).orElse(true);
    if (same) {
      return Optional.empty();
    }
    return Optional.of(
        changing.exclusively(
            () ->
                text.isPresent() && text.equals(takenBack)
                    ? refused(file, actor, file + TAKEN_BACK)
                    : applied(file, OptionalLong.empty(), actor)));
  }

  @Override
  public CommandResult apply(Path wanted, OptionalLong confirmMillis, String actor) {
    return changing.exclusively(() -> applied(wanted, confirmMillis, actor));
  }

  /** As {@link #apply}, by who keeps others away. */
  private CommandResult applied(Path wanted, OptionalLong confirmMillis, String actor) {
    State before = state;
    if (before.unconfirmed().isPresent()) {
      return new CommandResult.Conflict(
          "generation "
              + before.now().number()
              + " waits to be confirmed: 'landfall configure confirm' or 'undo' comes first");
    }
    ConfigFile read = ConfigFile.read(wanted, before.now());
    if (read.plan().isEmpty()) {
      return refused(wanted, actor, String.join("\n", read.problems()));
    }
    if (read.text().equals(before.now().text()) && read.plan().get().isSame(before.now().plan())) {
      String sentence = "nothing changes: " + wanted + " is generation " + before.now().number();
      attempted(wanted.toString(), actor, true, sentence);
      return new CommandResult.Done(sentence);
    }
    CommandResult result =
        change(
            new Generation(before.now().number() + 1, read.plan().get(), read.text(), now(), actor),
            Optional.of(before.now()),
            confirmMillis);
    return result instanceof CommandResult.Done
        ? new CommandResult.Done(result.sentence() + read.notes(wanted, file))
        : result;
  }

  private CommandResult refused(Path wanted, String actor, String why) {
    attempted(wanted.toString(), actor, false, why);
    return new CommandResult.Conflict(
        why + "\nnothing has changed: generation " + state.now().number() + " stays in force");
  }

  private void attempted(String of, String actor, boolean applied, String result) {
    State before = state;
    state =
        new State(
            before.now(),
            before.before(),
            before.unconfirmed(),
            Optional.of(new ConfigurationStatus.Attempt(now(), actor, of, applied, result)));
    log.atInfo()
        .addKeyValue("file", of)
        .addKeyValue("actor", actor)
        .addKeyValue("generation", before.now().number())
        .addKeyValue("hash", before.now().hash())
        .addKeyValue("result", result)
        .log(applied ? "config in force" : "config refused");
  }

  /** Puts a generation in force, and notes what comes back when it is undone. */
  private CommandResult change(
      Generation next, Optional<Generation> before, OptionalLong confirmMillis) {
    ConfigSwitch.Prepared prepared;
    try {
      prepared = change.prepare(next.plan());
    } catch (StartFailed e) {
      return refused(Path.of(next.file()), next.actor(), FailureText.of(e));
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    AtomicBoolean decided = new AtomicBoolean();
    // A change that breaks off leaves the control plane in an unknown state, which ends the node.
    control.execute(
        () -> {
          if (decided.compareAndSet(false, true)) {
            prepared.apply();
            // Where only other files differ there is no text to go back to.
            String last = state.now().text();
            takenBack =
                Optional.of(last).filter(_ -> before.isEmpty() && !last.equals(next.text()));
            state = new State(next, before, unconfirmed(confirmMillis), state.last());
            done.complete(true);
          }
        });
    try {
      if (!isDone(done, decided)) {
        prepared.abandon();
        return refused(
            Path.of(next.file()),
            next.actor(),
            "the control thread did not begin within " + SWITCH_MILLIS + " ms; try again");
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing completes it so", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CommandResult.Conflict("the node stops");
    }
    String sentence =
        next.inForce()
            + (confirmMillis.isPresent()
                ? "; generation "
                    + before.map(Generation::number).orElse(0L)
                    + " comes back in "
                    + TimeUnit.MILLISECONDS.toSeconds(confirmMillis.getAsLong())
                    + " s unless it is confirmed"
                : "");
    attempted(next.file(), next.actor(), true, sentence);
    return new CommandResult.Done(sentence);
  }

  /** Waits for a change; false if it had not begun in time, and now never will. */
  private static boolean isDone(CompletableFuture<Boolean> done, AtomicBoolean decided)
      throws ExecutionException, InterruptedException {
    try {
      return done.get(SWITCH_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return !decided.compareAndSet(false, true) && done.get();
    }
  }

  /** On the control thread. */
  private Optional<Unconfirmed> unconfirmed(OptionalLong confirmMillis) {
    if (confirmMillis.isEmpty()) {
      return Optional.empty();
    }
    long nanos = TimeUnit.MILLISECONDS.toNanos(confirmMillis.getAsLong());
    return Optional.of(
        new Unconfirmed(
            control.monotonicNanos() + nanos,
            control.schedule(nanos, () -> background.execute(this::takeBack))));
  }

  private boolean isOver(Unconfirmed waiting) {
    return control.monotonicNanos() - waiting.deadlineNanos() >= 0;
  }

  /**
   * Nobody changes the config until {@link #release} by this thread, for another process takes over
   * with what is in the file. Returns why not; then nothing is held.
   */
  Optional<String> hold() {
    if (!changing.tryHold()) {
      return Optional.of("a config is being applied; try again");
    }
    String found = ConfigFile.text(file).orElse("");
    Optional<String> why = takenBack.filter(found::equals).map(text -> file + TAKEN_BACK);
    if (state.unconfirmed().isPresent()) {
      why = Optional.of("a config waits to be confirmed: confirm or undo it first");
    }
    why.ifPresent(refused -> changing.release());
    return why;
  }

  /** The same for a process that takes over itself, before anybody can ask it. */
  void holdFromStart() {
    changing.hold();
  }

  /** By the thread that holds it: this process is the only one, again or from now on. */
  void release() {
    changing.release();
  }

  /** The time to confirm is over, unless a confirmation has come at the same moment. */
  private void takeBack() {
    changing.hold();
    try {
      State over = state;
      if (over.unconfirmed().filter(this::isOver).isPresent()) {
        if (!(back("no confirmation in time") instanceof CommandResult.Done)) {
          // What it needs may come free: an address that another process has taken meanwhile.
          control.execute(
              () -> control.schedule(AGAIN_NANOS, () -> background.execute(this::takeBack)));
        }
      }
    } finally {
      changing.release();
    }
  }

  @Override
  public CommandResult confirm(String actor) {
    return changing.exclusively(
        () -> {
          State before = state;
          if (before.unconfirmed().isEmpty()) {
            return new CommandResult.Conflict("nothing waits to be confirmed");
          }
          before.unconfirmed().get().timer().cancel();
          state = new State(before.now(), before.before(), Optional.empty(), before.last());
          String sentence = "generation " + before.now().number() + " is confirmed";
          attempted(before.now().file(), actor, true, sentence);
          return new CommandResult.Done(sentence);
        });
  }

  @Override
  public CommandResult undo(String actor) {
    return changing.exclusively(() -> back(actor));
  }

  private CommandResult back(String actor) {
    State before = state;
    if (before.before().isEmpty()) {
      return new CommandResult.Conflict(
          "there is no generation before "
              + before.now().number()
              + " to go back to: only the last change can be undone, and once");
    }
    Generation old = before.before().get();
    CommandResult result =
        change(
            new Generation(before.now().number() + 1, old.plan(), old.text(), now(), actor),
            Optional.empty(),
            OptionalLong.empty());
    // One that has failed leaves the change to be confirmed, or to be taken back in its time.
    if (result instanceof CommandResult.Done) {
      before.unconfirmed().ifPresent(each -> each.timer().cancel());
    }
    return result;
  }
}

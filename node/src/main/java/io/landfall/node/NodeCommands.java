package io.landfall.node;

import io.landfall.admin.CommandResult;
import io.landfall.admin.model.ExplainView;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.SignalAnswer;
import io.landfall.signal.SignalEvent;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** An operator's commands as events of the control thread, and the services that they are about. */
final class NodeCommands {
  private final NodeName name;
  private final ControlQuestions questions;
  private final ControlDriver overlay;
  private final IngressDriver ingress;
  private final NodeMonitor monitor;
  private final OperatorFile operators;
  private final Backends backends;
  private final MaintenanceSwitch maintenance;

  /** Held from a command to its line in the file, so that both have one order. */
  private final ReentrantLock keeping = new ReentrantLock();

  /**
   * What commands are kept in, and what they are about.
   *
   * @param operators what operators asked for
   * @param backends the backends beside this node
   * @param maintenance the services that are in maintenance
   */
  record Kept(OperatorFile operators, Backends backends, MaintenanceSwitch maintenance) {}

  /**
   * Made for one node.
   *
   * @param name this node's name
   */
  NodeCommands(
      NodeName name,
      ControlQuestions questions,
      ControlDriver overlay,
      IngressDriver ingress,
      NodeMonitor monitor,
      Kept kept) {
    this.name = name;
    this.questions = questions;
    this.overlay = overlay;
    this.ingress = ingress;
    this.monitor = monitor;
    this.operators = kept.operators();
    this.backends = kept.backends();
    this.maintenance = kept.maintenance();
  }

  /** This node as a place for a service, as it is now; empty when it is not hosted here. */
  Optional<ExplainView.Step> here(ServiceName service) {
    return backends.count(service) == 0
        ? Optional.empty()
        : Optional.of(
            questions.ask(
                () -> {
                  LocalSignals signals = overlay.plane().signals();
                  return new ExplainView.Step(
                      name.value(),
                      signals.signal(service) != Signal.DOWN,
                      signals.signalAndWhy(service));
                }));
  }

  CommandResult announce(ServiceName service, OptionalLong ttlMillis) {
    Optional<SignalEvent.LeaseRequest> lease =
        ttlMillis.isPresent()
            ? Optional.of(
                new SignalEvent.LeaseRequest(
                    TimeUnit.MILLISECONDS.toNanos(ttlMillis.getAsLong()), Optional.empty()))
            : Optional.empty();
    return takenBack(
        service,
        kept -> kept.withdrawn(service, false),
        () ->
            answer(
                overlay.ask(new SignalEvent.Announce(service, lease)),
                () -> service + " announced; " + signalOf(service)));
  }

  CommandResult withdraw(ServiceName service) {
    return kept(
        kept -> kept.withdrawn(service, true),
        () ->
            answer(
                overlay.ask(new SignalEvent.Withdraw(service)),
                () -> service + " withdrawn here until it is announced again"));
  }

  CommandResult drainService(ServiceName service) {
    return kept(
        kept -> kept.draining(service, true),
        () ->
            answer(
                overlay.ask(new SignalEvent.Drain(Optional.of(service))),
                () -> service + " drains here; " + signalOf(service)));
  }

  CommandResult undrainService(ServiceName service) {
    return takenBack(
        service,
        kept -> kept.draining(service, false),
        () ->
            answer(
                overlay.ask(new SignalEvent.Undrain(Optional.of(service))),
                () -> service + " drains no longer; " + signalOf(service)));
  }

  CommandResult drainBackend(ServiceName service, String url, boolean begins) {
    OperatorState.Backend backend = new OperatorState.Backend(service, url);
    if (begins && !operators.hasRoomFor(backend)) {
      return new CommandResult.Conflict(
          "more than " + OperatorState.MAX_BACKENDS + " backends would be drained");
    }
    String what =
        url + (begins ? " of " + service + " drains" : " of " + service + " drains no longer");
    UnaryOperator<OperatorState> change = kept -> kept.draining(backend, begins);
    Supplier<CommandResult> command =
        () ->
            answer(
                backends.drain(backend, begins, overlay::ask),
                () -> what + "; " + signalOf(service));
    return begins ? kept(change, command) : takenBack(service, change, command);
  }

  CommandResult drainNode() {
    return kept(
        kept -> kept.drained(true),
        () -> {
          monitor.drain(name.value(), true);
          ingress.drain();
          return answer(
              overlay.ask(new SignalEvent.Drain(Optional.empty())),
              () ->
                  "node "
                      + name
                      + " drains: its services are DRAINING, its anycast prefixes carry"
                      + " GRACEFUL_SHUTDOWN and are then withdrawn");
        });
  }

  CommandResult undrainNode() {
    return kept(
        kept -> kept.drained(false),
        () -> {
          monitor.drain(name.value(), false);
          ingress.undrain();
          return answer(
              overlay.ask(new SignalEvent.Undrain(Optional.empty())),
              () -> "node " + name + " drains no longer");
        });
  }

  CommandResult maintenance(ServiceName service, boolean begins, long retryAfterSeconds) {
    keeping.lock();
    try {
      CommandResult result =
          kept(
              MaintenanceSwitch.change(service, begins, retryAfterSeconds),
              () -> maintenance.judge(service, begins));
      if (result instanceof CommandResult.Done) {
        questions.ask(
            () -> {
              maintenance.apply();
              return result;
            });
      }
      return result;
    } finally {
      keeping.unlock();
    }
  }

  private CommandResult obeyed(
      UnaryOperator<OperatorState> change, Supplier<CommandResult> command) {
    CommandResult result = command.get();
    if (result instanceof CommandResult.Done) {
      operators.ask(change);
    }
    return result;
  }

  /** Gives a command, and keeps for a restart what it asked for if it was obeyed. */
  private CommandResult kept(UnaryOperator<OperatorState> change, Supplier<CommandResult> command) {
    keeping.lock();
    try {
      Optional<String> refusal = operators.refusalOf(change);
      if (refusal.isPresent()) {
        return new CommandResult.Conflict(refusal.get());
      }
      CommandResult result = questions.ask(() -> obeyed(change, command));
      Optional<String> notKept =
          result instanceof CommandResult.Done ? operators.keep() : Optional.empty();
      return notKept
          .<CommandResult>map(
              why ->
                  new CommandResult.Done(
                      result.sentence() + "; this does not survive a restart: " + why))
          .orElse(result);
    } finally {
      keeping.unlock();
    }
  }

  /**
   * Takes a command back, also one for what has left the config since: it is kept in the file, and
   * would hold again if that came back.
   */
  private CommandResult takenBack(
      ServiceName service, UnaryOperator<OperatorState> change, Supplier<CommandResult> command) {
    keeping.lock();
    try {
      CommandResult result = kept(change, command);
      boolean gone =
          result instanceof CommandResult.NotFound
              || (result instanceof CommandResult.Conflict && backends.count(service) == 0);
      return gone && operators.changes(change)
          ? kept(
              change,
              () ->
                  new CommandResult.Done(
                      result.sentence() + "; what was kept for it is kept no longer"))
          : result;
    } finally {
      keeping.unlock();
    }
  }

  /** What a service's signal is now, and why. */
  private String signalOf(ServiceName service) {
    return "its signal here is " + overlay.plane().signals().signalAndWhy(service);
  }

  private static CommandResult answer(SignalAnswer answer, Supplier<String> sentence) {
    return switch (answer) {
      case SignalAnswer.Done done -> new CommandResult.Done(sentence.get());
      case SignalAnswer.Leased leased ->
          new CommandResult.Done(
              sentence.get()
                  + "; lease granted: renew every "
                  + leased.renewAfterMillis()
                  + " ms, stop relying on it after "
                  + leased.stopAfterMillis()
                  + " ms");
      case SignalAnswer.Refused refused ->
          switch (refused.why()) {
            case UNKNOWN_SERVICE, UNKNOWN_BACKEND -> new CommandResult.NotFound(refused.sentence());
            case NOT_HOSTED_HERE, STALE_LEASE, BAD_TTL ->
                new CommandResult.Conflict(refused.sentence());
          };
    };
  }
}

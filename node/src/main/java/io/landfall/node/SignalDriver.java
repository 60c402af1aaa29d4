package io.landfall.node;

import io.landfall.core.ServiceName;
import io.landfall.node.probe.ProbeRunner;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.ProbeOrder;
import io.landfall.signal.SignalChange;
import io.landfall.signal.SignalEvent;
import io.landfall.signal.SignalStep;
import io.landfall.signal.SignalStep.Answer;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the local signals with real probes and a real clock. On the control thread only; probes
 * run elsewhere and come back as events.
 */
final class SignalDriver {
  private static final Logger log = LoggerFactory.getLogger("landfall.signal");

  /** What the rest of the node hears. */
  interface Listener {
    /** A service says something else than before. */
    void signalChanged(SignalChange change);

    /** A backend of the service was heard of; its health may be another than before. */
    void backendsMayDiffer(ServiceName service);

    /** Every backend of every service has had a first verdict; told once. */
    void evaluatedOnce();
  }

  /** How often the probes of one service came out how. */
  static final class ProbeCounts {
    long successes;
    long failures;
  }

  private final LocalSignals signals;
  private final ControlLoop control;
  private final ProbeRunner probes;
  private final Listener listener;
  private final ControlTimer timer;
  private final TreeMap<ServiceName, ProbeCounts> counts = new TreeMap<>();
  private boolean evaluated;

  SignalDriver(LocalSignals signals, ControlLoop control, ProbeRunner probes, Listener listener) {
    this.signals = signals;
    this.control = control;
    this.probes = probes;
    this.listener = listener;
    this.timer = new ControlTimer(control, () -> apply(new SignalEvent.Tick()));
  }

  /** The state object, for views; on the control thread. */
  LocalSignals signals() {
    return signals;
  }

  /** Probe results by service since the start. */
  SortedMap<ServiceName, ProbeCounts> counts() {
    return counts;
  }

  /** Steps the signals, tells what changed, and runs the probes that are due. */
  Answer apply(SignalEvent event) {
    SignalStep step = signals.step(event, control.monotonicNanos());
    for (SignalChange change : step.changes()) {
      log.info(
          "service signal service={} from={} to={} why=\"{}\"",
          change.service(),
          change.from(),
          change.to(),
          change.why());
      listener.signalChanged(change);
    }
    switch (event) {
      case SignalEvent.ProbeDone done -> listener.backendsMayDiffer(done.service());
      case SignalEvent.BackendRefused refused -> listener.backendsMayDiffer(refused.service());
      case SignalEvent.HostSaid said -> listener.backendsMayDiffer(said.service());
      case SignalEvent.HostSilent silent -> listener.backendsMayDiffer(silent.service());
      default -> {
        // Nothing else says anything about a backend.
      }
    }
    if (!evaluated && signals.isEvaluated()) {
      evaluated = true;
      listener.evaluatedOnce();
    }
    for (ProbeOrder order : signals.dueProbes(control.monotonicNanos())) {
      run(order);
    }
    long deadline = signals.deadlineNanos();
    timer.arm(deadline == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(deadline));
    return step.answer();
  }

  private void run(ProbeOrder order) {
    probes.run(
        order.spec(),
        order.backend(),
        result -> {
          ProbeCounts count = counts.computeIfAbsent(order.service(), s -> new ProbeCounts());
          if (result.ok()) {
            count.successes++;
          } else {
            count.failures++;
          }
          apply(
              new SignalEvent.ProbeDone(
                  order.service(), order.ticket(), result.ok(), result.why()));
        });
  }
}

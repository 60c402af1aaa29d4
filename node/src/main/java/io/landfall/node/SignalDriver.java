package io.landfall.node;

import io.landfall.core.ServiceName;
import io.landfall.node.probe.ProbeRunner;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.SignalAnswer;
import io.landfall.signal.SignalChange;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the local signals with real probes and a real clock. On the control thread only; probes
 * run elsewhere, and their results wait in an {@link Inbox}, which is read before every tick.
 */
final class SignalDriver {
  private static final Logger log = LoggerFactory.getLogger("landfall.signal");

  /** What the rest of the node hears. */
  interface Listener {
    /** A service says something else than before. */
    void signalChanged(SignalChange change);

    /** Which backends of the service may be used is another set than before. */
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
  private final Inbox results;
  private final ProbeRunner probes;
  private final Listener listener;
  private final Driver<SignalEvent, SignalEffect> driver;
  private final TreeMap<ServiceName, ProbeCounts> counts = new TreeMap<>();
  private SignalAnswer answer = new SignalAnswer.Done();

  SignalDriver(LocalSignals signals, ControlLoop control, Listener listener) {
    this.signals = signals;
    this.results = new Inbox(control);
    this.probes = new ProbeRunner(results);
    this.listener = listener;
    this.driver =
        new Driver<>(signals, control, control, new SignalEvent.Tick(), this::carryOut)
            .before(results::read);
  }

  /** The state object, for views; on the control thread. */
  LocalSignals signals() {
    return signals;
  }

  /** Probe results by service since the start. */
  SortedMap<ServiceName, ProbeCounts> counts() {
    return counts;
  }

  /** The time has come to look; what has arrived is read first. */
  void tick() {
    driver.tick();
  }

  /** Steps the signals, tells what changed, and runs the probes that are due. */
  SignalAnswer apply(SignalEvent event) {
    answer = new SignalAnswer.Done();
    driver.apply(event);
    return answer;
  }

  private void carryOut(SignalEffect effect) {
    switch (effect) {
      case SignalEffect.Changed(SignalChange change) -> changed(change);
      case SignalEffect.BackendsChanged(ServiceName service) -> listener.backendsMayDiffer(service);
      case SignalEffect.EvaluatedOnce _ -> listener.evaluatedOnce();
      case SignalEffect.RunProbe probe -> run(probe);
      case SignalEffect.Answered answered -> answer = answered.answer();
    }
  }

  private void changed(SignalChange change) {
    log.info(
        "service signal service={} from={} to={} why=\"{}\"",
        change.service(),
        change.from(),
        change.to(),
        change.why());
    listener.signalChanged(change);
  }

  /** No probe runs any more. */
  void close() {
    probes.close();
  }

  private void run(SignalEffect.RunProbe order) {
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
                  order.service(),
                  order.ticket(),
                  result.ok(),
                  result.why(),
                  result.seenAtNanos()));
        });
  }
}

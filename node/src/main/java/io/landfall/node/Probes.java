package io.landfall.node;

import io.landfall.control.ControlEvent;
import io.landfall.core.ServiceName;
import io.landfall.node.probe.ProbeRunner;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Runs the probes that plane two asks for, and hands it their results. On the control thread only;
 * probes run elsewhere, and their results wait in an {@link Inbox}, which is read before every
 * tick.
 */
final class Probes {
  /** How often the probes of one service came out how. */
  static final class ProbeCounts {
    long successes;
    long failures;
  }

  private final Inbox results;
  private final ProbeRunner runner;
  private final Consumer<ControlEvent> plane;
  private final TreeMap<ServiceName, ProbeCounts> counts = new TreeMap<>();

  /** No probe runs yet. */
  Probes(ControlLoop control, Consumer<ControlEvent> plane) {
    this.results = new Inbox(control);
    this.runner = new ProbeRunner(results);
    this.plane = plane;
  }

  /** Hands over the results that have arrived. */
  void read() {
    results.read();
  }

  /** Probe results by service since the start. */
  SortedMap<ServiceName, ProbeCounts> counts() {
    return counts;
  }

  /** Runs a probe. */
  void run(SignalEffect.RunProbe order) {
    runner.run(
        order.spec(),
        order.backend(),
        result -> {
          ProbeCounts count = counts.computeIfAbsent(order.service(), s -> new ProbeCounts());
          if (result.ok()) {
            count.successes++;
          } else {
            count.failures++;
          }
          plane.accept(
              new ControlEvent.OfSignals(
                  new SignalEvent.ProbeDone(
                      order.service(),
                      order.ticket(),
                      result.ok(),
                      result.why(),
                      result.seenAtNanos())));
        });
  }

  /** No probe runs any more. */
  void close() {
    runner.close();
  }
}

package io.landfall.node;

import io.landfall.control.ControlEvent;
import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.h1.BackendResponseReader;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import io.landfall.transport.probe.ConnectionUse;
import io.landfall.transport.probe.ProbePlan;
import io.landfall.transport.probe.ProbeResult;
import io.landfall.transport.probe.ProbeRunner;
import io.landfall.transport.probe.ProbeTarget;
import io.landfall.transport.probe.ResponseReader;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the probes that plane two asks for, and hands it their results. On the control thread only;
 * probes run elsewhere, and their results wait in an {@link Inbox}, which is read before every
 * tick. Responses are read by the edge's own rules: what it would not pass on is no success.
 */
final class Probes {
  /** How often the probes of one service came out how. */
  static final class ProbeCounts {
    long successes;
    long failures;
  }

  /** What is kept of a service: as much as its configuration has. */
  private static final class Probed {
    final ProbeCounts counts = new ProbeCounts();
    final Map<Integer, ProbeTarget> targets = new HashMap<>();
  }

  private static final Logger log = LoggerFactory.getLogger("landfall.signal");

  private final Inbox results;
  private final ProbeRunner runner;
  private final Consumer<ControlEvent> plane;
  private final Map<ServiceName, Probed> services = new HashMap<>();
  private boolean limited;

  /**
   * No probe runs yet.
   *
   * @param maxHeadBytes the longest head of a response that the edge takes
   */
  Probes(ControlLoop control, Consumer<ControlEvent> plane, int maxHeadBytes) {
    EdgeLimits limits = BackendResponseReader.limits(maxHeadBytes);
    this.results = new Inbox(control);
    this.runner = new ProbeRunner(results, () -> new AsTheEdgeReads(limits));
    this.plane = plane;
  }

  /** Hands over the results that have arrived. */
  void read() {
    results.read();
  }

  /** Probe results by service since the start. */
  SortedMap<ServiceName, ProbeCounts> counts() {
    TreeMap<ServiceName, ProbeCounts> counts = new TreeMap<>();
    services.forEach((service, probed) -> counts.put(service, probed.counts));
    return counts;
  }

  /** Runs a probe. */
  void run(SignalEffect.RunProbe order) {
    Probed probed = services.computeIfAbsent(order.service(), service -> new Probed());
    ProbeTarget target =
        probed.targets.computeIfAbsent(
            order.ticket().backendIndex(),
            backend -> runner.target(plan(order.spec(), order.backend())));
    ConnectionUse use =
        switch (order.connection()) {
          case KEPT_IF_OPEN -> ConnectionUse.KEPT_IF_OPEN;
          case NEW -> ConnectionUse.NEW;
        };
    runner.run(target, use, result -> done(order, probed.counts, result));
  }

  private void done(SignalEffect.RunProbe order, ProbeCounts counts, ProbeResult result) {
    if (result.notRun()) {
      notRun(order, result.why());
      return;
    }
    limited = false;
    if (result.ok()) {
      counts.successes++;
    } else {
      counts.failures++;
    }
    plane.accept(
        new ControlEvent.OfSignals(
            new SignalEvent.ProbeDone(
                order.service(), order.ticket(), result.ok(), result.why(), result.seenAtNanos())));
  }

  /** Told once, until a probe can be run again. */
  private void notRun(SignalEffect.RunProbe order, String why) {
    if (!limited) {
      limited = true;
      log.atWarn()
          .addKeyValue("service", order.service())
          .addKeyValue("why", why)
          .log("own limit reached: probes cannot be run, and signals stay as they are");
    }
    plane.accept(
        new ControlEvent.OfSignals(new SignalEvent.ProbeNotRun(order.service(), order.ticket())));
  }

  /** What the prober is told of a backend. */
  static ProbePlan plan(ProbeSpec spec, BackendAddress backend) {
    ProbePlan.Check check =
        switch (spec.check()) {
          case ProbeSpec.Check.Tcp tcp -> new ProbePlan.Tcp(tls(tcp.way(), backend.host()));
          case ProbeSpec.Check.Http http ->
              new ProbePlan.Http(
                  http.path(),
                  http.host().orElse(at(backend, http.way()).toString()),
                  http.statuses().least(),
                  http.statuses().most(),
                  spec.intervalMillis() > ProbeRunner.MOST_KEPT_MILLIS
                      ? 1
                      : http.way().requestsPerConnection(),
                  tls(http.way(), http.host().map(Probes::name).orElse(backend.host())));
          case ProbeSpec.Check.Exec exec -> new ProbePlan.Exec(exec.argv());
        };
    BackendAddress at =
        switch (spec.check()) {
          case ProbeSpec.Check.Tcp tcp -> at(backend, tcp.way());
          case ProbeSpec.Check.Http http -> at(backend, http.way());
          case ProbeSpec.Check.Exec exec -> backend;
        };
    return new ProbePlan(check, at.host(), at.port(), spec.timeoutMillis());
  }

  private static BackendAddress at(BackendAddress backend, ProbeSpec.Way way) {
    return new BackendAddress(backend.host(), way.port().orElse(backend.port()));
  }

  private static Optional<ProbePlan.Tls> tls(ProbeSpec.Way way, String serverName) {
    return way.tls().map(tls -> new ProbePlan.Tls(tls.authorities().map(Path::of), serverName));
  }

  /** The name in a Host field, without a port and without the brackets of an IPv6 address. */
  private static String name(String hostField) {
    if (hostField.startsWith("[")) {
      return hostField.substring(1, Math.max(1, hostField.indexOf(']')));
    }
    int colon = hostField.indexOf(':');
    return colon < 0 ? hostField : hostField.substring(0, colon);
  }

  /** The edge's parser, as the prober wants it. */
  private static final class AsTheEdgeReads implements ResponseReader {
    private final BackendResponseReader edge;

    AsTheEdgeReads(EdgeLimits limits) {
      edge = new BackendResponseReader(limits);
    }

    @Override
    public Progress read(ByteBuf in) {
      return switch (edge.read(in)) {
        case MORE -> Progress.MORE;
        case HEAD -> Progress.HEAD;
        case END -> Progress.END;
        case REFUSED -> Progress.REFUSED;
      };
    }

    @Override
    public int status() {
      return edge.status();
    }

    @Override
    public boolean isReusable() {
      return edge.isReusable();
    }

    @Override
    public String refusal() {
      return "the edge would answer 502: " + edge.refusal();
    }
  }

  /** No probe runs any more. */
  void close() {
    runner.close();
  }
}

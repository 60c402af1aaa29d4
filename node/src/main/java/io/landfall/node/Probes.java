package io.landfall.node;

import io.landfall.config.ServiceConfig;
import io.landfall.control.ControlEvent;
import io.landfall.core.Addresses;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.OriginTls;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.h1.BackendResponseReader;
import io.landfall.edge.proxy.ProxyPreface;
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
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

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

    /** By backend, then by where it is. */
    final Map<Integer, Map<InetSocketAddress, ProbeTarget>> targets = new HashMap<>();
  }

  private static final Logger log = LoggerFactory.getLogger("landfall.signal");

  /**
   * What the addresses of one backend answer: it is well if one of them is. One that could not be
   * asked leaves open whether the backend is well.
   */
  private static final class Answers {
    private int left;
    private boolean given;
    private @Nullable ProbeResult notRun;

    Answers(int addresses) {
      left = addresses;
    }

    /** One more answer; that of the backend, once there is one. */
    Optional<ProbeResult> add(ProbeResult result) {
      left--;
      if (result.notRun()) {
        notRun = result;
      }
      if (given || (!result.ok() && left > 0)) {
        return Optional.empty();
      }
      given = true;
      return Optional.of(result.ok() || notRun == null ? result : notRun);
    }
  }

  private final ControlLoop control;
  private final Backends backends;
  private final Inbox results;
  private final ProbeRunner runner;
  private final Consumer<ControlEvent> plane;
  private final Consumer<Set<ServiceName>> moved;
  private final Map<ServiceName, Probed> services = new HashMap<>();
  private boolean limited;

  /**
   * No probe runs yet.
   *
   * @param backends where they are: the answer that requests have too
   * @param moved takes a service of which an address is another than before
   * @param maxHeadBytes the longest head of a response that the edge takes
   */
  Probes(
      ControlLoop control,
      Backends backends,
      Consumer<ControlEvent> plane,
      Consumer<Set<ServiceName>> moved,
      int maxHeadBytes) {
    this.moved = moved;
    this.control = control;
    this.backends = backends;
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

  /**
   * Another config is in force: the connections that are kept for probes of services that left it,
   * or are probed otherwise now, are closed. What is counted stays with the service.
   *
   * @param renewed services whose backends are verified otherwise under the same config
   */
  void configure(List<ServiceConfig> before, List<ServiceConfig> after, Set<ServiceName> renewed) {
    Map<ServiceName, ServiceConfig> now = new HashMap<>();
    after.forEach(service -> now.put(service.name(), service));
    for (ServiceConfig was : before) {
      ServiceConfig is = now.get(was.name());
      Probed probed = services.get(was.name());
      boolean same = is != null && was.here().isProbedAs(is.here()) && !renewed.contains(is.name());
      if (probed == null || same) {
        continue;
      }
      probed.targets.values().forEach(each -> each.values().forEach(runner::release));
      probed.targets.clear();
      if (is == null) {
        services.remove(was.name());
      }
    }
  }

  /** Runs a probe. */
  void run(SignalEffect.RunProbe order) {
    Probed probed = services.computeIfAbsent(order.service(), service -> new Probed());
    int index = order.ticket().backendIndex();
    List<InetSocketAddress> addresses = backends.addresses(order.service(), index);
    if (order.spec().check() instanceof ProbeSpec.Check.Exec && !addresses.isEmpty()) {
      // A command gets the name, and asks once.
      addresses = List.of(addresses.getFirst());
    }
    Map<InetSocketAddress, ProbeTarget> targets = targets(probed, order, addresses);
    if (targets.isEmpty()) {
      String why = "the host " + order.backend().host() + " does not resolve";
      long seenAtNanos = control.monotonicNanos();
      // In a step of its own, as every result.
      results.execute(
          () -> done(order, probed.counts, new ProbeResult(false, why, seenAtNanos, false)));
      return;
    }
    ConnectionUse use =
        switch (order.connection()) {
          case KEPT_IF_OPEN -> ConnectionUse.KEPT_IF_OPEN;
          case NEW -> ConnectionUse.NEW;
        };
    if (targets.size() == 1) {
      ProbeTarget only = targets.values().iterator().next();
      runner.run(only, use, result -> done(order, probed.counts, result));
      return;
    }
    Answers answers = new Answers(targets.size());
    targets.forEach(
        (address, target) ->
            runner.run(
                target,
                use,
                result -> {
                  if (!result.notRun()) {
                    backends
                        .health(order.service(), index, address)
                        .ifPresent(health -> probed(order, address, health, result));
                  }
                  answers.add(result).ifPresent(of -> done(order, probed.counts, of));
                }));
  }

  /** One of several addresses of a backend was probed. */
  private void probed(
      SignalEffect.RunProbe order,
      InetSocketAddress address,
      AddressHealth health,
      ProbeResult result) {
    AddressHealth.Change change =
        health.probed(result.ok(), order.spec().fall(), order.spec().rise());
    switch (change) {
      case NONE -> {
        return;
      }
      case FIRST_UP -> {}
      case UP -> told(order, address).log("an address of a backend is up again");
      case DOWN ->
          told(order, address)
              .addKeyValue("why", result.why())
              .log("an address of a backend is down");
    }
    moved.accept(Set.of(order.service()));
  }

  private static LoggingEventBuilder told(SignalEffect.RunProbe order, InetSocketAddress address) {
    return log.atInfo()
        .addKeyValue("service", order.service())
        .addKeyValue("backend", order.backend())
        .addKeyValue("address", SocketText.of(address));
  }

  private Map<InetSocketAddress, ProbeTarget> targets(
      Probed probed, SignalEffect.RunProbe order, List<InetSocketAddress> addresses) {
    Map<InetSocketAddress, ProbeTarget> targets =
        probed.targets.computeIfAbsent(
            order.ticket().backendIndex(), backend -> new LinkedHashMap<>());
    targets
        .entrySet()
        .removeIf(
            old -> {
              boolean gone = !addresses.contains(old.getKey());
              if (gone) {
                runner.release(old.getValue());
              }
              return gone;
            });
    int index = order.ticket().backendIndex();
    Optional<OriginTls> tls = backends.tls(order.service(), index);
    ProxyProtocol proxy = backends.proxy(order.service(), index);
    for (InetSocketAddress address : addresses) {
      targets.computeIfAbsent(
          address, at -> runner.target(plan(order.spec(), order.backend(), at, tls, proxy)));
    }
    return targets;
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

  /**
   * What the prober gets of a backend.
   *
   * @param address where it is; its name stays in the Host field, in SNI and for commands
   * @param tls how requests speak TLS there; empty for plain TCP
   * @param proxy whether connections of requests begin with a PROXY header
   */
  static ProbePlan plan(
      ProbeSpec spec,
      BackendAddress backend,
      InetSocketAddress address,
      Optional<OriginTls> tls,
      ProxyProtocol proxy) {
    BackendAddress place =
        new BackendAddress(Addresses.format(address.getAddress().getAddress()), address.getPort());
    ProbePlan.Check check =
        switch (spec.check()) {
          case ProbeSpec.Check.Tcp tcp ->
              new ProbePlan.Tcp(tls(tcp.way(), backend, backend.host(), tls));
          case ProbeSpec.Check.Http http ->
              new ProbePlan.Http(
                  http.path(),
                  http.host().orElse(at(backend, http.way()).toString()),
                  http.statuses().least(),
                  http.statuses().most(),
                  spec.intervalMillis() > ProbeRunner.MOST_KEPT_MILLIS
                      ? 1
                      : http.way().requestsPerConnection(),
                  tls(
                      http.way(),
                      backend,
                      http.host().map(Probes::name).orElse(backend.host()),
                      tls));
          case ProbeSpec.Check.Exec exec -> new ProbePlan.Exec(exec.argv());
        };
    BackendAddress at =
        switch (spec.check()) {
          case ProbeSpec.Check.Tcp tcp -> at(place, tcp.way());
          case ProbeSpec.Check.Http http -> at(place, http.way());
          case ProbeSpec.Check.Exec exec -> backend;
        };
    // A port of the probe's own is another server's, which may know no such header.
    boolean prefaced = proxy != ProxyProtocol.NONE && at.port() == backend.port();
    return new ProbePlan(
        check,
        at.host(),
        at.port(),
        spec.timeoutMillis(),
        prefaced ? Optional.of(ProxyPreface.of(proxy, null)) : Optional.empty());
  }

  private static BackendAddress at(BackendAddress backend, ProbeSpec.Way way) {
    return new BackendAddress(backend.host(), way.port().orElse(backend.port()));
  }

  /** At its own port a backend is asked as requests ask it; at another as the probe has it. */
  private static Optional<ProbePlan.Tls> tls(
      ProbeSpec.Way way, BackendAddress backend, String serverName, Optional<OriginTls> shared) {
    if (shared.isPresent() && at(backend, way).port() == backend.port()) {
      OriginTls of = shared.get();
      return Optional.of(new ProbePlan.SharedTls(() -> of.handler(ByteBufAllocator.DEFAULT)));
    }
    return way.tls().map(own -> new ProbePlan.OwnTls(own.authorities().map(Path::of), serverName));
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

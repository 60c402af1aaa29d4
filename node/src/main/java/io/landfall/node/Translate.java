package io.landfall.node;

import io.landfall.admin.AdminServer;
import io.landfall.config.AdminConfig;
import io.landfall.config.CacheConfig;
import io.landfall.config.IngressConfig;
import io.landfall.config.NodeConfig;
import io.landfall.config.ProbeConfig;
import io.landfall.config.ServiceBgpConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.control.ControlConfig;
import io.landfall.control.KnownServices;
import io.landfall.control.Neighbors;
import io.landfall.core.Addresses;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Shield;
import io.landfall.decision.View;
import io.landfall.overlay.NodeEndpoint;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ServiceSpec;
import io.landfall.signal.WarmthSpec;
import io.landfall.trust.AdmissionConfig;
import io.landfall.trust.Endpoint;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * From config records to the records of the rooms. Two sets of records on purpose: a config may
 * change its shape without a room noticing, and a room never sees text.
 */
final class Translate {
  /**
   * How many prefixes a peer may send for each path that is kept of it, before its session ends.
   */
  private static final int RECEIVED_PER_KEPT = 4;

  private Translate() {}

  /** Where the admin API listens. */
  static AdminServer.Listeners admin(NodeConfig config) throws StartFailed {
    AdminConfig admin = config.operation().admin();
    Optional<AdminServer.PurgeListener> purge = Optional.empty();
    if (admin.purge().isPresent()) {
      AdminConfig.PurgeListener at = admin.purge().get();
      purge = Optional.of(new AdminServer.PurgeListener(at.listen(), token(at.tokenFile())));
    }
    return new AdminServer.Listeners(
        admin.socket(), admin.socketGroup(), admin.metrics(), admin.lookingGlass(), purge);
  }

  private static String token(Path file) throws StartFailed {
    try {
      // One character more than the longest token, and the end of the line.
      String text = SmallTextFile.read(file, 2 * AdminConfig.PurgeListener.MAX_TOKEN_BYTES);
      String token = text.lines().findFirst().orElse("");
      if (token.length() < AdminConfig.PurgeListener.MIN_TOKEN_BYTES) {
        // The check has found a longer one: the file was changed since.
        throw new StartFailed("admin.purge-token-file", file + " has no token any more");
      }
      return token;
    } catch (IOException e) {
      throw new StartFailed("admin.purge-token-file", file + " " + SmallTextFile.why(e), e);
    }
  }

  static OverlaySettings overlay(ConfigInForce inForce, Neighbors neighbors) {
    NodeConfig config = inForce.get();
    int holdSeconds = (int) (config.overlay().holdTimeMillis() / 1000);
    int maxPaths = config.overlay().table().maxPaths();
    return new OverlaySettings(
        config.name(),
        config.identity(),
        config.overlay().asn(),
        config.overlay().reflection().reflector()
            ? OverlaySettings.Reflection.REFLECTOR
            : OverlaySettings.Reflection.NONE,
        OverlayLimits.usual()
            .withHoldTime(holdSeconds)
            .withPathLimits(maxPaths, RECEIVED_PER_KEPT * maxPaths),
        identity -> costOf(inForce, neighbors, identity),
        PlainBgp.directory(inForce::ofTable),
        config.overlay().table().ownIdentity()
            ? OverlaySettings.OwnRoute.ORIGINATED
            : OverlaySettings.OwnRoute.NONE);
  }

  /** Every service that the node knows, as plane two has it. */
  static SortedMap<ServiceName, ControlConfig.Service> services(NodeConfig config) {
    SortedMap<ServiceName, ControlConfig.Service> services = new TreeMap<>();
    for (ServiceConfig service : config.services()) {
      services.put(
          service.name(),
          new ControlConfig.Service(
              service.identity(),
              hosts(service),
              service.paths(),
              service.here().tier(),
              service.here().backends().size(),
              service.cache().map(Translate::shield).orElse(Shield.NONE)));
    }
    return services;
  }

  static ControlConfig control(NodeConfig config) {
    return new ControlConfig(
        config.identity(),
        new KnownServices(services(config), entitlements(config)),
        node -> relation(config, node),
        config.overlay().reach().listen().getPort(),
        new ControlConfig.Discovery(
            config.overlay().reach().learnCandidates(),
            Stream.concat(
                    Stream.of(config.overlay().reach().listen()),
                    config.overlay().reachedAt().stream())
                .toList()));
  }

  /** What the decision finds a service by. */
  private static List<String> hosts(ServiceConfig service) {
    return service.isTcp() ? List.of(View.hostOfTcp(service.name().value())) : service.hosts();
  }

  /** For how long at most a node that starts holds requests: twice plane one's start delay. */
  static long startHoldNanos(NodeConfig config) {
    long delayMillis =
        config
            .ingress()
            .map(IngressConfig::startDelayMillis)
            .orElse(IngressConfig.DEFAULT_START_DELAY_MILLIS);
    return TimeUnit.MILLISECONDS.toNanos(2 * delayMillis);
  }

  /** What a node of the overlay is to this one, by the name in its certificate. */
  static PeerInfo.Relation relation(NodeConfig config, NodeName node) {
    if (config.overlay().reflection().reflectors().contains(node)) {
      return PeerInfo.Relation.REFLECTOR;
    }
    return config.overlay().reflection().reflector()
        ? PeerInfo.Relation.CLIENT
        : PeerInfo.Relation.MESH;
  }

  /** The configured candidates of the overlay. */
  static List<Endpoint> candidates(NodeConfig config) {
    return config.overlay().reach().candidates().stream()
        .map(each -> new Endpoint(each.host(), each.port()))
        .toList();
  }

  /** Where this node is reached, as it is advertised to others. */
  static Optional<NodeEndpoint> endpoint(NodeConfig config) {
    return config.overlay().reachedAt().map(at -> new NodeEndpoint(at.getAddress(), at.getPort()));
  }

  private static int costOf(ConfigInForce config, Neighbors neighbors, HostAddress identity) {
    if (identity.equals(config.get().identity())) {
      return 0;
    }
    long cost =
        neighbors
            .nameOf(identity)
            .map(config.ofTable().overlay()::costOf)
            .orElse(io.landfall.config.OverlayConfig.DEFAULT_COST);
    return (int) Math.min(cost, Integer.MAX_VALUE);
  }

  static List<ServiceSpec> signalSpecs(NodeConfig config) {
    List<ServiceSpec> specs = new ArrayList<>();
    for (ServiceConfig service : config.services()) {
      List<BackendAddress> backends = new ArrayList<>();
      for (ServiceConfig.Backend backend : service.here().backends()) {
        backends.add(new BackendAddress(backend.address().host(), backend.address().port()));
      }
      specs.add(
          new ServiceSpec(
              service.name(),
              backends,
              service.here().probe().map(Translate::probe).orElseGet(ProbeSpec::defaultProbe),
              serviceHosts(config, service),
              service
                  .cache()
                  .map(how -> warmth(how.sites().warmth()))
                  .orElse(WarmthSpec.NEVER_COLD),
              backendsOf(service, backend -> backend.weight() == 0),
              backendsOf(service, backend -> backend.only().isPresent())));
    }
    return specs;
  }

  private static WarmthSpec warmth(CacheConfig.Warmth warmth) {
    return new WarmthSpec(
        warmth.hitPercent(),
        warmth.usualPercent(),
        warmth.objects(),
        warmth.bytes(),
        TimeUnit.MILLISECONDS.toNanos(warmth.limitMillis()));
  }

  private static Shield shield(CacheConfig.OfService cache) {
    CacheConfig.Shield shield = cache.sites().shield();
    return new Shield(
        shield.sites(),
        switch (shield.fallback()) {
          case ORIGIN -> Shield.Fallback.ORIGIN;
          case DECLINE -> Shield.Fallback.DECLINE;
        });
  }

  /** The indexes of some backends of a service. */
  private static SortedSet<Integer> backendsOf(
      ServiceConfig service, Predicate<ServiceConfig.Backend> which) {
    TreeSet<Integer> backends = new TreeSet<>();
    for (int i = 0; i < service.here().backends().size(); i++) {
      if (which.test(service.here().backends().get(i))) {
        backends.add(i);
      }
    }
    return backends;
  }

  /** The hosts that advertise a service; a backend is on one when it has the host's address. */
  private static List<ServiceSpec.AdvertisingHost> serviceHosts(
      NodeConfig config, ServiceConfig service) {
    List<String> names = service.bgp().map(ServiceConfig.Bgp::hosts).orElse(List.of());
    List<ServiceSpec.AdvertisingHost> serviceHosts = new ArrayList<>();
    for (ServiceBgpConfig.Host host : config.serviceBgp().hosts()) {
      if (names.contains(host.name())) {
        List<Integer> backends = new ArrayList<>();
        for (int i = 0; i < service.here().backends().size(); i++) {
          Optional<byte[]> literal =
              Addresses.parseLiteral(service.here().backends().get(i).address().host());
          if (literal.isPresent() && Arrays.equals(literal.get(), host.address().getAddress())) {
            backends.add(i);
          }
        }
        serviceHosts.add(new ServiceSpec.AdvertisingHost(host.name(), backends));
      }
    }
    return serviceHosts;
  }

  private static ProbeSpec probe(ProbeConfig probe) {
    ProbeSpec.Check check =
        switch (probe.check()) {
          case ProbeConfig.Check.Http http ->
              new ProbeSpec.Check.Http(
                  http.path(),
                  http.host(),
                  new ProbeSpec.Statuses(http.leastStatus(), http.mostStatus()),
                  way(http.way()));
          case ProbeConfig.Check.Tcp tcp -> new ProbeSpec.Check.Tcp(way(tcp.way()));
          case ProbeConfig.Check.Exec exec -> new ProbeSpec.Check.Exec(exec.command());
        };
    return new ProbeSpec(
        check, probe.intervalMillis(), probe.timeoutMillis(), probe.fall(), probe.rise());
  }

  private static ProbeSpec.Way way(ProbeConfig.Way way) {
    return new ProbeSpec.Way(
        way.port(),
        way.tls().map(tls -> new ProbeSpec.Tls(tls.ca().map(Path::toString))),
        way.requestsPerConnection());
  }

  static AdmissionConfig admission(NodeConfig config, List<X509Certificate> authorities) {
    return new AdmissionConfig(
        new TrustDomain(config.trust().domain()),
        config.overlay().block(),
        authorities,
        config.name(),
        config.identity());
  }

  /** What other nodes may originate beyond what their certificates name. */
  static Map<NodeName, Set<ServiceName>> entitlements(NodeConfig config) {
    Map<NodeName, Set<ServiceName>> entitlements = new HashMap<>();
    config
        .trust()
        .entitlements()
        .forEach((node, services) -> entitlements.put(node, Set.copyOf(services)));
    return entitlements;
  }
}

package io.landfall.node;

import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.KeyPairFiles;
import io.landfall.config.EdgeConfig.Limits;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import io.landfall.config.PrefixConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.Clock;
import io.landfall.core.ServiceName;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.TunnelSettings;
import io.landfall.edge.tls.ServerNames;
import io.landfall.trust.Credentials;
import io.netty.util.AsciiString;
import io.netty.util.internal.PlatformDependent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the edge is started with: listeners with their certificates, and its limits. */
final class EdgeFromConfig {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeFromConfig.class);

  private static final String REMEDY =
      "make a new key and certificate, as with 'landfall ca issue-site'";

  /** Kept for probes, the overlay, the admin sockets, files and the JVM itself. */
  static final long RESERVED_DESCRIPTORS = 256;

  /** The most hosts that one warning names. */
  private static final int MAX_NAMED = 3;

  private EdgeFromConfig() {}

  /**
   * The edge's configuration.
   *
   * @return empty when there is a problem with a certificate
   */
  static Optional<EdgeSettings> of(NodeConfig config, Clock clock, Findings findings) {
    List<EdgeListener> listeners = new ArrayList<>();
    // A node without edge takes requests of other nodes only: one loop, and no listener.
    Optional<EdgeConfig> edge = config.edge();
    int loops = edge.isPresent() ? Math.max(1, Runtime.getRuntime().availableProcessors()) : 1;
    Limits limits = limitsOf(config);
    List<Listen> configured = edge.map(EdgeConfig::listen).orElse(List.of());
    for (int i = 0; i < configured.size(); i++) {
      Listen listen = configured.get(i);
      if (listen.isTls()) {
        String key = "edge.listen[" + i + "].tls";
        Optional<ServerNames> all = names(key, listen, edge.orElseThrow(), clock, findings);
        all.ifPresent(
            names ->
                listeners.add(
                    versions(EdgeListener.tls(listen.address(), names), listen, edge.get())));
        all.ifPresent(names -> coverage(key, names, config, findings));
      } else {
        listeners.add(versions(EdgeListener.plain(listen.address()), listen, edge.orElseThrow()));
      }
    }
    return listeners.size() < configured.size()
        ? Optional.empty()
        : Optional.of(
            new EdgeSettings(
                    config.name(),
                    config.identity(),
                    config.name() + "." + config.trust().domain(),
                    listeners,
                    loops,
                    limits(limits, loops),
                    timeouts(limits, config.operation().shutdownGraceMillis()))
                .with(edge.map(EdgeFromConfig::claims).orElse(ClientClaims.NONE))
                .with(CacheFromConfig.of(config, PlatformDependent.maxDirectMemory()))
                .with(tunnels(limits, config.services(), Descriptors.limit())));
  }

  /** The listener with the versions of HTTP that it takes. */
  private static EdgeListener versions(EdgeListener all, Listen listen, EdgeConfig edge) {
    return edge.http2().on(listen) ? all : all.withoutHttp2();
  }

  private static ServerNames.Hosts hostsOf(EdgeConfig edge) {
    return edge.tlsHosts() == EdgeConfig.TlsHosts.ANY
        ? ServerNames.Hosts.ANY
        : ServerNames.Hosts.CERTIFIED_ONLY;
  }

  /** What counts of what clients may have made up. */
  static ClientClaims claims(EdgeConfig edge) {
    return new ClientClaims(
        trustedProxies(edge.trustedProxies()),
        edge.lookalikeFields() == EdgeConfig.LookalikeFields.PASS
            ? ClientClaims.Lookalikes.PASS
            : ClientClaims.Lookalikes.DROP);
  }

  /** Prefixes, as the edge looks at them. */
  static TrustedProxies trustedProxies(List<PrefixConfig> prefixes) {
    return new TrustedProxies(
        prefixes.stream()
            .map(prefix -> new TrustedProxies.Network(prefix.network(), prefix.length()))
            .toList());
  }

  /** The limits of the edge, which also bound what is read of a backend that is probed. */
  static Limits limitsOf(NodeConfig config) {
    return config.edge().map(EdgeConfig::limits).orElse(Limits.DEFAULT);
  }

  private static EdgeLimits limits(Limits limits, int eventLoops) {
    EdgeLimits usual = EdgeLimits.defaults();
    long inputBytes = inputMemory(limits, memoryBytes());
    return usual
        .with(
            new EdgeLimits.Messages(
                Math.min(usual.messages().maxTargetBytes(), limits.maxHeaderBytes()),
                limits.maxHeaderBytes(),
                Math.max(2L * limits.maxHeaderBytes(), inputBytes / eventLoops),
                usual.messages().maxFields()))
        .with(
            new EdgeLimits.Http2Clients(
                limits.atOnce().maxStreams(), usual.http2Clients().windows()))
        .withClients(
            Math.max(
                1,
                connectionsThatFit(limits.atOnce().maxConnections(), Descriptors.limit())
                    / eventLoops));
  }

  /**
   * What may become a tunnel. Each has a descriptor for its backend, beside its client's; a quarter
   * of the connections is left to requests, since a tunnel may last for ever.
   *
   * @param descriptors how many this process may have open
   */
  static TunnelSettings tunnels(Limits limits, List<ServiceConfig> services, long descriptors) {
    TreeMap<ServiceName, List<AsciiString>> upgrades = new TreeMap<>();
    for (ServiceConfig service : services) {
      upgrades.put(service.name(), service.upgrades().stream().map(AsciiString::cached).toList());
    }
    int connections = connectionsThatFit(limits.atOnce().maxConnections(), descriptors);
    return new TunnelSettings(
        Math.min(
            connectionsThatFit(limits.atOnce().tunnels().most(), descriptors),
            Math.max(1, connections / 4 * 3)),
        limits.atOnce().tunnels().timeoutMillis(),
        upgrades);
  }

  private static long memoryBytes() {
    return Math.min(PlatformDependent.maxDirectMemory(), Runtime.getRuntime().maxMemory());
  }

  /** Logs what this process has less of than the config asks for. */
  static void logWhatIsLess(NodeConfig config) {
    CacheFromConfig.logWhatIsLess(config, PlatformDependent.maxDirectMemory());
    Limits limits = limitsOf(config);
    long inputBytes = inputMemory(limits, memoryBytes());
    if (inputBytes < limits.inputMemoryBytes()) {
      LOG.atInfo()
          .addKeyValue("bytes", inputBytes)
          .addKeyValue("configured", limits.inputMemoryBytes())
          .addKeyValue("available", memoryBytes())
          .log("edge.limits.input-memory is a quarter of what this process may have");
    }
    int connections = connectionsThatFit(limits.atOnce().maxConnections(), Descriptors.limit());
    if (connections < limits.atOnce().maxConnections()) {
      LOG.atWarn()
          .addKeyValue("connections", connections)
          .addKeyValue("configured", limits.atOnce().maxConnections())
          .addKeyValue("descriptors", Descriptors.limit())
          .log("edge.limits.max-connections is what the limit of file descriptors allows");
    }
  }

  /**
   * How many clients may be connected, or tunnels open, so that descriptors are left for everything
   * else: one for a backend or node beside each client, and {@link #RESERVED_DESCRIPTORS}.
   *
   * @param configured how many the config allows
   * @param descriptors how many this process may have open
   */
  static int connectionsThatFit(int configured, long descriptors) {
    return Math.clamp((descriptors - RESERVED_DESCRIPTORS) / 2, 1, configured);
  }

  /**
   * The input memory that fits into the process: what is configured, or a quarter of what there is.
   *
   * @param memoryBytes the heap or the memory for buffers, whichever is smaller
   */
  static long inputMemory(Limits limits, long memoryBytes) {
    return Math.min(limits.inputMemoryBytes(), memoryBytes / 4);
  }

  private static EdgeTimeouts timeouts(Limits limits, long graceMillis) {
    EdgeTimeouts usual = EdgeTimeouts.defaults();
    return new EdgeTimeouts(
        new EdgeTimeouts.Clients(
            usual.clients().tlsHandshakeMillis(),
            limits.headerTimeoutMillis(),
            limits.idleTimeoutMillis()),
        new EdgeTimeouts.Servers(
            (int) limits.connectTimeoutMillis(),
            Math.max(usual.servers().peerConnectMillis(), limits.connectTimeoutMillis()),
            limits.responseTimeoutMillis(),
            usual.servers().backendIdleMillis()),
        limits.bodyTimeoutMillis(),
        graceMillis,
        usual.retryAfterSeconds());
  }

  /** The certificates of one listener; empty when one of them is a problem. */
  private static Optional<ServerNames> names(
      String key, Listen listen, EdgeConfig edge, Clock clock, Findings findings) {
    List<ServerNames.Identity> identities = new ArrayList<>();
    for (KeyPairFiles files : listen.certificates()) {
      Optional<Credentials> read =
          findings.value(
              key,
              Credentials.loadForTls(files.certificate(), files.key(), REMEDY),
              "name a certificate for clients and the key of it");
      read.ifPresent(
          good -> {
            identities.add(new ServerNames.Identity(good.key(), good.chain()));
            validity(key, files, good, clock.wallMillis(), findings);
          });
    }
    if (identities.size() < listen.certificates().size()) {
      return Optional.empty();
    }
    return switch (ServerNames.of(identities, hostsOf(edge), edge.http2().on(listen))) {
      case ServerNames.Result.Usable(ServerNames names) -> Optional.of(names);
      case ServerNames.Result.Unusable(String why) -> {
        findings.problem(key, why, REMEDY);
        yield Optional.empty();
      }
    };
  }

  /** What no certificate of a listener covers has no answer there but 421. */
  private static void coverage(
      String key, ServerNames names, NodeConfig config, Findings findings) {
    List<String> missing =
        config.services().stream()
            .flatMap(service -> service.hosts().stream())
            .filter(host -> !names.takes(host))
            .toList();
    if (!missing.isEmpty()) {
      findings.warn(
          key,
          "no certificate covers "
              + String.join(", ", missing.subList(0, Math.min(MAX_NAMED, missing.size())))
              + (missing.size() > MAX_NAMED ? " ..." : "")
              + ": over TLS such requests are refused with 421",
          "add the names to a certificate, or set edge.tls-hosts: any");
    }
  }

  /** Clients refuse what is out of date; some other certificate of the site may serve them. */
  private static void validity(
      String key, KeyPairFiles files, Credentials site, long wallMillis, Findings findings) {
    Instant now = Instant.ofEpochMilli(wallMillis);
    Instant from = site.certificate().getNotBefore().toInstant();
    Instant until = site.certificate().getNotAfter().toInstant();
    if (now.isBefore(from)) {
      findings.warn(
          key, files.certificate() + " is not valid before " + from, "check this machine's clock");
    } else if (now.isAfter(until)) {
      findings.warn(key, files.certificate() + " expired at " + until, REMEDY);
    }
    findings.warnIfItEndsSoon(key, files.certificate().toString(), until, now, REMEDY);
  }
}

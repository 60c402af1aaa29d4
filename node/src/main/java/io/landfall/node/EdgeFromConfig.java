package io.landfall.node;

import io.landfall.config.EdgeConfig;
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
import io.landfall.edge.tls.TlsStore;
import io.netty.util.AsciiString;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the edge is started with: listeners with their certificates, and its limits. */
final class EdgeFromConfig {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeFromConfig.class);

  /** Kept for probes, the overlay, the admin sockets, files and the JVM itself. */
  static final long RESERVED_DESCRIPTORS = 256;

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
        ListenerCertificates certificates = ListenerCertificates.of(config, i);
        Optional<ListenerCertificates.Loaded> loaded = certificates.load(clock, findings);
        loaded.ifPresent(
            read -> {
              certificates.coverage(read.names(), findings);
              TlsStore store = new TlsStore(read.names());
              read.to(store);
              listeners.add(
                  adjusted(EdgeListener.tls(listen.address(), store), listen, edge.orElseThrow()));
            });
      } else {
        listeners.add(adjusted(EdgeListener.plain(listen.address()), listen, edge.orElseThrow()));
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
                .with(tunnels(limits, config.services(), Descriptors.limit()))
                .with(BackendRulesFromConfig.retries(config.services()))
                .with(TrafficFromConfig.of(config, findings)));
  }

  /** The listener with the versions of HTTP that it takes, and where PROXY headers come from. */
  private static EdgeListener adjusted(EdgeListener all, Listen listen, EdgeConfig edge) {
    EdgeListener sourced = all.behind(trustedProxies(listen.proxies()));
    EdgeListener made = listen.service().map(sourced::of).orElse(sourced);
    return edge.http2().on(listen) ? made : made.withoutHttp2();
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

  /** The bounds of the edge. */
  static EdgeLimits limits(Limits limits, int eventLoops) {
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
        .withPerClient(limits.atOnce().maxPerClient().orElse(Integer.MAX_VALUE))
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
    TreeMap<String, ServiceName> serverNames = new TreeMap<>();
    for (ServiceConfig service : services) {
      List<AsciiString> switched = service.upgrades().stream().map(AsciiString::cached).toList();
      upgrades.put(service.name(), service.isTcp() ? List.of(TunnelSettings.TCP) : switched);
      service
          .tcp()
          .ifPresent(tcp -> tcp.serverNames().forEach(of -> serverNames.put(of, service.name())));
    }
    int connections = connectionsThatFit(limits.atOnce().maxConnections(), descriptors);
    return new TunnelSettings(
        Math.min(
            connectionsThatFit(limits.atOnce().tunnels().most(), descriptors),
            Math.max(1, connections / 4 * 3)),
        limits.atOnce().tunnels().timeoutMillis(),
        upgrades,
        serverNames);
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

  /** The same for backends: the other half, so that what is reserved is there for the rest. */
  static int backendConnectionsThatFit(long descriptors) {
    return connectionsThatFit(Integer.MAX_VALUE, descriptors);
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
}

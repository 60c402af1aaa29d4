package io.landfall.node;

import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.KeyPairFiles;
import io.landfall.config.EdgeConfig.Limits;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import io.landfall.core.Addresses;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.tls.ServerNames;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the edge is started with: listeners with their certificates, and its limits. */
final class EdgeFromConfig {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeFromConfig.class);

  private static final String REMEDY =
      "make a new key and certificate, as with 'landfall ca issue-site'";

  /** Kept for probes, the overlay, the admin sockets, files and the JVM itself. */
  static final long RESERVED_DESCRIPTORS = 256;

  private EdgeFromConfig() {}

  /**
   * The edge's configuration.
   *
   * @throws StartFailed naming the listener whose certificate cannot be used
   */
  static EdgeSettings of(NodeConfig config, int eventLoops) throws StartFailed {
    List<EdgeListener> listeners = new ArrayList<>();
    // A node without edge takes requests of other nodes only: one loop, and no listener.
    Optional<EdgeConfig> edge = config.edge();
    int loops = edge.isPresent() ? eventLoops : 1;
    Limits limits = limitsOf(config);
    for (Listen listen : edge.map(EdgeConfig::listen).orElse(List.of())) {
      listeners.add(
          listen.isTls()
              ? EdgeListener.tls(listen.address(), names(listen))
              : EdgeListener.plain(listen.address()));
    }
    return new EdgeSettings(
        config.name(),
        config.identity(),
        config.name() + "." + config.trust().domain(),
        listeners,
        loops,
        limits(limits, loops),
        timeouts(limits, config.shutdownGraceMillis()));
  }

  /** The limits of the edge, which also bound what is read of a backend that is probed. */
  static Limits limitsOf(NodeConfig config) {
    return config.edge().map(EdgeConfig::limits).orElse(Limits.DEFAULT);
  }

  private static EdgeLimits limits(Limits limits, int eventLoops) {
    EdgeLimits usual = EdgeLimits.defaults();
    long memoryBytes =
        Math.min(PlatformDependent.maxDirectMemory(), Runtime.getRuntime().maxMemory());
    long inputBytes = inputMemory(limits, memoryBytes);
    if (inputBytes < limits.inputMemoryBytes()) {
      LOG.atInfo()
          .addKeyValue("bytes", inputBytes)
          .addKeyValue("configured", limits.inputMemoryBytes())
          .addKeyValue("available", memoryBytes)
          .log("edge.limits.input-memory is a quarter of what this process may have");
    }
    int connections = connectionsThatFit(limits.maxConnections(), Descriptors.limit());
    if (connections < limits.maxConnections()) {
      LOG.atWarn()
          .addKeyValue("connections", connections)
          .addKeyValue("configured", limits.maxConnections())
          .addKeyValue("descriptors", Descriptors.limit())
          .log("edge.limits.max-connections is what the limit of file descriptors allows");
    }
    return new EdgeLimits(
        Math.min(usual.maxTargetBytes(), limits.maxHeaderBytes()),
        limits.maxHeaderBytes(),
        Math.max(2L * limits.maxHeaderBytes(), inputBytes / eventLoops),
        usual.maxFields(),
        Math.max(1, connections / eventLoops),
        usual.maxBackendConnections(),
        usual.maxIdlePerBackend(),
        usual.maxPeerConnections(),
        usual.maxStreamsPerPeerConnection(),
        usual.maxAttempts(),
        usual.replayBytes(),
        usual.streamWindowBytes(),
        usual.connectionWindowBytes());
  }

  /**
   * How many clients may be connected so that descriptors are left for everything else: one for a
   * backend or node beside each client, and {@link #RESERVED_DESCRIPTORS}.
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
        usual.tlsHandshakeMillis(),
        limits.headerTimeoutMillis(),
        limits.idleTimeoutMillis(),
        (int) limits.connectTimeoutMillis(),
        Math.max(usual.peerConnectMillis(), limits.connectTimeoutMillis()),
        limits.responseTimeoutMillis(),
        usual.bodyIdleMillis(),
        usual.backendIdleMillis(),
        graceMillis,
        usual.retryAfterSeconds());
  }

  /** The certificates of one listener. */
  private static ServerNames names(Listen listen) throws StartFailed {
    List<ServerNames.Identity> identities = new ArrayList<>();
    for (Credentials credentials : credentials(listen)) {
      identities.add(new ServerNames.Identity(credentials.key(), credentials.chain()));
    }
    return switch (ServerNames.of(identities)) {
      case ServerNames.Result.Usable(ServerNames names) -> names;
      case ServerNames.Result.Unusable(String why) -> throw new StartFailed(key(listen), why);
    };
  }

  /**
   * The keys and certificates of a listener, read from its files; {@code landfall check} asks too.
   *
   * @throws StartFailed naming the file that cannot be used
   */
  static List<Credentials> credentials(Listen listen) throws StartFailed {
    List<Credentials> all = new ArrayList<>();
    for (KeyPairFiles files : listen.certificates()) {
      switch (Credentials.loadForTls(files.certificate(), files.key(), REMEDY)) {
        case FileResult.Good<Credentials>(Credentials good) -> all.add(good);
        case FileResult.Bad<Credentials> bad -> throw new StartFailed(key(listen), bad.sentence());
      }
    }
    return all;
  }

  private static String key(Listen listen) {
    return "edge.listen " + Addresses.format(listen.address()) + " tls";
  }
}

package io.landfall.node;

import io.landfall.config.EdgeConfig.KeyPairFiles;
import io.landfall.config.EdgeConfig.Limits;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import io.landfall.core.Addresses;
import io.landfall.edge.EdgeConfig;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.Mapping;
import io.netty.util.internal.PlatformDependent;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the edge is started with: listeners with their certificates, and its limits. */
final class EdgeSettings {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeSettings.class);
  private static final int DNS_NAME = 2;

  private static final String REMEDY =
      "make a new key and certificate, as with 'landfall ca issue-site'";

  private EdgeSettings() {}

  /**
   * The edge's configuration.
   *
   * @throws StartFailed naming the listener whose certificate cannot be used
   */
  static EdgeConfig of(NodeConfig config, int eventLoops) throws StartFailed {
    List<EdgeListener> listeners = new ArrayList<>();
    // A node without edge takes requests of other nodes only: one loop, and no listener.
    Optional<io.landfall.config.EdgeConfig> edge = config.edge();
    int loops = edge.isPresent() ? eventLoops : 1;
    Limits limits = edge.map(io.landfall.config.EdgeConfig::limits).orElse(Limits.DEFAULT);
    for (Listen listen : edge.map(io.landfall.config.EdgeConfig::listen).orElse(List.of())) {
      listeners.add(
          listen.isTls()
              ? EdgeListener.tls(listen.address(), contexts(listen))
              : EdgeListener.plain(listen.address()));
    }
    return new EdgeConfig(
        config.name(),
        config.identity(),
        config.name() + "." + config.trust().domain(),
        listeners,
        loops,
        limits(limits, loops),
        timeouts(limits));
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
    return new EdgeLimits(
        Math.min(usual.maxTargetBytes(), limits.maxHeaderBytes()),
        limits.maxHeaderBytes(),
        Math.max(2L * limits.maxHeaderBytes(), inputBytes / eventLoops),
        usual.maxFields(),
        Math.max(1, limits.maxConnections() / eventLoops),
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
   * The input memory that fits into the process: what is configured, or a quarter of what there is.
   *
   * @param memoryBytes the heap or the memory for buffers, whichever is smaller
   */
  static long inputMemory(Limits limits, long memoryBytes) {
    return Math.min(limits.inputMemoryBytes(), memoryBytes / 4);
  }

  private static EdgeTimeouts timeouts(Limits limits) {
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
        usual.drainMillis(),
        usual.retryAfterSeconds());
  }

  /** The certificates of one listener by server name; the first when no name fits. */
  private static Mapping<String, SslContext> contexts(Listen listen) throws StartFailed {
    Map<String, SslContext> byName = new TreeMap<>();
    @Nullable SslContext first = null;
    for (Credentials credentials : credentials(listen)) {
      SslContext context = context(listen, credentials);
      first = first == null ? context : first;
      for (String name : dnsNames(credentials.certificate())) {
        byName.putIfAbsent(name, context);
      }
    }
    if (first == null) {
      throw new StartFailed(key(listen), "no certificate");
    }
    SslContext fallback = first;
    return name -> lookUp(byName, name).orElse(fallback);
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

  private static Optional<SslContext> lookUp(
      Map<String, SslContext> byName, @Nullable String name) {
    if (name == null) {
      return Optional.empty();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    SslContext exact = byName.get(lower);
    if (exact != null) {
      return Optional.of(exact);
    }
    int dot = lower.indexOf('.');
    return dot < 0 ? Optional.empty() : Optional.ofNullable(byName.get("*" + lower.substring(dot)));
  }

  private static SslContext context(Listen listen, Credentials credentials) throws StartFailed {
    try {
      return SslContextBuilder.forServer(
              credentials.key(), credentials.chain().toArray(new X509Certificate[0]))
          .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException e) {
      throw new StartFailed(key(listen), "TLS refuses it: " + e.getMessage(), e);
    }
  }

  private static List<String> dnsNames(X509Certificate certificate) throws StartFailed {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> entry : all) {
          if (entry.get(0).equals(DNS_NAME)) {
            names.add(String.valueOf(entry.get(1)).toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException e) {
      throw new StartFailed("a listener's certificate has unreadable names: " + e.getMessage(), e);
    }
    return names;
  }
}

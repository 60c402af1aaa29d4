package io.landfall.config;

import io.landfall.core.ServiceName;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The HTTP listeners.
 *
 * @param listen where clients connect, at least one
 * @param limits what a client may ask of this node
 * @param trustedProxies where the proxies are that may name the client for whom they ask
 * @param tlsHosts for which hosts requests are taken over TLS
 * @param lookalikeFields what becomes of fields with an underscore or a dot that look like others
 * @param http2 which listeners take HTTP/2
 * @param acme where certificates are ordered
 */
public record EdgeConfig(
    List<Listen> listen,
    Limits limits,
    List<PrefixConfig> trustedProxies,
    TlsHosts tlsHosts,
    LookalikeFields lookalikeFields,
    Http2 http2,
    Optional<AcmeConfig> acme) {
  /** Without ACME. */
  public EdgeConfig(
      List<Listen> listen,
      Limits limits,
      List<PrefixConfig> trustedProxies,
      TlsHosts tlsHosts,
      LookalikeFields lookalikeFields,
      Http2 http2) {
    this(listen, limits, trustedProxies, tlsHosts, lookalikeFields, http2, Optional.empty());
  }

  /** Copies the lists. */
  public EdgeConfig {
    listen = List.copyOf(listen);
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** The certificates of all listeners that are ordered by ACME, each once. */
  public List<AcmeConfig.Ordered> ordered() {
    return listen.stream()
        .flatMap(each -> each.tls().stream())
        .flatMap(tls -> tls.ordered().stream())
        .distinct()
        .toList();
  }

  /** For which hosts requests are taken over TLS. */
  public enum TlsHosts {
    /** Those that the certificate covers which was shown on the connection. */
    CERTIFIED,
    /** All. */
    ANY
  }

  /** What becomes of fields with an underscore or a dot that look like those that are dropped. */
  public enum LookalikeFields {
    /** They are dropped too. */
    DROP,
    /** They are passed on. */
    PASS
  }

  /** Which listeners take HTTP/2 besides HTTP/1.1. */
  public enum Http2 {
    /** Those with TLS by ALPN, those without with prior knowledge. */
    ALL,
    /** Those with TLS only. */
    TLS,
    /** None. */
    OFF;

    /** Whether such a listener takes it. */
    public boolean on(Listen listen) {
      return this == ALL || (this == TLS && listen.isTls());
    }
  }

  /**
   * One listener.
   *
   * @param address the address and port
   * @param tls what TLS has there; empty for plain HTTP
   * @param proxies sources whose connections have to begin with a PROXY header
   * @param service the TCP service that its connections belong to; empty for HTTP
   */
  public record Listen(
      InetSocketAddress address,
      Optional<ListenTlsConfig> tls,
      List<PrefixConfig> proxies,
      Optional<ServiceName> service) {
    /** Copies the list. */
    public Listen {
      proxies = List.copyOf(proxies);
    }

    /** Whether the listener takes TLS. */
    public boolean isTls() {
      return tls.isPresent();
    }

    /** The certificates of a listener with TLS; none without. */
    public List<KeyPairFiles> certificates() {
      return tls.map(ListenTlsConfig::certificates).orElse(List.of());
    }
  }

  /**
   * A certificate and its key, both readable when the config was read.
   *
   * @param certificate PEM file with the certificate and its chain
   * @param key PEM file with the private key
   */
  public record KeyPairFiles(Path certificate, Path key) {}

  /**
   * How much may be open at once.
   *
   * @param maxConnections client connections, over all listeners
   * @param maxPerClient those of one client's address; empty for no bound
   * @param maxStreams requests on one connection of HTTP/2
   * @param tunnels requests that have switched protocols
   */
  public record AtOnce(
      int maxConnections, OptionalInt maxPerClient, int maxStreams, Tunnels tunnels) {}

  /**
   * Requests that have switched protocols.
   *
   * @param most how many there may be at once, with those that ask for it
   * @param timeoutMillis how long no byte may pass in one, in either direction
   */
  public record Tunnels(int most, long timeoutMillis) {}

  /**
   * What a client may ask of this node, and how long a backend may take.
   *
   * @param headerTimeoutMillis from the first byte of a request to the end of its head
   * @param idleTimeoutMillis how long a kept-alive client connection may be idle
   * @param atOnce how much may be open at once
   * @param maxHeaderBytes the request line and all header fields together
   * @param inputMemoryBytes what all clients together may make this node hold of unfinished request
   *     heads and other requests that cannot go on
   * @param connectTimeoutMillis how long connecting to a backend or node may take
   * @param responseTimeoutMillis how long a backend may take to start its response
   * @param bodyTimeoutMillis how long a body may be under way without a byte of it moving
   */
  public record Limits(
      long headerTimeoutMillis,
      long idleTimeoutMillis,
      AtOnce atOnce,
      int maxHeaderBytes,
      long inputMemoryBytes,
      long connectTimeoutMillis,
      long responseTimeoutMillis,
      long bodyTimeoutMillis) {
    /** The limits when the config gives none. */
    public static final Limits DEFAULT =
        new Limits(
            10_000,
            60_000,
            new AtOnce(10_000, OptionalInt.empty(), 100, new Tunnels(10_000, 600_000)),
            32 * 1024,
            64 << 20,
            1_000,
            30_000,
            60_000);
  }
}

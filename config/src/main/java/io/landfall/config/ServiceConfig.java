package io.landfall.config;

import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One service that this node knows.
 *
 * @param name its name
 * @param identity its identity, the same at every site, inside the block
 * @param hosts the hosts it answers for, at least one: lower case, exact or {@code *.example}; none
 *     if it is a TCP service
 * @param paths the path prefixes it answers for; empty means every path
 * @param here how it runs beside this node
 * @param cache how it is cached; empty when it is not
 * @param bgp the service hosts that advertise it; empty when its probe alone decides
 * @param clients how clients use it
 */
public record ServiceConfig(
    ServiceName name,
    HostAddress identity,
    List<String> hosts,
    List<String> paths,
    Hosting here,
    Optional<CacheConfig.OfService> cache,
    Optional<Bgp> bgp,
    Clients clients) {
  /** Copies the lists. */
  public ServiceConfig {
    hosts = List.copyOf(hosts);
    paths = List.copyOf(paths);
  }

  /** With the usual upgrades, and no rules. */
  public ServiceConfig(
      ServiceName name,
      HostAddress identity,
      List<String> hosts,
      List<String> paths,
      Hosting here,
      Optional<CacheConfig.OfService> cache,
      Optional<Bgp> bgp) {
    this(name, identity, hosts, paths, here, cache, bgp, TrafficConfig.USUAL);
  }

  /** A service of HTTP. */
  public ServiceConfig(
      ServiceName name,
      HostAddress identity,
      List<String> hosts,
      List<String> paths,
      Hosting here,
      Optional<CacheConfig.OfService> cache,
      Optional<Bgp> bgp,
      TrafficConfig traffic) {
    this(name, identity, hosts, paths, here, cache, bgp, new Clients(traffic, Optional.empty()));
  }

  /** What it makes of requests and responses. */
  public TrafficConfig traffic() {
    return clients.traffic;
  }

  /** How connections find it if it is a TCP service; empty if it is one of HTTP. */
  public Optional<Tcp> tcp() {
    return clients.tcp;
  }

  /** Whether connections belong to it as bytes, and not as requests. */
  public boolean isTcp() {
    return clients.tcp.isPresent();
  }

  /**
   * How clients use a service.
   *
   * @param traffic what it makes of requests and responses
   * @param tcp how connections find it if it is a TCP service; empty if it is one of HTTP
   */
  public record Clients(TrafficConfig traffic, Optional<Tcp> tcp) {}

  /**
   * A service whose connections are carried as bytes.
   *
   * @param serverNames the names of ClientHellos (SNI) that belong to it, on every listener with
   *     TLS: lower case, exact or {@code *.example}
   */
  public record Tcp(List<String> serverNames) {
    /** Copies the list. */
    public Tcp {
      serverNames = List.copyOf(serverNames);
    }
  }

  /** The protocols that requests may switch to, in lower case. */
  public List<String> upgrades() {
    return clients.traffic.upgrades();
  }

  /** Whether the service runs beside this node. */
  public boolean isLocal() {
    return !here.backends.isEmpty();
  }

  /**
   * How a service runs beside this node.
   *
   * @param backends where; empty when it is known here and hosted elsewhere
   * @param tls how backends over TLS are verified; present exactly when there are such
   * @param probe how it is probed; present exactly when there are backends (TCP unless configured)
   * @param tier the tier this site gives it; lower is preferred, 0 to 4294967295
   * @param maxRequests how many requests it takes at once; empty without a limit
   * @param rules what beside weights decides which backend gets a request, and how often it is
   *     tried
   */
  public record Hosting(
      List<Backend> backends,
      Optional<Tls> tls,
      Optional<ProbeConfig> probe,
      long tier,
      OptionalInt maxRequests,
      BackendRulesConfig rules) {
    /** Copies the list. */
    public Hosting {
      backends = List.copyOf(backends);
    }

    /** Without TLS, and by weights alone. */
    public Hosting(
        List<Backend> backends, Optional<ProbeConfig> probe, long tier, OptionalInt maxRequests) {
      this(backends, Optional.empty(), probe, tier, maxRequests, BackendRulesConfig.NONE);
    }

    /** Whether probes of one are the same as of the other, at the same places. */
    public boolean isProbedAs(Hosting other) {
      return probe.equals(other.probe) && tls.equals(other.tls) && places().equals(other.places());
    }

    private List<String> places() {
      return backends.stream()
          .map(backend -> backend.url + " " + backend.protocol + " " + backend.proxy)
          .toList();
    }
  }

  /**
   * One place where the service runs.
   *
   * @param url as the config gives it, such as {@code http://10.0.0.7:8080}
   * @param address where to connect
   * @param isTls whether it is spoken to over TLS
   * @param weight its share of new requests in relation to the others'; 0 for none
   * @param protocol in which version of HTTP it is asked
   * @param proxy whether connections to it begin with a PROXY header
   * @param only what a request must have to be sent there; empty for nothing
   */
  public record Backend(
      String url,
      HostPort address,
      boolean isTls,
      int weight,
      Protocol protocol,
      ProxyProtocol proxy,
      Optional<BackendRulesConfig.Only> only) {
    /** One that is asked over HTTP/1.1, for any request. */
    public Backend(String url, HostPort address, boolean isTls, int weight) {
      this(url, address, isTls, weight, Protocol.H1, ProxyProtocol.NONE, Optional.empty());
    }

    /** The same over plain TCP, with the usual weight of 1. */
    public Backend(String url, HostPort address) {
      this(url, address, false, 1);
    }

    /** Whether it is one of a TCP service. */
    public boolean isTcp() {
      return url.regionMatches(true, 0, "tcp:", 0, 4);
    }

    Backend with(
        int otherWeight,
        Protocol otherProtocol,
        ProxyProtocol otherProxy,
        Optional<BackendRulesConfig.Only> condition) {
      return new Backend(url, address, isTls, otherWeight, otherProtocol, otherProxy, condition);
    }
  }

  /** In which version of HTTP a backend is asked. */
  public enum Protocol {
    /** HTTP/1.1. */
    H1,
    /** HTTP/2: over TLS by ALPN, over plain TCP with prior knowledge. */
    H2
  }

  /** Whether connections to a backend begin with a PROXY header. */
  public enum ProxyProtocol {
    /** They have none. */
    NONE,
    /** In version 1, a line of text. */
    V1,
    /** In version 2, binary. */
    V2
  }

  /**
   * How backends over TLS are verified.
   *
   * @param ca the PEM file of the CAs that their certificates must lead to; without it those that
   *     the JDK comes with
   * @param name the name that their certificates must have; without it each the host of its URL
   * @param own what is shown to a backend that asks for a certificate
   */
  public record Tls(
      Optional<Path> ca, Optional<String> name, Optional<EdgeConfig.KeyPairFiles> own) {
    /** What holds when the config has no such key. */
    public static final Tls USUAL = new Tls(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Who advertises the service over BGP.
   *
   * @param hosts names under {@code service-bgp.hosts}, at least one
   * @param tiers from a MED on, the tier
   * @param drainingMed from this MED on the service is DRAINING; empty for never
   * @param downMed from this MED on the service is DOWN; empty for never
   */
  public record Bgp(
      List<String> hosts,
      SortedMap<Long, Long> tiers,
      OptionalLong drainingMed,
      OptionalLong downMed) {
    /** Copies the collections. */
    public Bgp {
      hosts = List.copyOf(hosts);
      tiers = Collections.unmodifiableSortedMap(new TreeMap<>(tiers));
    }
  }
}

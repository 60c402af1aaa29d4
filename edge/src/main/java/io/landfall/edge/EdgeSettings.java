package io.landfall.edge;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.List;

/**
 * What an edge is started with.
 *
 * @param node this node's name; its pseudonym in Via, Forwarded and Proxy-Status
 * @param identity this node's identity
 * @param cdnId this node's id in CDN-Loop (RFC 8586), unique among all CDNs: a host name such as
 *     {@code fra.cdn.example}
 * @param listeners where clients are accepted
 * @param eventLoops how many event loops; 0 means one per processor
 * @param limits bounds
 * @param timeouts waits
 * @param policies what clients may claim, what is cached, what may become a tunnel, and the rules
 *     of services
 */
public record EdgeSettings(
    NodeName node,
    HostAddress identity,
    String cdnId,
    List<EdgeListener> listeners,
    int eventLoops,
    EdgeLimits limits,
    EdgeTimeouts timeouts,
    Policies policies) {
  /**
   * What an operator decides of requests and responses.
   *
   * @param claims what counts that a client may have made up
   * @param cache what is cached
   * @param tunnels what may become a tunnel
   * @param retries how many attempts may be repeats
   * @param traffic the rules of services
   */
  public record Policies(
      ClientClaims claims,
      CacheSettings cache,
      TunnelSettings tunnels,
      RetryBudgets retries,
      TrafficSettings traffic) {
    /** With nothing that counts of what a client may have made up, no cache, and no rules. */
    public static final Policies NONE =
        new Policies(
            ClientClaims.NONE,
            CacheSettings.NONE,
            TunnelSettings.DEFAULT,
            RetryBudgets.NONE,
            TrafficSettings.NONE);
  }

  /** Copies the list. */
  public EdgeSettings {
    listeners = List.copyOf(listeners);
  }

  /** With nothing that counts of what a client may have made up, and without a cache. */
  public EdgeSettings(
      NodeName node,
      HostAddress identity,
      String cdnId,
      List<EdgeListener> listeners,
      int eventLoops,
      EdgeLimits limits,
      EdgeTimeouts timeouts) {
    this(node, identity, cdnId, listeners, eventLoops, limits, timeouts, Policies.NONE);
  }

  /** What counts that a client may have made up. */
  public ClientClaims claims() {
    return policies.claims;
  }

  /** What is cached. */
  public CacheSettings cache() {
    return policies.cache;
  }

  /** What may become a tunnel. */
  public TunnelSettings tunnels() {
    return policies.tunnels;
  }

  /** How many attempts may be repeats. */
  public RetryBudgets retries() {
    return policies.retries;
  }

  /** The rules of services. */
  public TrafficSettings traffic() {
    return policies.traffic;
  }

  /** How many event loops there are. */
  public int loops() {
    return eventLoops > 0 ? eventLoops : Runtime.getRuntime().availableProcessors();
  }

  /** The same with what counts of what a client may have made up. */
  public EdgeSettings with(ClientClaims other) {
    return with(
        new Policies(other, policies.cache, policies.tunnels, policies.retries, policies.traffic));
  }

  /** The same with a cache. */
  public EdgeSettings with(CacheSettings other) {
    return with(
        new Policies(policies.claims, other, policies.tunnels, policies.retries, policies.traffic));
  }

  /** The same with other bounds of tunnels. */
  public EdgeSettings with(TunnelSettings other) {
    return with(
        new Policies(policies.claims, policies.cache, other, policies.retries, policies.traffic));
  }

  /** The same with other bounds of repeats. */
  public EdgeSettings with(RetryBudgets other) {
    return with(
        new Policies(policies.claims, policies.cache, policies.tunnels, other, policies.traffic));
  }

  /** The same with other rules of services. */
  public EdgeSettings with(TrafficSettings other) {
    return with(
        new Policies(policies.claims, policies.cache, policies.tunnels, policies.retries, other));
  }

  /** The same with other bounds and waits. */
  public EdgeSettings with(EdgeLimits bounds, EdgeTimeouts waits) {
    return new EdgeSettings(node, identity, cdnId, listeners, eventLoops, bounds, waits, policies);
  }

  /** The same with other decisions of the operator. */
  public EdgeSettings with(Policies other) {
    return new EdgeSettings(node, identity, cdnId, listeners, eventLoops, limits, timeouts, other);
  }
}

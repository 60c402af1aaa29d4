package io.landfall.ingress;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What plane one is configured with. Empty lists are legal: a node without a public side.
 *
 * @param prefixes the prefixes to originate, at most {@value #MAX_PREFIXES}
 * @param upstreams the routers to originate them to, at most {@value #MAX_UPSTREAMS}
 * @param routerId this side's BGP Identifier, not 0
 * @param drainMillis how long a drain waits between GRACEFUL_SHUTDOWN and the withdrawal (RFC 8326)
 * @param startDelayMillis how long after its start the node announces nothing: a fixed time, in
 *     which the rest of the node learns where services are; it is not asked whether it has
 */
public record IngressSettings(
    List<AnycastPrefix> prefixes,
    List<Upstream> upstreams,
    int routerId,
    long drainMillis,
    long startDelayMillis) {
  /** The most prefixes. */
  public static final int MAX_PREFIXES = 64;

  /** The most upstreams. */
  public static final int MAX_UPSTREAMS = 16;

  /** The default wait of a drain. */
  public static final long DEFAULT_DRAIN_MILLIS = 10_000;

  /** The default start delay. */
  public static final long DEFAULT_START_DELAY_MILLIS = 3_000;

  /**
   * Sorts the prefixes, copies the lists, checks that each prefix can be announced to some upstream
   * and each upstream has some prefix.
   */
  public IngressSettings {
    prefixes = prefixes.stream().sorted().toList();
    upstreams = List.copyOf(upstreams);
    if (prefixes.size() > MAX_PREFIXES || upstreams.size() > MAX_UPSTREAMS) {
      throw new IllegalArgumentException(
          "at most " + MAX_PREFIXES + " prefixes and " + MAX_UPSTREAMS + " upstreams");
    }
    if (routerId == 0 || drainMillis < 0 || startDelayMillis < 0) {
      throw new IllegalArgumentException(
          "the BGP Identifier is not 0 (RFC 6286), and no waiting time is negative");
    }
    checkDistinct(prefixes.stream().map(AnycastPrefix::toString).toList(), "prefix");
    checkDistinct(upstreams.stream().map(Upstream::name).toList(), "upstream");
    if (!prefixes.isEmpty() && !upstreams.isEmpty()) {
      checkNextHops(prefixes, upstreams);
    }
  }

  private static void checkDistinct(List<String> names, String what) {
    Set<String> seen = new LinkedHashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(what + " " + name + " is configured twice");
      }
    }
  }

  private static void checkNextHops(List<AnycastPrefix> prefixes, List<Upstream> upstreams) {
    for (AnycastPrefix prefix : prefixes) {
      if (upstreams.stream().noneMatch(upstream -> upstream.carries(prefix))) {
        throw new IllegalArgumentException(
            "no upstream has a next hop for "
                + prefix
                + ": their sessions are of the other address family, so configure a next-hop");
      }
    }
    for (Upstream upstream : upstreams) {
      if (prefixes.stream().noneMatch(upstream::carries)) {
        throw new IllegalArgumentException(
            "upstream "
                + upstream.name()
                + " has no next hop for any of the prefixes: its session is of the other address"
                + " family, so configure a next-hop");
      }
    }
  }

  /** The prefixes that are announced to an upstream: those with a next hop there, in order. */
  List<AnycastPrefix> prefixesOf(Upstream upstream) {
    return prefixes.stream().filter(upstream::carries).toList();
  }
}

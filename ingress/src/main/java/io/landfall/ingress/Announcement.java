package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.bgp.LargeCommunity;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the prefixes are dressed for one upstream.
 *
 * @param prepends how many times the local AS number is repeated in AS_PATH beyond the once that
 *     eBGP requires
 * @param communities COMMUNITIES to attach (RFC 1997)
 * @param largeCommunities LARGE_COMMUNITIES to attach (RFC 8092)
 * @param med MULTI_EXIT_DISC to attach
 * @param nextHops next hops to name instead of the session's own address, at most one per family
 */
public record Announcement(
    int prepends,
    List<Integer> communities,
    List<LargeCommunity> largeCommunities,
    OptionalLong med,
    List<InetAddress> nextHops) {
  /** The most prepends that are taken: longer paths are filtered by many networks. */
  public static final int MAX_PREPENDS = 16;

  /** The most communities of each kind. */
  public static final int MAX_COMMUNITIES = 32;

  /** Copies the lists and checks the bounds. */
  public Announcement {
    communities = List.copyOf(communities);
    largeCommunities = List.copyOf(largeCommunities);
    nextHops = List.copyOf(nextHops);
    if (prepends < 0 || prepends > MAX_PREPENDS) {
      throw new IllegalArgumentException(
          "prepends must be 0.." + MAX_PREPENDS + ", not " + prepends);
    }
    if (communities.size() > MAX_COMMUNITIES || largeCommunities.size() > MAX_COMMUNITIES) {
      throw new IllegalArgumentException(
          "at most " + MAX_COMMUNITIES + " communities of each kind");
    }
    if (nextHops.stream().map(InetAddress::getClass).distinct().count() != nextHops.size()) {
      throw new IllegalArgumentException("at most one next hop per address family: " + nextHops);
    }
  }

  /** The next hop to name in a family, on a session whose own address is this. */
  Optional<InetAddress> nextHop(Family family, InetAddress sessionAddress) {
    for (InetAddress configured : nextHops) {
      if (familyOf(configured) == family) {
        return Optional.of(configured);
      }
    }
    return familyOf(sessionAddress) == family ? Optional.of(sessionAddress) : Optional.empty();
  }

  static Family familyOf(InetAddress address) {
    return address.getAddress().length == 4 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
  }
}

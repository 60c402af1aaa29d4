package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.Asn;
import io.landfall.core.InvariantBroken;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
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

  /**
   * The attributes of what is announced with it.
   *
   * @param localAs this side's AS number
   * @param sessionAddress this side's address on the session
   * @param draining whether the announcement is about to be withdrawn (RFC 8326)
   * @throws InvariantBroken when it has no next hop in this family
   */
  PathAttributes attributes(
      Asn localAs, Family family, InetAddress sessionAddress, boolean draining) {
    List<Integer> carried = new ArrayList<>(communities);
    if (draining) {
      carried.add(PathAttributes.GRACEFUL_SHUTDOWN);
    }
    Optional<InetAddress> nextHop = nextHop(family, sessionAddress);
    if (nextHop.isEmpty()) {
      throw new InvariantBroken("the configuration gives each family a next hop: " + family);
    }
    return new PathAttributes(
        Origin.IGP,
        Collections.nCopies(1 + prepends, localAs),
        nextHop,
        med,
        OptionalLong.empty(),
        PathAttributes.Reflection.NONE,
        new PathAttributes.Communities(carried, largeCommunities),
        // RFC 9234 section 5: routes that originate here have no OTC. The session adds it towards
        // a peer, and nothing towards a provider or a route server.
        OptionalLong.empty());
  }

  static Family familyOf(InetAddress address) {
    return address.getAddress().length == 4 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
  }
}

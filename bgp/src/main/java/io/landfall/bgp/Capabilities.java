package io.landfall.bgp;

import io.landfall.core.Asn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The capabilities of one OPEN (RFC 5492), as a plain value that is compared once and then kept for
 * showing. Sets of families are bit sets of {@link Family#bit()}.
 *
 * @param families the families named by Multiprotocol capabilities (RFC 4760); IPv4 unicast when
 *     there was none at all
 * @param fourOctetAs the AS number of the 4-octet AS capability (RFC 6793)
 * @param routeRefresh RFC 2918
 * @param enhancedRouteRefresh RFC 7313
 * @param extendedMessage RFC 8654
 * @param endOfRib whether Graceful Restart (RFC 4724) was named, which promises End-of-RIB markers
 * @param addPathReceive families in which the sender takes several paths (RFC 7911)
 * @param addPathSend families in which the sender sends several paths
 * @param extendedNextHop whether IPv4 prefixes may have an IPv6 next hop (RFC 8950)
 * @param role the BGP role's number (RFC 9234 section 4.1)
 * @param pathsLimit for each family how many paths of a prefix are wanted, 0 for no limit
 *     (draft-abraitis-idr-addpath-paths-limit)
 * @param others capability codes that mean nothing here, in order of appearance
 * @param otherFamilies families that mean nothing here, as AFI * 256 + SAFI, in order of appearance
 */
public record Capabilities(
    int families,
    Optional<Asn> fourOctetAs,
    boolean routeRefresh,
    boolean enhancedRouteRefresh,
    boolean extendedMessage,
    boolean endOfRib,
    int addPathReceive,
    int addPathSend,
    boolean extendedNextHop,
    OptionalInt role,
    List<Integer> pathsLimit,
    List<Integer> others,
    List<Integer> otherFamilies) {
  static final int MULTIPROTOCOL = 1;
  static final int ROUTE_REFRESH = 2;
  static final int EXTENDED_NEXT_HOP = 5;
  static final int EXTENDED_MESSAGE = 6;
  static final int ROLE = 9;
  static final int GRACEFUL_RESTART = 64;
  static final int FOUR_OCTET_AS = 65;
  static final int ADD_PATH = 69;
  static final int ENHANCED_ROUTE_REFRESH = 70;
  static final int PATHS_LIMIT = 76;

  /** Copies the lists. */
  public Capabilities {
    pathsLimit = List.copyOf(pathsLimit);
    others = List.copyOf(others);
    otherFamilies = List.copyOf(otherFamilies);
  }
}

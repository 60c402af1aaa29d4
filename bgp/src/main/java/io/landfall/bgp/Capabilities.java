package io.landfall.bgp;

import io.landfall.core.Asn;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The capabilities of one OPEN (RFC 5492), as a plain value that is compared once and then kept for
 * showing. Sets of families are bit sets of {@link Family#bit()}.
 *
 * @param families the families named by Multiprotocol capabilities (RFC 4760); IPv4 unicast when
 *     there was none at all
 * @param fourOctetAs the AS number of the 4-octet AS capability (RFC 6793)
 * @param extensions the capabilities that are there or not, without a value that matters here
 * @param addPath several paths of a prefix
 * @param role the BGP role's number (RFC 9234 section 4.1)
 * @param unknown what means nothing here
 */
public record Capabilities(
    int families,
    Optional<Asn> fourOctetAs,
    Set<Extension> extensions,
    AddPath addPath,
    OptionalInt role,
    Unknown unknown) {
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

  /** Copies the set, in the order of the constants. */
  public Capabilities {
    EnumSet<Extension> ordered = EnumSet.noneOf(Extension.class);
    ordered.addAll(extensions);
    extensions = Collections.unmodifiableSet(ordered);
  }

  /** Whether the sender has this extension. */
  public boolean has(Extension extension) {
    return extensions.contains(extension);
  }

  /** A capability that is there or not. */
  public enum Extension {
    /** RFC 2918. */
    ROUTE_REFRESH,
    /** RFC 7313. */
    ENHANCED_ROUTE_REFRESH,
    /** RFC 8654. */
    EXTENDED_MESSAGE,
    /** IPv4 prefixes may have an IPv6 next hop (RFC 8950). */
    EXTENDED_NEXT_HOP,
    /** Graceful Restart (RFC 4724) was named, which promises End-of-RIB markers. */
    END_OF_RIB
  }

  /**
   * Several paths of a prefix.
   *
   * @param receive families in which the sender takes several paths (RFC 7911)
   * @param send families in which the sender sends several paths
   * @param pathsLimit for each family how many paths of a prefix are wanted, 0 for no limit
   *     (draft-abraitis-idr-addpath-paths-limit)
   */
  public record AddPath(int receive, int send, List<Integer> pathsLimit) {
    /** Copies the list. */
    public AddPath {
      pathsLimit = List.copyOf(pathsLimit);
    }
  }

  /**
   * What means nothing here.
   *
   * @param codes capability codes, in order of appearance
   * @param families families as AFI * 256 + SAFI, in order of appearance
   */
  public record Unknown(List<Integer> codes, List<Integer> families) {
    /** Copies the lists. */
    public Unknown {
      codes = List.copyOf(codes);
      families = List.copyOf(families);
    }
  }
}

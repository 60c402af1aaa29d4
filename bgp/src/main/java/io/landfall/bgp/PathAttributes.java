package io.landfall.bgp;

import io.landfall.core.Asn;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The closed vocabulary of path attributes that a route may carry here. Whatever else a peer sends
 * is dropped at the decoder, counted, and never relayed.
 *
 * @param origin ORIGIN
 * @param asPath AS_PATH flattened to its AS_SEQUENCE, 4-byte AS numbers (RFC 6793); an AS_SET is
 *     refused at the decoder (RFC 9774). Towards an external peer the encoder puts the local AS in
 *     front unless it is there already, so an empty path and one with own prepends are both right
 * @param nextHop NEXT_HOP, or the next hop of MP_REACH_NLRI (the global one, RFC 2545 / 8950)
 * @param med MULTI_EXIT_DISC, unsigned 32 bits
 * @param localPref LOCAL_PREF, unsigned 32 bits; iBGP only
 * @param reflection what route reflectors added (RFC 4456)
 * @param communities the communities of either kind
 * @param onlyToCustomer OTC (RFC 9234); ingress sessions only
 */
public record PathAttributes(
    Origin origin,
    List<Asn> asPath,
    Optional<InetAddress> nextHop,
    OptionalLong med,
    OptionalLong localPref,
    Reflection reflection,
    Communities communities,
    OptionalLong onlyToCustomer)
    implements Comparable<PathAttributes> {
  /** GRACEFUL_SHUTDOWN (RFC 8326). */
  public static final int GRACEFUL_SHUTDOWN = 0xFFFF0000;

  /** NO_ADVERTISE (RFC 1997): not to be sent to any other peer. */
  public static final int NO_ADVERTISE = 0xFFFFFF02;

  /** LLGR_STALE (RFC 9494): the sender keeps it although the node behind it is gone. */
  public static final int LLGR_STALE = 0xFFFF0006;

  /** NO_LLGR (RFC 9494). */
  public static final int NO_LLGR = 0xFFFF0007;

  /** Copies the path. */
  public PathAttributes {
    asPath = List.copyOf(asPath);
  }

  /**
   * What route reflectors added (RFC 4456).
   *
   * @param originatorId ORIGINATOR_ID
   * @param clusterList CLUSTER_LIST, nearest first
   */
  public record Reflection(Optional<Integer> originatorId, List<Integer> clusterList) {
    /** Of a route that no reflector has passed on. */
    public static final Reflection NONE = new Reflection(Optional.empty(), List.of());

    /** Copies the list. */
    public Reflection {
      clusterList = List.copyOf(clusterList);
    }

    @Override
    public boolean equals(Object other) {
      return this == other
          || (other instanceof Reflection that
              && originatorId.equals(that.originatorId)
              && clusterList.equals(that.clusterList));
    }

    @Override
    public int hashCode() {
      return 31 * originatorId.hashCode() + clusterList.hashCode();
    }
  }

  /**
   * Communities.
   *
   * @param standard COMMUNITIES (RFC 1997), sorted unsigned, no duplicates
   * @param large LARGE_COMMUNITIES (RFC 8092), sorted, no duplicates
   */
  public record Communities(List<Integer> standard, List<LargeCommunity> large) {
    /** No community of either kind. */
    public static final Communities NONE = new Communities(List.of(), List.of());

    /** Sorts and de-duplicates. */
    public Communities {
      standard = standard.stream().sorted(Integer::compareUnsigned).distinct().toList();
      large = large.stream().sorted().distinct().toList();
    }

    @Override
    public boolean equals(Object other) {
      return this == other
          || (other instanceof Communities that
              && standard.equals(that.standard)
              && large.equals(that.large));
    }

    @Override
    public int hashCode() {
      return 31 * standard.hashCode() + large.hashCode();
    }
  }

  // Written out, as are those of the parts and of the table's keys: what a record is given instead
  // runs through a chain of method handles, which costs a change that comes alone tens of
  // microseconds.

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof PathAttributes that
            && origin == that.origin
            && nextHop.equals(that.nextHop)
            && med.equals(that.med)
            && localPref.equals(that.localPref)
            && asPath.equals(that.asPath)
            && reflection.equals(that.reflection)
            && communities.equals(that.communities)
            && onlyToCustomer.equals(that.onlyToCustomer));
  }

  @Override
  public int hashCode() {
    int hash = origin.name().hashCode();
    hash = 31 * hash + nextHop.hashCode();
    hash = 31 * hash + med.hashCode();
    hash = 31 * hash + localPref.hashCode();
    hash = 31 * hash + asPath.hashCode();
    hash = 31 * hash + reflection.hashCode();
    hash = 31 * hash + communities.hashCode();
    return 31 * hash + onlyToCustomer.hashCode();
  }

  /**
   * Some total order, consistent with {@link #equals}. It is there for maps: a peer can make as
   * many attributes of one hash as it likes, and {@link java.util.HashMap} then goes by the order.
   */
  @Override
  public int compareTo(PathAttributes that) {
    int c = origin.compareTo(that.origin);
    c = c != 0 ? c : Arrays.compare(bytes(nextHop), bytes(that.nextHop));
    c = c != 0 ? c : Long.compare(med.orElse(-1), that.med.orElse(-1));
    c = c != 0 ? c : Long.compare(localPref.orElse(-1), that.localPref.orElse(-1));
    c = c != 0 ? c : Long.compare(originator(), that.originator());
    c = c != 0 ? c : Long.compare(onlyToCustomer.orElse(-1), that.onlyToCustomer.orElse(-1));
    c = c != 0 ? c : compare(communities.large, that.communities.large);
    c = c != 0 ? c : compare(communities.standard, that.communities.standard);
    c = c != 0 ? c : compare(reflection.clusterList, that.reflection.clusterList);
    return c != 0 ? c : compare(asPath, that.asPath);
  }

  private static byte[] bytes(Optional<InetAddress> address) {
    return address.map(InetAddress::getAddress).orElse(new byte[0]);
  }

  private long originator() {
    return reflection.originatorId.map(Integer::toUnsignedLong).orElse(-1L);
  }

  private static <T extends Comparable<T>> int compare(List<T> a, List<T> b) {
    int c = Integer.compare(a.size(), b.size());
    for (int i = 0; c == 0 && i < a.size(); i++) {
      c = a.get(i).compareTo(b.get(i));
    }
    return c;
  }
}

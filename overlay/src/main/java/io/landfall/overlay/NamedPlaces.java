package io.landfall.overlay;

import io.landfall.bgp.LargeCommunity;
import io.landfall.core.Asn;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The overlay ports of other nodes that a node has proved itself, as it names them to the peers of
 * its mesh: large communities (RFC 8092) on its identity's route, beside its own endpoint ({@link
 * NodeEndpoint}) and under the overlay's AS number. A speaker that knows nothing of them passes
 * them on or ignores them.
 *
 * <p>An IPv4 place is one community: local data 1 holds the function and the port, local data 2 the
 * address. An IPv6 place is three: the function holds the number of the place and of the part, and
 * the 48 bits behind it a third of port and address.
 *
 * <p>A place that is named is somewhere to try a handshake. It is no route, and gives no rights.
 */
public final class NamedPlaces {
  /** The most places that a node names, or is believed to name. */
  public static final int MOST = 32;

  /** Function of the one large community of an IPv4 place. */
  private static final int IPV4_FUNCTION = 0x0304;

  /** Function of the first part of the first IPv6 place; 4 functions for each place. */
  private static final int IPV6_FUNCTION = 0x0400;

  private static final int FUNCTIONS_OF_PLACE = 4;

  /** Parts of an IPv6 place: 2 bytes of port and 16 of address, 6 in each. */
  private static final int IPV6_PARTS = 3;

  private static final int PART_BYTES = 6;

  private static final int ALL_PARTS = (1 << IPV6_PARTS) - 1;

  private NamedPlaces() {}

  /**
   * As communities.
   *
   * @param places {@link #MOST} at most
   * @throws IllegalArgumentException for more
   */
  static List<LargeCommunity> communities(List<NodeEndpoint> places, Asn asn) {
    if (places.size() > MOST) {
      throw new IllegalArgumentException(places.size() + " places, of " + MOST + " at most");
    }
    List<LargeCommunity> list = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      NodeEndpoint place = places.get(i);
      byte[] address = place.address().getAddress();
      if (address.length == 4) {
        list.add(
            new LargeCommunity(
                asn.bits(), (IPV4_FUNCTION << 16) | place.port(), number(address, 0, 4)));
        continue;
      }
      byte[] bytes = new byte[IPV6_PARTS * PART_BYTES];
      bytes[0] = (byte) (place.port() >>> 8);
      bytes[1] = (byte) place.port();
      System.arraycopy(address, 0, bytes, 2, address.length);
      for (int part = 0; part < IPV6_PARTS; part++) {
        int function = IPV6_FUNCTION + FUNCTIONS_OF_PLACE * i + part;
        list.add(
            new LargeCommunity(
                asn.bits(),
                (function << 16) | number(bytes, PART_BYTES * part, 2),
                number(bytes, PART_BYTES * part + 2, 4)));
      }
    }
    return list;
  }

  /** The places among a route's large communities that make sense, each once. */
  static List<NodeEndpoint> in(List<LargeCommunity> communities, Asn asn) {
    Set<NodeEndpoint> places = new LinkedHashSet<>();
    SortedMap<Integer, Parts> ipv6 = new TreeMap<>();
    for (LargeCommunity community : communities) {
      if (community.globalAdministrator() != asn.bits()) {
        continue;
      }
      int function = community.localData1() >>> 16;
      int index = function - IPV6_FUNCTION;
      if (function == IPV4_FUNCTION) {
        byte[] address = new byte[4];
        put(address, 0, community.localData2(), 4);
        place(address, community.localData1() & 0xffff).ifPresent(places::add);
      } else if (index >= 0
          && index < FUNCTIONS_OF_PLACE * MOST
          && index % FUNCTIONS_OF_PLACE < IPV6_PARTS) {
        ipv6.computeIfAbsent(index / FUNCTIONS_OF_PLACE, number -> new Parts())
            .put(index % FUNCTIONS_OF_PLACE, community);
      }
    }
    ipv6.values().forEach(parts -> parts.place().ifPresent(places::add));
    return places.stream().limit(MOST).toList();
  }

  /** What was read of one IPv6 place. */
  private static final class Parts {
    private final byte[] bytes = new byte[IPV6_PARTS * PART_BYTES];
    private int seen;

    void put(int part, LargeCommunity community) {
      NamedPlaces.put(bytes, PART_BYTES * part, community.localData1(), 2);
      NamedPlaces.put(bytes, PART_BYTES * part + 2, community.localData2(), 4);
      seen |= 1 << part;
    }

    Optional<NodeEndpoint> place() {
      if (seen != ALL_PARTS) {
        return Optional.empty();
      }
      byte[] address = new byte[16];
      System.arraycopy(bytes, 2, address, 0, address.length);
      return NamedPlaces.place(address, number(bytes, 0, 2));
    }
  }

  private static Optional<NodeEndpoint> place(byte[] address, int port) {
    try {
      return Optional.of(new NodeEndpoint(InetAddress.getByAddress(address), port));
    } catch (UnknownHostException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static int number(byte[] bytes, int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }

  private static void put(byte[] bytes, int from, int value, int count) {
    for (int i = 0; i < count; i++) {
      bytes[from + i] = (byte) (value >>> (8 * (count - 1 - i)));
    }
  }
}

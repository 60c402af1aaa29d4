package io.landfall.overlay;

import io.landfall.bgp.LargeCommunity;
import io.landfall.core.Asn;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a node's overlay port may be reached, as the node advertises beside its identity.
 *
 * <p>Nodes that learn of each other through reflectors only still forward requests to each other
 * directly, so they need an address, and no reflector needs to understand it: it travels as large
 * communities (RFC 8092) on the identity's route, under the overlay's AS number. Local data 1 holds
 * the function and the port, local data 2 four bytes of the address; an IPv6 address takes four.
 *
 * <p>It is a hint and nothing more. The certificate of what answers there decides.
 *
 * @param address the address
 * @param port the port, 1 to 65535
 */
public record NodeEndpoint(InetAddress address, int port) {
  /** Function of the one large community of an IPv4 address. */
  private static final int IPV4_FUNCTION = 0x0204;

  /** Function of the first of the four large communities of an IPv6 address. */
  private static final int IPV6_FUNCTION = 0x0260;

  private static final int IPV6_WORDS = 4;

  /** Checks that a node could be there. */
  public NodeEndpoint {
    if (port < 1 || port > 0xffff) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      throw new IllegalArgumentException(address.getHostAddress() + " is not a host's address");
    }
  }

  List<LargeCommunity> communities(Asn asn) {
    byte[] bytes = address.getAddress();
    int function = bytes.length == 4 ? IPV4_FUNCTION : IPV6_FUNCTION;
    List<LargeCommunity> list = new ArrayList<>();
    for (int word = 0; word < bytes.length / 4; word++) {
      list.add(new LargeCommunity(asn.bits(), (function + word) << 16 | port, word(bytes, word)));
    }
    return list;
  }

  /** The endpoint among a route's large communities; empty when there is none that makes sense. */
  static Optional<NodeEndpoint> in(List<LargeCommunity> communities, Asn asn) {
    byte[] ipv6 = new byte[4 * IPV6_WORDS];
    int words = 0;
    int port = 0;
    for (LargeCommunity community : communities) {
      if (community.globalAdministrator() != asn.bits()) {
        continue;
      }
      int function = community.localData1() >>> 16;
      int word = function - IPV6_FUNCTION;
      if (function == IPV4_FUNCTION) {
        byte[] ipv4 = new byte[4];
        put(ipv4, 0, community.localData2());
        return of(ipv4, community.localData1() & 0xffff);
      }
      if (word >= 0 && word < IPV6_WORDS) {
        port = community.localData1() & 0xffff;
        put(ipv6, word, community.localData2());
        words |= 1 << word;
      }
    }
    return words == (1 << IPV6_WORDS) - 1 ? of(ipv6, port) : Optional.empty();
  }

  private static Optional<NodeEndpoint> of(byte[] address, int port) {
    try {
      return Optional.of(new NodeEndpoint(InetAddress.getByAddress(address), port));
    } catch (UnknownHostException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static int word(byte[] bytes, int word) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | (bytes[4 * word + i] & 0xff);
    }
    return value;
  }

  private static void put(byte[] bytes, int word, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[4 * word + i] = (byte) (value >>> (24 - 8 * i));
    }
  }
}

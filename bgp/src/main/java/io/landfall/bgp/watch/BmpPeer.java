package io.landfall.bgp.watch;

import io.landfall.core.Asn;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Whom a BMP message is about: the Per-Peer Header of RFC 7854 section 4.2 without its time.
 *
 * <p>The A flag is never set: a session here has 4-octet AS numbers (RFC 6793) or does not come up,
 * so every UPDATE has them in its AS_PATH. The L flag is never set either: what is passed on is the
 * Adj-RIB-In before policy. The distinguisher is zero, since there is one routing instance.
 *
 * @param type 0 for a session with a peer, 3 for the Loc-RIB (RFC 9069 section 4.1)
 * @param address the address at the other end of the session's TCP connection; empty for the
 *     Loc-RIB
 * @param asn its AS number, unsigned
 * @param id its BGP Identifier
 */
public record BmpPeer(int type, Optional<InetAddress> address, Asn asn, int id) {
  private static final int GLOBAL_INSTANCE = 0;
  private static final int LOC_RIB = 3;
  private static final int FLAG_IPV6 = 0x80;

  /** A peer of this node. */
  public static BmpPeer session(InetAddress address, Asn asn, int id) {
    return new BmpPeer(GLOBAL_INSTANCE, Optional.of(address), asn, id);
  }

  /** This node's own table (RFC 9069). */
  public static BmpPeer locRib(Asn asn, int id) {
    return new BmpPeer(LOC_RIB, Optional.empty(), asn, id);
  }

  /** Whether it stands for this node's own table. */
  public boolean isLocRib() {
    return type == LOC_RIB;
  }

  void write(MessageBuffer out, long timeMicros) {
    boolean ipv6 = address.isPresent() && address.get() instanceof Inet6Address;
    out.u8(type).u8(ipv6 ? FLAG_IPV6 : 0).zeros(8);
    writeAddress(out, address);
    out.u32(asn.bits()).u32(id);
    out.u32((int) (timeMicros / 1_000_000)).u32((int) (timeMicros % 1_000_000));
  }

  /** Sixteen bytes; an IPv4 address stands in the last four of them. */
  static void writeAddress(MessageBuffer out, Optional<InetAddress> address) {
    byte[] bytes = address.map(InetAddress::getAddress).orElse(new byte[0]);
    out.zeros(16 - bytes.length).bytes(bytes);
  }
}

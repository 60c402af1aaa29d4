package io.landfall.node;

import static io.landfall.testkit.BgpMessages.OVERLAY_ASN;
import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.net.InetAddress;

/** What an overlay node of the tests' AS sends. */
final class BgpBytes {
  private static final int HOLD_SECONDS = 90;

  private BgpBytes() {}

  /** OPEN of an overlay node with this identity: IPv4 unicast, 4-byte AS. */
  static byte[] open(int identifier) {
    return BgpMessages.open(OVERLAY_ASN, identifier, HOLD_SECONDS);
  }

  /** The same of one that marks the ends of a refresh (RFC 7313), and wants them marked. */
  static byte[] openWithRefresh(int identifier) {
    return BgpMessages.open(OVERLAY_ASN, identifier, HOLD_SECONDS, octets(2, 0), octets(70, 0));
  }

  /** An UPDATE that announces prefixes with the attributes of a Landfall route. */
  static byte[] announce(String nextHop, byte[]... prefixes) {
    return BgpMessages.announce(attributes(nextHop), prefixes);
  }

  /** ORIGIN IGP, AS_PATH empty, NEXT_HOP, MED 0, LOCAL_PREF 100. */
  static byte[] attributes(String nextHop) {
    return join(
        octets(0x40, 1, 1, 0),
        octets(0x40, 2, 0),
        octets(0x40, 3, 4),
        Octets.address(nextHop),
        octets(0x80, 4, 4, 0, 0, 0, 0),
        octets(0x40, 5, 4, 0, 0, 0, 100));
  }

  /** An identity's own route with the endpoint that its node advertises. */
  static byte[] identityAt(String identity, InetAddress address, int port) {
    byte[] endpoint = BgpMessages.endpoint(Octets.ipv4(address.getHostAddress()), port);
    return BgpMessages.announce(
        join(attributes(identity), endpoint), BgpMessages.prefix(identity + "/32"));
  }
}

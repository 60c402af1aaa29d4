package io.landfall.lab;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * An IPv4 prefix as a lab's router sees it. Neither plane has such a type, on purpose; a router
 * does.
 *
 * @param text such as {@code 198.51.100.0/24}
 */
record Ipv4Prefix(String text) {
  /** Takes every IPv4 prefix, and can send none: the lab's router only listens. */
  static final PrefixCodec<Ipv4Prefix> RECEIVE_ONLY =
      new PrefixCodec<>() {
        @Override
        public Verdict<Ipv4Prefix> read(Family family, int lengthBits, byte[] address) {
          if (family != Family.IPV4_UNICAST) {
            return new Verdict.Refused<>("not-ipv4");
          }
          return new Verdict.Accepted<>(new Ipv4Prefix(dotted(address) + "/" + lengthBits));
        }

        @Override
        public Family family(Ipv4Prefix prefix) {
          return Family.IPV4_UNICAST;
        }

        @Override
        public int lengthBits(Ipv4Prefix prefix) {
          throw new UnsupportedOperationException("the lab's router announces nothing");
        }

        @Override
        public byte[] address(Ipv4Prefix prefix) {
          throw new UnsupportedOperationException("the lab's router announces nothing");
        }
      };

  private static String dotted(byte[] address) {
    try {
      return InetAddress.getByAddress(Arrays.copyOf(address, 4)).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("four bytes are an address", e);
    }
  }
}

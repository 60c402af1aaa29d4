package io.landfall.bgp;

import io.landfall.core.Addresses;
import java.util.Arrays;

/** A plane for tests: host routes of either family, anywhere. */
record HostPrefix(String address) {
  static final PrefixCodec<HostPrefix> CODEC = new Codec();

  static HostPrefix ipv4(int number) {
    return new HostPrefix(
        "10." + ((number >>> 16) & 0xff) + "." + ((number >>> 8) & 0xff) + "." + (number & 0xff));
  }

  static HostPrefix ipv6(int number) {
    byte[] bytes = new byte[16];
    bytes[0] = (byte) 0xfd;
    Wire.putU32(bytes, 12, number);
    return new HostPrefix(Addresses.format(bytes));
  }

  private static final class Codec implements PrefixCodec<HostPrefix> {
    @Override
    public Verdict<HostPrefix> read(Family family, int lengthBits, byte[] address) {
      return lengthBits == family.maxLengthBits()
          ? new Verdict.Accepted<>(new HostPrefix(Addresses.format(address)))
          : new Verdict.Refused<>("not-host-length");
    }

    @Override
    public Family family(HostPrefix prefix) {
      return prefix.address().indexOf(':') >= 0 ? Family.IPV6_UNICAST : Family.IPV4_UNICAST;
    }

    @Override
    public int lengthBits(HostPrefix prefix) {
      return family(prefix).maxLengthBits();
    }

    @Override
    public byte[] address(HostPrefix prefix) {
      byte[] bytes = Addresses.parseLiteral(prefix.address()).orElseThrow();
      return Arrays.copyOf(bytes, bytes.length);
    }
  }
}

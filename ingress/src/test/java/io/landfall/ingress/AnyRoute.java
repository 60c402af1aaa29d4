package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec;
import io.landfall.core.Addresses;

/** Any prefix at all, for the test's side of a session. */
record AnyRoute(Family family, int lengthBits, String address) {
  /** Reads {@code 192.0.2.0/24}. */
  static AnyRoute parse(String text) {
    String[] parts = text.split("/", 2);
    Family family = text.indexOf(':') < 0 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
    return new AnyRoute(family, Integer.parseInt(parts[1]), parts[0]);
  }

  @Override
  public String toString() {
    return address + "/" + lengthBits;
  }

  /** Takes everything. */
  static final class Codec implements PrefixCodec<AnyRoute> {
    @Override
    public Verdict<AnyRoute> read(Family family, int lengthBits, byte[] address) {
      return new Verdict.Accepted<>(new AnyRoute(family, lengthBits, Addresses.format(address)));
    }

    @Override
    public Family family(AnyRoute prefix) {
      return prefix.family;
    }

    @Override
    public int lengthBits(AnyRoute prefix) {
      return prefix.lengthBits;
    }

    @Override
    public byte[] address(AnyRoute prefix) {
      return Addresses.parseLiteral(prefix.address).orElseThrow();
    }
  }
}

package io.landfall.checks.separation;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec;
import io.landfall.core.Addresses;

/**
 * A prefix of any length and place, with a codec that takes them all: what a careless or hostile
 * peer speaks. It lives in tests only, and layer 4 keeps it there.
 *
 * @param address 4 or 16 bytes as text
 * @param lengthBits the prefix length
 */
record AnyPrefix(String address, int lengthBits) {
  /** Reads and writes everything. */
  static final PrefixCodec<AnyPrefix> CODEC =
      new PrefixCodec<>() {
        @Override
        public Verdict<AnyPrefix> read(Family family, int lengthBits, byte[] address) {
          return new Verdict.Accepted<>(new AnyPrefix(Addresses.format(address), lengthBits));
        }

        @Override
        public Family family(AnyPrefix prefix) {
          return prefix.address.indexOf(':') < 0 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
        }

        @Override
        public int lengthBits(AnyPrefix prefix) {
          return prefix.lengthBits;
        }

        @Override
        public byte[] address(AnyPrefix prefix) {
          return Addresses.parseLiteral(prefix.address).orElseThrow();
        }
      };

  /** The prefix that this text names. */
  static AnyPrefix of(String text) {
    String[] parts = text.split("/", 2);
    return new AnyPrefix(parts[0], Integer.parseInt(parts[1]));
  }

  @Override
  public String toString() {
    return address + "/" + lengthBits;
  }
}

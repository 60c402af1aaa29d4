package io.landfall.checks.differential;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec;
import io.landfall.core.Addresses;

/**
 * Any prefix at all, as text: the plane of a speaker without a filter, for tests only.
 *
 * @param text such as {@code 192.0.2.0/24}
 */
public record TextPrefix(String text) {
  /** Reads and writes everything. */
  public static final PrefixCodec<TextPrefix> CODEC =
      new PrefixCodec<>() {
        @Override
        public Verdict<TextPrefix> read(Family family, int lengthBits, byte[] address) {
          return new Verdict.Accepted<>(
              new TextPrefix(Addresses.format(address) + "/" + lengthBits));
        }

        @Override
        public Family family(TextPrefix prefix) {
          return prefix.text.indexOf(':') < 0 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
        }

        @Override
        public int lengthBits(TextPrefix prefix) {
          return Integer.parseInt(prefix.text.substring(prefix.text.indexOf('/') + 1));
        }

        @Override
        public byte[] address(TextPrefix prefix) {
          return Addresses.parseLiteral(prefix.text.substring(0, prefix.text.indexOf('/')))
              .orElseThrow();
        }
      };

  @Override
  public String toString() {
    return text;
  }
}

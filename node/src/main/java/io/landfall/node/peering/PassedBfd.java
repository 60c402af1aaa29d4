package io.landfall.node.peering;

import java.util.HexFormat;
import java.util.Optional;

/**
 * A BFD session that is Up as one process of a node passes it to another; the socket that its
 * packets are sent from comes beside it, since RFC 5881 section 4 wants one source port for all.
 *
 * @param discriminator this side's
 * @param last the router's last datagram
 */
public record PassedBfd(int discriminator, byte[] last) {
  private static final int HEX = 16;

  /** As a word, without spaces and commas. */
  String toText() {
    return Integer.toHexString(discriminator) + ":" + HexFormat.of().formatHex(last);
  }

  /** From such a word; empty if it is none. */
  static Optional<PassedBfd> parse(String text) {
    int at = text.indexOf(':');
    try {
      int discriminator = at < 0 ? 0 : Integer.parseUnsignedInt(text.substring(0, at), HEX);
      return discriminator == 0
          ? Optional.empty()
          : Optional.of(
              new PassedBfd(discriminator, HexFormat.of().parseHex(text.substring(at + 1))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "BFD session " + Integer.toUnsignedString(discriminator);
  }
}

package io.landfall.core;

/**
 * What the text of an anycast prefix must keep to: the one reading of it, for the config, which
 * names the rule and the line, and for plane one, which makes a value of it.
 *
 * <p>It makes no value itself. A type for a prefix here would have a meaning on both planes, and
 * there is no such thing.
 */
public final class AnycastText {
  /** The shortest IPv4 prefix that may be announced: no registry hands out more than a /8. */
  public static final int SHORTEST_IPV4_BITS = 8;

  /** The shortest IPv6 prefix that may be announced. */
  public static final int SHORTEST_IPV6_BITS = 16;

  private AnycastText() {}

  /**
   * Checks a text such as {@code 198.51.100.0/24} or {@code 2001:db8:1::/48}.
   *
   * @param overlayBlock the block of the overlay, which the prefix must not share an address with
   * @return the network address, 4 or 16 bytes
   * @throws IllegalArgumentException naming the rule that the text breaks
   */
  public static byte[] network(String text, Block overlayBlock) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "anycast prefix '" + text + "' has no prefix length; write it as 198.51.100.0/24");
    }
    byte[] address =
        Addresses.parseLiteral(text.substring(0, slash))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "anycast prefix '"
                            + text
                            + "' does not start with an IPv4 or IPv6 address"));
    int lengthBits = lengthBits(text);
    checkLength(text, address.length, lengthBits);
    checkHostBits(text, address, lengthBits);
    checkUnicast(text, address);
    if (overlayBlock.overlaps(address, lengthBits)) {
      throw new IllegalArgumentException(
          "anycast prefix "
              + text
              + " overlaps the overlay block "
              + overlayBlock
              + "; the two planes share no address");
    }
    return address;
  }

  /**
   * The length behind the slash.
   *
   * @throws IllegalArgumentException when that is not a number of one to three digits
   */
  public static int lengthBits(String text) {
    String length = text.substring(text.indexOf('/') + 1);
    // Digits only: Integer.parseInt would also take a sign and the digits of other scripts.
    if (!length.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "anycast prefix '" + text + "' has a prefix length that is not a number");
    }
    return Integer.parseInt(length);
  }

  private static void checkLength(String text, int addressBytes, int lengthBits) {
    int shortest = addressBytes == 4 ? SHORTEST_IPV4_BITS : SHORTEST_IPV6_BITS;
    if (lengthBits == 0) {
      throw new IllegalArgumentException(
          "anycast prefix " + text + " is a default route, which is never announced");
    }
    if (lengthBits < shortest || lengthBits > addressBytes * 8) {
      throw new IllegalArgumentException(
          "anycast prefix "
              + text
              + " has length "
              + lengthBits
              + ", outside "
              + shortest
              + ".."
              + addressBytes * 8);
    }
  }

  private static void checkHostBits(String text, byte[] address, int lengthBits) {
    for (int bit = lengthBits; bit < address.length * 8; bit++) {
      if ((address[bit >> 3] & (0x80 >>> (bit & 7))) != 0) {
        throw new IllegalArgumentException(
            "anycast prefix " + text + " has host bits set; the network address must end in zeros");
      }
    }
  }

  /** No node may announce this network, loopback, link local, multicast or class E. */
  private static void checkUnicast(String text, byte[] address) {
    int first = address[0] & 0xff;
    int second = address[1] & 0xff;
    boolean martian =
        address.length == 4
            ? first == 0 || first == 127 || first >= 224 || (first == 169 && second == 254)
            : first == 0 || first == 0xff || (first == 0xfe && (second & 0xc0) == 0x80);
    if (martian) {
      throw new IllegalArgumentException(
          "anycast prefix " + text + " is not in unicast space that can be announced");
    }
  }
}

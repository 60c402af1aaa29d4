package io.landfall.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Address literals to bytes and back, without ever asking a resolver. */
public final class Addresses {
  private Addresses() {}

  /**
   * Reads an IPv4 dotted quad (four decimal parts, no leading zeros) or an IPv6 literal.
   *
   * @return 4 or 16 bytes, or empty when the text is neither
   */
  public static Optional<byte[]> parseLiteral(String text) {
    return text.indexOf(':') >= 0 ? parseIpv6(text) : parseIpv4(text);
  }

  private static Optional<byte[]> parseIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      String part = parts[i];
      // A leading zero is octal to some readers and decimal to others, so it is refused.
      if (part.isEmpty() || part.length() > 3 || (part.length() > 1 && part.charAt(0) == '0')) {
        return Optional.empty();
      }
      int value = 0;
      for (int c = 0; c < part.length(); c++) {
        char digit = part.charAt(c);
        if (digit < '0' || digit > '9') {
          return Optional.empty();
        }
        value = value * 10 + (digit - '0');
      }
      if (value > 255) {
        return Optional.empty();
      }
      bytes[i] = (byte) value;
    }
    return Optional.of(bytes);
  }

  private static Optional<byte[]> parseIpv6(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!hex && c != ':' && c != '.') {
        return Optional.empty();
      }
    }
    try {
      // ofLiteral never asks a resolver; getByName would, for text such as ".:1".
      byte[] bytes = InetAddress.ofLiteral(text).getAddress();
      // An IPv4-mapped address comes back as 4 bytes: it is no address of an IPv6 link, so refused.
      return bytes.length == 16 ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * A resolved socket address as address:port, an IPv6 address in brackets (RFC 5952 section 6) and
   * without the zone that means something on this machine only.
   */
  public static String format(InetSocketAddress socket) {
    String address = format(socket.getAddress().getAddress());
    return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + socket.getPort();
  }

  /** The text form of 4 or 16 address bytes; IPv6 in the compressed form of RFC 5952. */
  public static String format(byte[] address) {
    if (address.length == 4) {
      return (address[0] & 0xff)
          + "."
          + (address[1] & 0xff)
          + "."
          + (address[2] & 0xff)
          + "."
          + (address[3] & 0xff);
    }
    int bestStart = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && group(address, i + length) == 0) {
        length++;
      }
      if (length > bestLength) {
        bestStart = i;
        bestLength = length;
      }
      i += Math.max(0, length - 1);
    }
    StringBuilder out = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        out.append("::");
        i += bestLength - 1;
        continue;
      }
      if (i > 0 && out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      out.append(Integer.toHexString(group(address, i)));
    }
    return out.toString();
  }

  private static int group(byte[] address, int index) {
    return (address[2 * index] & 0xff) << 8 | (address[2 * index + 1] & 0xff);
  }
}

package io.landfall.edge.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/** The authority of a request: a host and perhaps a port (RFC 3986 section 3.2). */
public final class Authority {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_PORT_DIGITS = 5;

  private Authority() {}

  /**
   * The host of an authority, for looking up services: lower case, without port and without a final
   * dot. User information is refused: RFC 9110 section 4.2.4 deprecates it, and parsers differ.
   */
  public static String hostOf(AsciiString authority, boolean required) throws BadMessage {
    int length = authority.length();
    if (length == 0 && !required) {
      return "";
    }
    int end = length > 0 && authority.byteAt(0) == '[' ? literalEnd(authority) : nameEnd(authority);
    int port = end;
    if (port < length && authority.byteAt(port) == ':') {
      port++;
      while (port < length && authority.byteAt(port) >= '0' && authority.byteAt(port) <= '9') {
        port++;
      }
    }
    if (end == 0 || end > 255 || port != length || !isPort(authority, end + 1)) {
      throw new BadMessage(HttpViolation.HOST_MALFORMED);
    }
    int hostEnd = end > 1 && authority.byteAt(end - 1) == '.' ? end - 1 : end;
    byte[] host = new byte[hostEnd];
    for (int i = 0; i < hostEnd; i++) {
      host[i] = Syntax.lower(authority.byteAt(i));
    }
    return new String(host, StandardCharsets.ISO_8859_1);
  }

  /** Whether the digits from there on are a port: none, or 1 to 65535. */
  private static boolean isPort(AsciiString authority, int from) {
    int digits = authority.length() - from;
    if (digits <= 0 || digits > MAX_PORT_DIGITS) {
      return digits <= 0;
    }
    int port = authority.parseInt(from, authority.length());
    return port >= 1 && port <= MAX_PORT;
  }

  private static int nameEnd(AsciiString authority) {
    int end = 0;
    while (end < authority.length() && Syntax.isHost(authority.byteAt(end))) {
      end++;
    }
    return end;
  }

  /** The end of an IP literal such as {@code [2001:db8::1]}. */
  private static int literalEnd(AsciiString authority) throws BadMessage {
    for (int at = 1; at < authority.length(); at++) {
      byte b = authority.byteAt(at);
      if (b == ']' && at > 2) {
        return at + 1;
      }
      if (Character.digit(b, 16) < 0 && b != ':' && b != '.') {
        break;
      }
    }
    throw new BadMessage(HttpViolation.HOST_MALFORMED);
  }
}

package io.landfall.trust;

import io.landfall.core.Addresses;
import java.util.Locale;

/**
 * A host and a port where a node might answer. It is an address to try, and proves nothing.
 *
 * @param host a DNS name in lower case, an IPv4 literal, or an IPv6 literal without brackets as RFC
 *     5952 writes it
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) implements Comparable<Endpoint> {
  private static final int MAX_HOST_LENGTH = 253;

  /**
   * Checks host and port.
   *
   * @throws IllegalArgumentException naming the rule that they break
   */
  public Endpoint {
    host = canonical(host.toLowerCase(Locale.ROOT));
    if (!isHost(host)) {
      throw new IllegalArgumentException("'" + host + "' is neither a host name nor an address");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is outside 1..65535");
    }
  }

  /** An IPv6 address has many texts, and is one endpoint. */
  private static String canonical(String host) {
    return host.indexOf(':') < 0
        ? host
        : Addresses.parseLiteral(host).map(Addresses::format).orElse(host);
  }

  private static boolean isHost(String host) {
    if (host.isEmpty() || host.length() > MAX_HOST_LENGTH) {
      return false;
    }
    boolean digitsAndDots = true;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      if (c == ':') {
        return Addresses.parseLiteral(host).isPresent();
      }
      if (!digit && !(c >= 'a' && c <= 'z') && c != '-' && c != '_' && c != '.') {
        return false;
      }
      digitsAndDots &= digit || c == '.';
    }
    // A name of digits and dots only is read as an address by some resolvers, in several ways.
    return !digitsAndDots || Addresses.parseLiteral(host).isPresent();
  }

  /**
   * Reads {@code nyc.edge.example:8443}, {@code 203.0.113.10:8443} or {@code [2001:db8::1]:8443}.
   *
   * @throws IllegalArgumentException naming the rule that the text breaks
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' has no port; write it as nyc.edge.example:8443");
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (!bracketed && host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is ambiguous; write an IPv6 address as [2001:db8::1]:8443");
    }
    String digits = text.substring(colon + 1);
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("'" + text + "' has a port that is not a number");
    }
    return new Endpoint(
        bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(digits));
  }

  @Override
  public int compareTo(Endpoint other) {
    int byHost = host.compareTo(other.host);
    return byHost != 0 ? byHost : Integer.compare(port, other.port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}

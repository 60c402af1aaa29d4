package io.landfall.edge;

import io.landfall.core.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of a client's connection to the CDN: what a PROXY header is about, received or sent.
 *
 * @param source where the client connects from
 * @param destination what it has connected to
 */
public record ClientAddresses(InetSocketAddress source, InetSocketAddress destination) {
  private static final int MAX_PORT = 65_535;
  private static final int MAX_PORT_DIGITS = 5;

  /** Those of two ends, if both are addresses of IP. */
  public static Optional<ClientAddresses> of(
      @Nullable SocketAddress source, @Nullable SocketAddress destination) {
    return source instanceof InetSocketAddress from
            && destination instanceof InetSocketAddress to
            && from.getAddress() != null
            && to.getAddress() != null
        ? Optional.of(new ClientAddresses(from, to))
        : Optional.empty();
  }

  /** As one node writes them for another: both as address:port, with a space between them. */
  public String text() {
    return Addresses.format(source) + " " + Addresses.format(destination);
  }

  /** What {@link #text} makes; empty for anything else. */
  public static Optional<ClientAddresses> parse(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      return Optional.empty();
    }
    Optional<InetSocketAddress> from = socket(text.substring(0, space));
    Optional<InetSocketAddress> to = socket(text.substring(space + 1));
    return from.isPresent() && to.isPresent()
        ? Optional.of(new ClientAddresses(from.get(), to.get()))
        : Optional.empty();
  }

  private static Optional<InetSocketAddress> socket(String text) {
    int colon = text.lastIndexOf(':');
    int port = colon < 0 ? -1 : port(text.substring(colon + 1));
    if (port < 0) {
      return Optional.empty();
    }
    boolean brackets = text.startsWith("[") && text.charAt(colon - 1) == ']';
    String address = brackets ? text.substring(1, colon - 1) : text.substring(0, colon);
    return Addresses.parseLiteral(address)
        .filter(bytes -> brackets == (bytes.length != 4))
        .map(bytes -> socket(bytes, port));
  }

  /** A port in decimal digits, without leading zeros; -1 if it is none. */
  public static int port(String digits) {
    boolean leadingZero = digits.length() > 1 && digits.charAt(0) == '0';
    if (digits.isEmpty() || digits.length() > MAX_PORT_DIGITS || leadingZero) {
      return -1;
    }
    int port = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      port = port * 10 + (digit - '0');
    }
    return port > MAX_PORT ? -1 : port;
  }

  /** An address of 4 or 16 bytes with a port. */
  public static InetSocketAddress socket(byte[] address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
    }
  }
}

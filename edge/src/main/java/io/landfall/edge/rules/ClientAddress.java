package io.landfall.edge.rules;

import io.landfall.core.Addresses;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The address of who sent a request: that of the connection or, behind trusted proxies, the last
 * one in X-Forwarded-For that is none of theirs. What stands before that is what the client wrote.
 *
 * <p>Forwarded (RFC 7239) is not read: most proxies write X-Forwarded-For only, and pass on what a
 * client has in Forwarded.
 */
public final class ClientAddress {
  /** The most proxies that are looked at: no chain is longer that is not made up. */
  static final int MAX_HOPS = 32;

  private static final String MAPPED = "::ffff:";

  private ClientAddress() {}

  /**
   * The address of the client.
   *
   * @param request the request, as it was received from the client or a proxy
   * @param remote where its connection came from
   * @return null if the connection is none of IP
   */
  public static @Nullable InetAddress of(
      RequestHead request, SocketAddress remote, TrustedProxies proxies) {
    if (!(remote instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      return null;
    }
    InetAddress known = socket.getAddress();
    return proxies.contains(known) ? behind(known, request.fields(), proxies) : known;
  }

  private static InetAddress behind(InetAddress proxy, FieldLines fields, TrustedProxies proxies) {
    InetAddress known = proxy;
    int hops = 0;
    for (int i = fields.size() - 1; i >= 0; i--) {
      if (!fields.name(i).equals(FieldNames.X_FORWARDED_FOR)) {
        continue;
      }
      String value = fields.value(i).toString();
      int end = value.length();
      while (end >= 0) {
        int comma = value.lastIndexOf(',', end - 1);
        String element = value.substring(comma + 1, end).strip();
        end = comma;
        if (element.isEmpty()) {
          continue;
        }
        InetAddress client = parse(element);
        if (client == null) {
          // It is not known who that is: the proxy that wrote it is the last one that is.
          return known;
        }
        known = client;
        hops++;
        if (!proxies.contains(client) || hops == MAX_HOPS) {
          return known;
        }
      }
    }
    return known;
  }

  /** An address, which some proxies write with a port; null if it is none. */
  private static @Nullable InetAddress parse(String element) {
    String text = element;
    if (text.startsWith("[")) {
      int bracket = text.indexOf(']');
      text = bracket < 0 ? "" : text.substring(1, bracket);
    } else if (text.indexOf('.') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      int colon = text.indexOf(':');
      text = colon < 0 ? text : text.substring(0, colon);
    }
    if (text.regionMatches(true, 0, MAPPED, 0, MAPPED.length()) && text.indexOf('.') >= 0) {
      text = text.substring(MAPPED.length());
    }
    Optional<byte[]> bytes = Addresses.parseLiteral(text);
    try {
      return bytes.isEmpty() ? null : InetAddress.getByAddress(bytes.get());
    } catch (UnknownHostException e) {
      return null;
    }
  }
}

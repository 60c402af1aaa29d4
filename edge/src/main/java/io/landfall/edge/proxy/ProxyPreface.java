package io.landfall.edge.proxy;

import io.landfall.core.Addresses;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.ProxyProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The PROXY header with which a connection to a backend begins. */
public final class ProxyPreface {
  private static final byte[] NONE = {};
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;

  private ProxyPreface() {}

  /**
   * The header's bytes; none without the protocol.
   *
   * @param client whose connection it is; null for one of this node itself, such as a probe or a
   *     fetch of the cache, which is LOCAL in version 2 and UNKNOWN in version 1
   */
  public static byte[] of(ProxyProtocol version, @Nullable ClientAddresses client) {
    return switch (version) {
      case NONE -> NONE;
      case V1 -> line(client).getBytes(StandardCharsets.US_ASCII);
      case V2 -> binary(client);
    };
  }

  private static String line(@Nullable ClientAddresses client) {
    if (client == null) {
      return "PROXY UNKNOWN\r\n";
    }
    boolean ipv4 = isIpv4(client);
    return (ipv4 ? "PROXY TCP4 " : "PROXY TCP6 ")
        + text(client.source(), ipv4)
        + ' '
        + text(client.destination(), ipv4)
        + ' '
        + client.source().getPort()
        + ' '
        + client.destination().getPort()
        + "\r\n";
  }

  private static String text(InetSocketAddress socket, boolean ipv4) {
    byte[] address = socket.getAddress().getAddress();
    String text = Addresses.format(address);
    return ipv4 || address.length != 4 ? text : "::ffff:" + text;
  }

  private static byte[] binary(@Nullable ClientAddresses client) {
    if (client == null) {
      return ByteBuffer.allocate(16).put(ProxyHeader.SIGNATURE).put((byte) LOCAL).array();
    }
    boolean ipv4 = isIpv4(client);
    int bytes = ipv4 ? 12 : 36;
    ByteBuffer out =
        ByteBuffer.allocate(16 + bytes)
            .put(ProxyHeader.SIGNATURE)
            .put((byte) PROXY)
            .put((byte) (ipv4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6))
            .putShort((short) bytes);
    put(out, client.source().getAddress(), ipv4);
    put(out, client.destination().getAddress(), ipv4);
    return out.putShort((short) client.source().getPort())
        .putShort((short) client.destination().getPort())
        .array();
  }

  private static void put(ByteBuffer out, InetAddress address, boolean ipv4) {
    byte[] bytes = address.getAddress();
    if (!ipv4 && bytes.length == 4) {
      // Both ends are of one family in a header: an IPv4 address is an IPv4-mapped one (RFC 4291).
      out.put(new byte[10]).putShort((short) 0xffff);
    }
    out.put(bytes);
  }

  private static boolean isIpv4(ClientAddresses client) {
    return client.source().getAddress().getAddress().length == 4
        && client.destination().getAddress().getAddress().length == 4;
  }
}

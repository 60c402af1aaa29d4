package io.landfall.edge.http;

import io.landfall.core.Addresses;
import io.landfall.core.NodeName;
import io.landfall.edge.EdgeSettings;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * The fields that go upstream with a request. Dropped: what belongs to one hop (RFC 9110 section
 * 7.6.1, with what Connection names), what only our nodes say to each other, and, from a client,
 * what it says of the way it came. Added: Via (RFC 9110 section 7.6.3), Forwarded (RFC 7239),
 * CDN-Loop (RFC 8586). Host and the framing are left to whoever writes the message.
 */
public final class RequestFields {
  private final AsciiString via11;
  private final AsciiString via10;
  private final AsciiString via2;
  private final AsciiString cdnLoop;
  private final String by;

  /** What a node of that name and CDN-Loop id adds. */
  public RequestFields(EdgeSettings config) {
    String name = config.node().value();
    via11 = AsciiString.cached("1.1 " + name);
    via10 = AsciiString.cached("1.0 " + name);
    via2 = AsciiString.cached("2 " + name);
    cdnLoop = AsciiString.cached(config.cdnId());
    by = ";by=_" + name;
  }

  /** Whether CDN-Loop says that the request passed this node. */
  public boolean looped(RequestHead request) {
    FieldLines fields = request.fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(FieldNames.CDN_LOOP) && Tokens.contains(fields.value(i), cdnLoop)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The fields to send.
   *
   * @param request the request as received
   * @param remote the address it came from
   * @param peer the node that forwarded it, empty for a client's
   */
  public FieldLines upstream(RequestHead request, SocketAddress remote, Optional<NodeName> peer) {
    FieldLines in = request.fields();
    FieldLines out = new FieldLines(in.size() + 4);
    boolean nominates = nominatesMore(in);
    for (int i = 0; i < in.size(); i++) {
      AsciiString name = in.name(i);
      if (FieldNames.isHopByHop(name)
          || name.equals(FieldNames.HOST)
          || name.equals(FieldNames.CONTENT_LENGTH)
          || name.equals(FieldNames.EXPECT)
          || FieldNames.isPrivate(name)
          || (peer.isEmpty() && FieldNames.isHopMark(name))
          || (nominates && isNominated(in, name))) {
        continue;
      }
      out.add(name, in.value(i));
    }
    out.add(FieldNames.VIA, peer.isPresent() ? via2 : request.version11() ? via11 : via10);
    out.add(FieldNames.CDN_LOOP, cdnLoop);
    out.add(FieldNames.FORWARDED, forwarded(request, remote, peer));
    return out;
  }

  /** Whether a Connection field says more than whether the connection is kept. */
  static boolean nominatesMore(FieldLines fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(FieldNames.CONNECTION)) {
        AsciiString value = fields.value(i);
        if (!value.contentEqualsIgnoreCase("keep-alive")
            && !value.contentEqualsIgnoreCase("close")) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a Connection field names that field, and may. */
  static boolean isNominated(FieldLines fields, AsciiString name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.name(i).equals(FieldNames.CONNECTION) && Tokens.contains(fields.value(i), name)) {
        return FieldNames.isNominable(name);
      }
    }
    return false;
  }

  private AsciiString forwarded(
      RequestHead request, SocketAddress remote, Optional<NodeName> peer) {
    StringBuilder text = new StringBuilder(96).append("for=");
    if (peer.isPresent()) {
      return new AsciiString(text.append('_').append(peer.get()).append(by));
    }
    appendNode(text, remote);
    text.append(by).append(";host=");
    // A host may hold ":" and "[", which make it no token (RFC 7239 section 4).
    text.append('"').append(request.authority()).append("\";proto=").append(request.scheme());
    return new AsciiString(text);
  }

  private static void appendNode(StringBuilder text, SocketAddress remote) {
    if (!(remote instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      text.append("unknown");
      return;
    }
    byte[] address = socket.getAddress().getAddress();
    if (address.length == 4) {
      text.append(Addresses.format(address));
    } else {
      text.append("\"[").append(Addresses.format(address)).append("]\"");
    }
  }
}

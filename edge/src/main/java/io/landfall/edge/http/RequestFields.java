package io.landfall.edge.http;

import io.landfall.core.Addresses;
import io.landfall.core.NodeName;
import io.landfall.edge.ClientClaims.Lookalikes;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.TrustedProxies;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields that go upstream with a request. Dropped: what belongs to one hop (RFC 9110 section
 * 7.6.1, with what Connection names), what only our nodes say to each other, and, from a client,
 * what it sends of the way it came, unless it is a trusted proxy. Added: Via (RFC 9110 section
 * 7.6.3), Forwarded (RFC 7239) with X-Forwarded-For, -Proto and -Host, CDN-Loop (RFC 8586). Host
 * and the framing are left to the writer of the message.
 */
public final class RequestFields {
  private final AsciiString via11;
  private final AsciiString via10;
  private final AsciiString via2;
  private final AsciiString cdnLoop;
  private final String by;
  private final TrustedProxies trustedProxies;
  private final Lookalikes lookalikes;

  /** What a node of that name and CDN-Loop id adds. */
  public RequestFields(EdgeSettings config) {
    String name = config.node().value();
    via11 = AsciiString.cached("1.1 " + name);
    via10 = AsciiString.cached("1.0 " + name);
    via2 = AsciiString.cached("2 " + name);
    cdnLoop = AsciiString.cached(config.cdnId());
    by = ";by=_" + name;
    trustedProxies = config.claims().trustedProxies();
    lookalikes = config.claims().lookalikes();
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
    FieldLines out = new FieldLines(in.size() + 8);
    boolean nominates = nominatesMore(in);
    boolean trusted = peer.isPresent() || trustedProxies.contains(remote);
    boolean counts = request.method().isOptions();
    AsciiString certificate = peer.isEmpty() ? in.first(FieldNames.CONNECTION_CERT) : null;
    for (int i = 0; i < in.size(); i++) {
      AsciiString name = in.name(i);
      if (FieldNames.isHopByHop(name)
          || name.equals(FieldNames.HOST)
          || name.equals(FieldNames.CONTENT_LENGTH)
          || name.equals(FieldNames.EXPECT)
          || FieldNames.isPrivate(name)
          || (!trusted && FieldNames.isHopMark(name))
          || (peer.isEmpty() && name.equals(FieldNames.X_FORWARDED_FOR))
          || FieldNames.isNeverPassed(name, lookalikes)
          || name.equals(FieldNames.CONNECTION_CERT)
          || (certificate != null && FieldNames.isClientCertificate(name))
          || (nominates && isNominated(in, name))) {
        continue;
      }
      boolean hopsLeft = counts && name.equals(FieldNames.MAX_FORWARDS);
      out.add(name, hopsLeft ? oneLess(in.value(i)) : in.value(i));
    }
    out.add(FieldNames.VIA, via(request));
    out.add(FieldNames.CDN_LOOP, cdnLoop);
    String node = peer.isPresent() ? '_' + peer.get().value() : addressOf(remote);
    out.add(FieldNames.FORWARDED, forwarded(request, node, peer));
    if (certificate != null) {
      out.add(FieldNames.CLIENT_CERT, certificate);
    }
    if (peer.isEmpty()) {
      addForwardedFor(out, in, trusted, node);
      addIfAbsent(out, FieldNames.X_FORWARDED_PROTO, request.scheme());
      addIfAbsent(out, FieldNames.X_FORWARDED_HOST, request.authority());
    }
    if (request.expectsContinue()) {
      out.add(FieldNames.EXPECT, RequestHead.CONTINUE);
    }
    return out;
  }

  /**
   * The request of a client, with the scheme in which the client reached the CDN: that is for a
   * trusted proxy to tell, such as one that ends TLS.
   */
  public RequestHead asReached(RequestHead request, SocketAddress remote) {
    if (!trustedProxies.contains(remote)) {
      return request;
    }
    AsciiString told = request.fields().first(FieldNames.X_FORWARDED_PROTO);
    if (told == null) {
      return request;
    }
    int comma = told.indexOf(',', 0);
    AsciiString first = (comma < 0 ? told : told.subSequence(0, comma)).trim();
    if (first.contentEqualsIgnoreCase(RequestHead.HTTPS)) {
      return request.reachedBy(RequestHead.HTTPS);
    }
    return first.contentEqualsIgnoreCase(RequestHead.HTTP)
        ? request.reachedBy(RequestHead.HTTP)
        : request;
  }

  /**
   * The trailers that go upstream: none that has the way that the request came, from whomever, for
   * a recipient may take them for fields of the head.
   *
   * @param received such as may be trailers ({@link TrailerRules})
   * @return null if none is left
   */
  public @Nullable FieldLines trailers(FieldLines received) {
    FieldLines out = new FieldLines(received.size());
    for (int i = 0; i < received.size(); i++) {
      AsciiString name = received.name(i);
      if (!FieldNames.isHopMark(name) && !FieldNames.isNeverPassed(name, lookalikes)) {
        out.add(name, received.value(i));
      }
    }
    return out.size() == 0 ? null : out;
  }

  /** Via has the version in which the request was received (RFC 9110 section 7.6.3). */
  private AsciiString via(RequestHead request) {
    return switch (request.version()) {
      case HTTP_1_0 -> via10;
      case HTTP_1_1 -> via11;
      case HTTP_2 -> via2;
    };
  }

  /**
   * Whether the request is for this node itself (RFC 9110 section 7.6.2): OPTIONS that may be
   * forwarded no further. TRACE, the other method with that rule, is refused before.
   */
  public static boolean isForThisNode(RequestHead request) {
    if (!request.method().isOptions()) {
      return false;
    }
    AsciiString hops = request.fields().first(FieldNames.MAX_FORWARDS);
    return hops != null && Syntax.number(hops) == 0;
  }

  private static AsciiString oneLess(AsciiString hops) {
    long number = Syntax.number(hops);
    return number > 0 ? AsciiString.of(Long.toString(number - 1)) : hops;
  }

  /** The client's address, behind those that a trusted proxy sent, in one line. */
  private static void addForwardedFor(
      FieldLines out, FieldLines in, boolean trusted, String client) {
    if (!trusted || !in.has(FieldNames.X_FORWARDED_FOR)) {
      out.add(FieldNames.X_FORWARDED_FOR, AsciiString.of(client));
      return;
    }
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < in.size(); i++) {
      if (in.name(i).equals(FieldNames.X_FORWARDED_FOR)) {
        all.append(in.value(i)).append(", ");
      }
    }
    out.add(FieldNames.X_FORWARDED_FOR, new AsciiString(all.append(client)));
  }

  private static void addIfAbsent(FieldLines out, AsciiString name, AsciiString value) {
    if (!value.isEmpty() && !out.has(name)) {
      out.add(name, value);
    }
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

  /** Whether Connection names a field of the request, which then does not go to an upstream. */
  public static boolean dropsNominated(FieldLines fields) {
    boolean drops = false;
    if (nominatesMore(fields)) {
      for (int i = 0; i < fields.size() && !drops; i++) {
        AsciiString name = fields.name(i);
        drops = !FieldNames.isHopByHop(name) && isNominated(fields, name);
      }
    }
    return drops;
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

  private AsciiString forwarded(RequestHead request, String node, Optional<NodeName> peer) {
    StringBuilder text = new StringBuilder(96).append("for=");
    if (peer.isPresent()) {
      return new AsciiString(text.append(node).append(by));
    }
    if (node.indexOf(':') < 0) {
      text.append(node);
    } else {
      text.append("\"[").append(node).append("]\"");
    }
    text.append(by).append(";host=");
    // A host may hold ":" and "[", which make it no token (RFC 7239 section 4).
    text.append('"').append(request.authority()).append("\";proto=").append(request.scheme());
    return new AsciiString(text);
  }

  private static String addressOf(SocketAddress remote) {
    return remote instanceof InetSocketAddress socket && socket.getAddress() != null
        ? Addresses.format(socket.getAddress().getAddress())
        : "unknown";
  }
}

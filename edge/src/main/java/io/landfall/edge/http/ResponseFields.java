package io.landfall.edge.http;

import io.landfall.core.NodeName;
import io.netty.util.AsciiString;

/**
 * The fields that go back with an upstream's response: without what belongs to one hop, what only
 * our nodes send each other, and to clients what is meant for the caches of this CDN; with Via (RFC
 * 9110 section 7.6.3), Proxy-Status (RFC 9209) and, if the upstream gave none, Date. Content-Length
 * stays: the message's framing is taken from it.
 */
public final class ResponseFields {
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int RESET_CONTENT = 205;
  private static final AsciiString ZERO = AsciiString.cached("0");

  private final AsciiString via10;
  private final AsciiString via11;
  private final AsciiString via2;

  /** What a node of that name adds. */
  public ResponseFields(NodeName node) {
    this.via10 = AsciiString.cached("1.0 " + node.value());
    this.via11 = AsciiString.cached("1.1 " + node.value());
    this.via2 = AsciiString.cached("2 " + node.value());
  }

  /**
   * The fields to send.
   *
   * @param response the response as received
   * @param overHttp2 whether it came over HTTP/2
   * @param status this node's entry of Proxy-Status
   * @param date the value for Date if there is none
   * @param toNode whether another node gets it, which gets what is meant for the CDN's caches
   */
  public FieldLines downstream(
      ResponseHead response,
      boolean overHttp2,
      AsciiString status,
      AsciiString date,
      boolean toNode) {
    FieldLines in = response.fields();
    FieldLines out = new FieldLines(in.size() + 4);
    pass(response, out, toNode);
    if (!out.has(FieldNames.DATE)) {
      out.add(FieldNames.DATE, date);
    }
    if (response.status() == RESET_CONTENT) {
      out.add(FieldNames.CONTENT_LENGTH, ZERO);
    }
    out.add(FieldNames.VIA, via(response, overHttp2));
    out.add(FieldNames.PROXY_STATUS, status);
    return out;
  }

  /** Adds to fields that may be sent as they are what tells the way: Via and Proxy-Status. */
  public void addWay(ResponseHead response, boolean overHttp2, AsciiString status) {
    response.fields().add(FieldNames.VIA, via(response, overHttp2));
    response.fields().add(FieldNames.PROXY_STATUS, status);
  }

  /** The fields of an interim response, to which only Via is added. */
  public FieldLines interim(ResponseHead response, boolean overHttp2) {
    FieldLines out = new FieldLines(response.fields().size() + 1);
    pass(response, out, false);
    out.add(FieldNames.VIA, via(response, overHttp2));
    return out;
  }

  private AsciiString via(ResponseHead response, boolean overHttp2) {
    return overHttp2 ? via2 : response.version11() ? via11 : via10;
  }

  private static void pass(ResponseHead response, FieldLines out, boolean toNode) {
    FieldLines in = response.fields();
    boolean nominates = RequestFields.nominatesMore(in);
    // RFC 9110 section 8.6: a length has no place in a 1xx or 204, whatever the upstream thinks.
    boolean withoutLength =
        response.status() < OK
            || response.status() == NO_CONTENT
            || response.status() == RESET_CONTENT;
    for (int i = 0; i < in.size(); i++) {
      AsciiString name = in.name(i);
      if (!FieldNames.isHopByHop(name)
          && (FieldNames.isForCaches(name) ? toNode : !FieldNames.isPrivate(name))
          && !(withoutLength && name.equals(FieldNames.CONTENT_LENGTH))
          && !(nominates && RequestFields.isNominated(in, name))) {
        out.add(name, in.value(i));
      }
    }
  }
}

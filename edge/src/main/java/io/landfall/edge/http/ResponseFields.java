package io.landfall.edge.http;

import io.landfall.core.NodeName;
import io.netty.util.AsciiString;

/**
 * The fields that go back with an upstream's response: without what belongs to one hop and what
 * only our nodes say to each other; with Via (RFC 9110 section 7.6.3), Proxy-Status (RFC 9209) and,
 * if the upstream gave none, Date. Content-Length stays: the message's framing is taken from it.
 */
public final class ResponseFields {
  private final AsciiString via11;
  private final AsciiString via2;

  /** What a node of that name adds. */
  public ResponseFields(NodeName node) {
    this.via11 = AsciiString.cached("1.1 " + node.value());
    this.via2 = AsciiString.cached("2 " + node.value());
  }

  /**
   * The fields to send.
   *
   * @param response the response as received
   * @param fromNode whether another node sent it, over HTTP/2
   * @param status this node's entry of Proxy-Status
   * @param date the value for Date if there is none
   */
  public FieldLines downstream(
      ResponseHead response, boolean fromNode, AsciiString status, AsciiString date) {
    FieldLines in = response.fields();
    FieldLines out = new FieldLines(in.size() + 4);
    boolean nominates = RequestFields.nominatesMore(in);
    boolean dated = false;
    // RFC 9110 section 8.6: a length has no place in a 204, whatever the upstream thinks.
    boolean withoutLength = response.status() == 204;
    for (int i = 0; i < in.size(); i++) {
      AsciiString name = in.name(i);
      if (FieldNames.isHopByHop(name)
          || FieldNames.isPrivate(name)
          || (withoutLength && name.equals(FieldNames.CONTENT_LENGTH))
          || (nominates && RequestFields.isNominated(in, name))) {
        continue;
      }
      dated |= name.equals(FieldNames.DATE);
      out.add(name, in.value(i));
    }
    if (!dated) {
      out.add(FieldNames.DATE, date);
    }
    out.add(FieldNames.VIA, fromNode ? via2 : via11);
    out.add(FieldNames.PROXY_STATUS, status);
    return out;
  }
}

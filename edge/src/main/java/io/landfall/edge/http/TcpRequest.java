package io.landfall.edge.http;

import io.landfall.core.ServiceName;
import io.landfall.decision.View;
import io.landfall.edge.TunnelSettings;
import io.netty.util.AsciiString;

/**
 * A connection of a client to a TCP service, in the form of a request that switches protocols: a
 * client sends no such head. Between nodes it is extended CONNECT with the service's name as its
 * authority and {@link #PROTOCOL}.
 */
public final class TcpRequest {
  /** What it switches to; the config refuses it as a protocol of HTTP services. */
  public static final AsciiString PROTOCOL = TunnelSettings.TCP;

  private TcpRequest() {}

  /** That of a new connection. */
  public static RequestHead of(ServiceName service) {
    FieldLines fields = new FieldLines(2);
    fields.add(FieldNames.CONNECTION, Upgrades.UPGRADE);
    fields.add(FieldNames.UPGRADE, PROTOCOL);
    return new RequestHead(
        Method.GET,
        RequestHead.HTTP,
        AsciiString.of(service.value()),
        View.hostOfTcp(service.value()),
        "/",
        HttpVersion.HTTP_1_1,
        fields,
        Framing.NONE);
  }

  /** A node's request, with the host by which its TCP service is found if it is for one. */
  public static RequestHead ofNode(RequestHead head) {
    AsciiString protocol = head.fields().first(FieldNames.UPGRADE);
    return protocol == null || !protocol.equals(PROTOCOL) || !Upgrades.isExtendedConnect(head)
        ? head
        : new RequestHead(
            head.method(),
            head.scheme(),
            head.authority(),
            View.hostOfTcp(head.host()),
            head.target(),
            head.version(),
            head.fields(),
            head.framing());
  }

  /** Whether it is one. */
  public static boolean is(RequestHead request) {
    return View.isHostOfTcp(request.host());
  }
}

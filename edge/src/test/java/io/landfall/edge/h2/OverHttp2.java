package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.RequestHead;
import io.netty.handler.codec.http2.Http2Headers;

/** What the next node makes of a request that this one forwards. */
public final class OverHttp2 {
  private OverHttp2() {}

  /** The head as it is sent. */
  public static Http2Headers sent(RequestHead head, FieldLines fields) {
    return H2Heads.request(head, fields, null);
  }

  /** The head as it is received. */
  public static RequestHead received(Http2Headers sent, boolean ended, EdgeLimits limits)
      throws BadMessage {
    return H2Heads.acceptRequest(sent, ended, H2Profile.NODE.maxFields(limits));
  }
}

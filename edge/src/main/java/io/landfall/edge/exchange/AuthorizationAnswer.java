package io.landfall.edge.exchange;

import io.landfall.decision.Reason;
import io.landfall.edge.exchange.LocalResponses.Answer;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.util.Set;

/** The answer of an authorization service to a client whose request may not go on. */
final class AuthorizationAnswer {
  private static final AsciiString CACHE_CONTROL = AsciiString.cached("cache-control");
  private static final AsciiString NO_STORE = AsciiString.cached("no-store");

  /** What of its fields a client gets: how to log in, and what the content is. */
  private static final Set<AsciiString> PASSED =
      Set.of(
          AsciiString.cached("www-authenticate"),
          AsciiString.cached("location"),
          AsciiString.cached("retry-after"),
          AsciiString.cached("content-language"),
          AsciiString.cached("content-security-policy"),
          FieldNames.SET_COOKIE,
          FieldNames.CONTENT_TYPE);

  private AuthorizationAnswer() {}

  /**
   * The answer as it is sent; no cache may keep it.
   *
   * @param fields those of the authorization service's answer
   */
  static Answer of(int status, FieldLines fields, byte[] body, Arrived arrived) {
    Exchanges loop = arrived.loop();
    FieldLines out = new FieldLines(fields.size() + 4);
    for (int i = 0; i < fields.size(); i++) {
      if (PASSED.contains(fields.name(i))) {
        out.add(fields.name(i), fields.value(i));
      }
    }
    out.add(CACHE_CONTROL, NO_STORE);
    out.add(FieldNames.CONTENT_LENGTH, AsciiString.of(Integer.toString(body.length)));
    out.add(FieldNames.DATE, loop.date());
    out.add(
        FieldNames.PROXY_STATUS,
        loop.runtime().proxyStatus().passed("", Reason.AUTHORIZATION_DENIED, 0));
    boolean toHead = arrived.request().isHead();
    return new Answer(
        status,
        out,
        toHead ? Framing.NONE : Framing.length(body.length),
        toHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
  }
}

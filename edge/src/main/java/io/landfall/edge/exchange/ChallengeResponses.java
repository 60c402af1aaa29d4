package io.landfall.edge.exchange;

import io.landfall.decision.Reason;
import io.landfall.edge.ChallengeAnswers;
import io.landfall.edge.exchange.LocalResponses.Answer;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.RequestHead;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answers to challenges of http-01 (RFC 8555 section 8.3). They come before the rules and the
 * route of a request, which must not keep a certificate from being issued: a redirect to https, a
 * list of addresses, a host that is no service here yet.
 */
final class ChallengeResponses {
  private static final AsciiString OCTETS = AsciiString.cached("application/octet-stream");
  private static final int OK = 200;

  private ChallengeResponses() {}

  /** The answer; null for a request that is for no challenge that is known here. */
  static @Nullable Answer of(Arrived arrived, RequestLog log) {
    RequestHead request = arrived.request();
    if (!request.target().startsWith(ChallengeAnswers.PATH)
        || !request.method().isRead()
        || arrived.peer().isPresent()
        || arrived.isFill()) {
      return null;
    }
    String token = request.target().substring(ChallengeAnswers.PATH.length());
    Exchanges loop = arrived.loop();
    Optional<String> known = loop.runtime().ports().challenges().http(request.host(), token);
    if (known.isEmpty()) {
      return null;
    }
    log.reason = Reason.ACME_CHALLENGE;
    byte[] body = known.get().getBytes(StandardCharsets.US_ASCII);
    FieldLines fields = new FieldLines(4);
    fields.add(FieldNames.CONTENT_TYPE, OCTETS);
    fields.add(FieldNames.CONTENT_LENGTH, AsciiString.of(Integer.toString(body.length)));
    fields.add(FieldNames.DATE, loop.date());
    return request.isHead()
        ? new Answer(OK, fields, Framing.NONE, Unpooled.EMPTY_BUFFER)
        : new Answer(OK, fields, Framing.length(body.length), Unpooled.wrappedBuffer(body));
  }
}

package io.landfall.edge.exchange;

import io.landfall.core.InvariantBroken;
import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.edge.exchange.LocalResponses.Answer;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.rules.Ruling;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.util.Optional;

/** The responses that rules of services have (docs/traffic-rules.md). */
final class RuleAnswers {
  private static final AsciiString LOCATION = AsciiString.cached("location");
  private static final AsciiString ZERO = AsciiString.cached("0");

  private RuleAnswers() {}

  /** The answer, which is recorded with its reason. */
  static Answer of(Ruling ruling, ServiceName service, Arrived arrived, RequestLog log) {
    log.service = Optional.of(service);
    return switch (ruling) {
      case Ruling.Denied() -> declined(Reason.CLIENT_DENIED, arrived, log);
      case Ruling.Limited(long seconds, FieldLines fields) -> {
        Answer answer = declined(Reason.RATE_LIMITED, arrived, log);
        addRetryAfter(answer, seconds);
        for (int i = 0; i < fields.size(); i++) {
          answer.fields().add(fields.name(i), fields.value(i));
        }
        yield answer;
      }
      case Ruling.Maintained(Optional<AsciiString> page, long seconds) -> {
        Answer answer = declined(Reason.MAINTENANCE, arrived, log);
        addRetryAfter(answer, seconds);
        yield page.isEmpty() ? answer : answer.withPage(page.get(), arrived.request());
      }
      case Ruling.Redirected(int status, AsciiString location) -> {
        log.reason = Reason.REDIRECTED;
        yield redirect(status, location, arrived);
      }
      case Ruling.Passed(FieldLines fields) ->
          throw new InvariantBroken("a request that passes has no answer of a rule");
    };
  }

  /** The answer of this node for a reason, which is recorded. */
  static Answer declined(Reason reason, Arrived arrived, RequestLog log) {
    log.reason = reason;
    Exchanges loop = arrived.loop();
    return loop.runtime()
        .localResponses()
        .declined(arrived.request(), log.service, reason, false, loop.date());
  }

  private static void addRetryAfter(Answer answer, long seconds) {
    answer.fields().add(FieldNames.RETRY_AFTER, AsciiString.of(Long.toString(seconds)));
  }

  private static Answer redirect(int status, AsciiString location, Arrived arrived) {
    Exchanges loop = arrived.loop();
    FieldLines fields = new FieldLines(8);
    fields.add(LOCATION, location);
    fields.add(FieldNames.CONTENT_LENGTH, ZERO);
    fields.add(FieldNames.DATE, loop.date());
    fields.add(
        FieldNames.PROXY_STATUS, loop.runtime().proxyStatus().passed("", Reason.REDIRECTED, 0));
    Framing framing = arrived.request().isHead() ? Framing.NONE : Framing.length(0);
    return new Answer(status, fields, framing, Unpooled.EMPTY_BUFFER);
  }
}

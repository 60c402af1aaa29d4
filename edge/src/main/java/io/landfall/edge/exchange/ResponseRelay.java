package io.landfall.edge.exchange;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.TrailerRules;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The one response to a request on its way to the {@link Downstream}: an attempt's, or one that
 * this node makes itself.
 */
final class ResponseRelay {
  private static final int CONTINUE = 100;
  private static final int RESET_CONTENT = 205;
  private static final int MORE_OF_ASKER = 3;

  private final Exchanges all;
  private final RequestHead request;
  private final Downstream down;
  private final boolean toNode;
  private boolean begun;
  private boolean withoutBody;

  /** What copies the body; null if nothing does. */
  private @Nullable CacheTurn copying;

  ResponseRelay(Arrived arrived) {
    this.all = arrived.loop();
    this.request = arrived.request();
    this.down = arrived.downstream();
    this.toNode = arrived.peer().isPresent();
  }

  /** Whether the head of an attempt's response was passed on, so that no other can be. */
  boolean isBegun() {
    return begun;
  }

  /** Passes on the head of an attempt's response. */
  void head(Attempt from, ResponseHead head, RequestLog log, Attempts attempts) {
    begun = true;
    attempts.answered(from, head.status());
    log.status = head.status();
    if (from.isOfCache()) {
      log.target = from.name();
    }
    if (down instanceof FillDownstream fill) {
      LocalBackends asked = attempts.backends(from);
      FieldLines ofAsker = new FieldLines(MORE_OF_ASKER);
      if (asked != null) {
        asked.addTo(ofAsker);
      }
      fill.received(head, from, ofAsker);
      return;
    }
    FieldLines fields = fields(from, head, log, attempts.backends(from));
    CacheTurn cache = attempts.cache();
    if (cache != null && !from.isOfCache() && cache.passed(head, from.isFromNode(), fields)) {
      copying = cache;
    }
    // RFC 9110 section 15.3.6: there is no content in a 205, whatever the upstream thinks.
    withoutBody = request.isHead() || head.status() == RESET_CONTENT;
    down.respond(
        head.status(),
        fields,
        head.status() == RESET_CONTENT && !request.isHead() ? Framing.length(0) : head.framing());
  }

  private FieldLines fields(
      Attempt from, ResponseHead head, RequestLog log, @Nullable LocalBackends asked) {
    EdgeRuntime runtime = all.runtime();
    AsciiString status = runtime.proxyStatus().passed(from.nextHop(), log.reason, log.attempts);
    if (from.hasFieldsToSend()) {
      runtime.responseFields().addWay(head, from.isOverHttp2(), status);
      return head.fields();
    }
    // What a backend has for the CDN's caches does not stand beside what this node has.
    boolean forCaches = toNode && (asked == null || !asked.isForFew());
    FieldLines fields =
        runtime
            .responseFields()
            .downstream(head, from.isOverHttp2(), status, all.date(), forCaches);
    if (asked != null) {
      asked.addTo(fields);
    }
    return fields;
  }

  /** Passes on that the place has switched protocols. */
  void switched(
      Attempt from, ResponseHead head, AsciiString protocol, RequestLog log, Attempts attempts) {
    begun = true;
    attempts.answered(from, head.status());
    log.status = head.status();
    down.switchProtocols(protocol, fields(from, head, log, attempts.backends(from)));
  }

  /**
   * Passes on an interim response (RFC 9110 section 15.2). A client of HTTP/1.0 knows none, and of
   * 100 (Continue) only the first has a meaning, and only for who waits for it.
   */
  void interim(int status, FieldLines fields, RequestRelay body) {
    if (request.version11() && (status != CONTINUE || body.continues())) {
      down.interim(status, fields);
    }
  }

  /** Passes on a piece of the body, which is taken over; false when there is no use for it. */
  boolean data(ByteBuf piece) {
    if (withoutBody) {
      piece.release();
      return false;
    }
    if (copying != null) {
      copying.passedData(piece);
    }
    down.body(piece);
    return true;
  }

  /** Passes on what comes behind the body, without what must not come there. */
  void trailers(FieldLines fields) {
    FieldLines allowed = TrailerRules.allowed(fields);
    all.runtime().counters().droppedTrailers.add(fields.size() - allowed.size());
    if (allowed.size() > 0) {
      down.trailers(allowed);
    }
  }

  /** An attempt's response is complete. */
  void end() {
    if (copying != null) {
      copying.passedEnd();
    }
  }

  /** Decision declined the request. */
  LocalResponses.Answer declined(RequestLog log) {
    if (down instanceof FillDownstream fill) {
      fill.declined();
    }
    return all.runtime()
        .localResponses()
        .declined(request, log.service, log.reason, toNode, all.date());
  }

  /** Another node gets its request back, to try it elsewhere, with what failed here. */
  LocalResponses.Answer handedBack(RequestLog log, FailureKind kind) {
    LocalResponses.Answer answer = declined(log);
    answer.fields().add(FieldNames.LANDFALL_CAUSE, kind.cause());
    return answer;
  }

  /** OPTIONS that is for this node itself (RFC 9110 section 7.6.2). */
  LocalResponses.Answer options() {
    return LocalResponses.options(all.date());
  }

  /** Every place that could be tried has failed, the last one like that. */
  LocalResponses.Answer failed(RequestLog log, FailureKind kind) {
    if (down instanceof FillDownstream fill) {
      fill.failed(kind);
    }
    return all.runtime().localResponses().failed(request, log.service, kind, all.date());
  }

  /** The request's body turned out to be malformed. */
  LocalResponses.Answer broken(HttpViolation rule) {
    return all.runtime().localResponses().broken(request, rule, all.date());
  }

  /** What of a response that was made here can be sent: all of it, or the head alone. */
  LocalResponses.Answer fitting(LocalResponses.Answer made) {
    return down.takesBody(made.body().readableBytes()) ? made : made.withoutBody();
  }
}

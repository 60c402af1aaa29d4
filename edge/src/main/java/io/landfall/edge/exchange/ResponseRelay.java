package io.landfall.edge.exchange;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestFields;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.TrailerRules;
import io.landfall.edge.rules.FieldEdits;
import io.landfall.edge.rules.Ruling;
import io.landfall.edge.rules.ServiceRules;
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
  private final RequestLog log;
  private final boolean toNode;
  private final Arrived arrived;

  /** What the service changes in the fields; null if nothing. */
  private @Nullable FieldEdits edits;

  /** What the response has of rate limits; null if nothing. */
  private @Nullable FieldLines told;

  private boolean begun;
  private boolean withoutBody;

  /** What copies the body; null if nothing does. */
  private @Nullable CacheTurn copying;

  ResponseRelay(Arrived arrived, RequestLog log) {
    this.log = log;
    this.all = arrived.loop();
    this.arrived = arrived;
    this.edits = arrived.responseEdits();
    this.request = arrived.request();
    this.down = arrived.downstream();
    this.toNode = arrived.peer().isPresent();
  }

  /** Whether the head of an attempt's response was passed on, so that no other can be. */
  boolean isBegun() {
    return begun;
  }

  /** Passes on the head of an attempt's response. */
  void head(Attempt from, ResponseHead head, Attempts attempts) {
    begun = true;
    attempts.answered(from, head.status());
    log.attemptAnswered(head.status());
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
    FieldLines fields = fields(from, head, attempts.backends(from));
    CacheTurn cache = attempts.cache();
    if (cache != null && !from.isOfCache() && cache.passed(head, from.isFromNode(), fields)) {
      copying = cache;
    }
    log.head(head.status(), fields);
    // RFC 9110 section 15.3.6: there is no content in a 205, whatever the upstream thinks.
    withoutBody = request.isHead() || head.status() == RESET_CONTENT;
    down.respond(
        head.status(),
        edited(fields),
        head.status() == RESET_CONTENT && !request.isHead() ? Framing.length(0) : head.framing());
  }

  private FieldLines fields(Attempt from, ResponseHead head, @Nullable LocalBackends asked) {
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

  /** The fields of a place's response as the service has them for clients. */
  private FieldLines edited(FieldLines fields) {
    FieldLines out = edits == null ? fields : edits.applyTo(fields);
    addTold(out);
    return out;
  }

  /** Completes the fields of a response that this node made itself. */
  void finish(FieldLines own) {
    if (edits != null) {
      edits.addMissing(own);
    }
    addTold(own);
  }

  private void addTold(FieldLines out) {
    FieldLines more = told;
    if (more != null) {
      for (int i = 0; i < more.size(); i++) {
        out.add(more.name(i), more.value(i));
      }
    }
  }

  /** Passes on that the place has switched protocols. */
  void switched(Attempt from, ResponseHead head, AsciiString protocol, Attempts attempts) {
    begun = true;
    attempts.answered(from, head.status());
    log.attemptAnswered(head.status());
    FieldLines fields = edited(fields(from, head, attempts.backends(from)));
    log.head(head.status(), fields);
    down.switchProtocols(protocol, fields);
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
    log.sentBytes += piece.readableBytes();
    down.body(piece);
    return true;
  }

  /** Passes on what comes behind the body, without what must not come there. */
  void trailers(FieldLines fields) {
    FieldLines allowed = TrailerRules.allowed(fields);
    all.runtime().counters().droppedTrailers.add(fields.size() - allowed.size());
    if (edits != null) {
      allowed = edits.without(allowed);
    }
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
  LocalResponses.Answer declined() {
    if (down instanceof FillDownstream fill) {
      fill.declined();
    }
    return all.runtime()
        .localResponses()
        .declined(request, log.service, log.reason, toNode, all.date());
  }

  /** Another node gets its request back, to try it elsewhere, with what failed here. */
  LocalResponses.Answer handedBack(FailureKind kind) {
    LocalResponses.Answer answer = declined();
    answer.fields().add(FieldNames.LANDFALL_CAUSE, kind.cause());
    return answer;
  }

  /**
   * The answer to a request for which no place is tried: to OPTIONS that is for this node itself
   * (RFC 9110 section 7.6.2), to a challenge of a CA, or the one that a rule of the service has.
   * Null if it is for a place.
   */
  LocalResponses.@Nullable Answer beforehand() {
    if (RequestFields.isForThisNode(request)) {
      return LocalResponses.options(all.date());
    }
    LocalResponses.Answer challenge = ChallengeResponses.of(arrived, log);
    return challenge == null ? judge(arrived.rules(), false) : challenge;
  }

  /**
   * The answer of rules to a request that is held to others than before; null if it is for a place.
   *
   * @param before the rules that it was judged by; null for none
   */
  LocalResponses.@Nullable Answer judgeAgain(@Nullable ServiceRules before) {
    ServiceRules rules = arrived.rules();
    boolean counted = rules != null && before != null && before.service().equals(rules.service());
    edits = arrived.responseEdits();
    FieldLines earlier = counted ? told : null;
    told = null;
    LocalResponses.Answer answer = judge(rules, counted);
    told = earlier == null ? told : earlier;
    return answer;
  }

  private LocalResponses.@Nullable Answer judge(@Nullable ServiceRules rules, boolean counted) {
    if (rules == null) {
      return null;
    }
    Ruling ruling = arrived.judge(rules, counted);
    if (ruling instanceof Ruling.Passed(FieldLines fields)) {
      told = fields;
      return null;
    }
    return RuleAnswers.of(ruling, rules.service(), arrived, log);
  }

  /** Every place that could be tried has failed, the last one like that. */
  LocalResponses.Answer failed(FailureKind kind) {
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

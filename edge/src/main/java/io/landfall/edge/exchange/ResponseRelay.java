package io.landfall.edge.exchange;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * The one response to a request on its way to the {@link Downstream}: an attempt's, or one that
 * this node makes itself.
 */
final class ResponseRelay {
  private final Exchanges all;
  private final RequestHead request;
  private final Downstream down;
  private boolean begun;

  ResponseRelay(Exchanges all, RequestHead request, Downstream down) {
    this.all = all;
    this.request = request;
    this.down = down;
  }

  /** Whether the head of an attempt's response was passed on, so that no other can be. */
  boolean isBegun() {
    return begun;
  }

  /** Passes on the head of an attempt's response. */
  void head(Attempt from, ResponseHead head, RequestLog log) {
    begun = true;
    log.status = head.status();
    EdgeRuntime runtime = all.runtime();
    FieldLines fields =
        runtime
            .responseFields()
            .downstream(
                head,
                from.isForward(),
                runtime.proxyStatus().passed(from.nextHop(), log.reason, log.attempts),
                all.date());
    down.respond(head.status(), fields, head.framing());
  }

  /** Passes on a piece of the body, which is taken over; false when there is no use for it. */
  boolean data(ByteBuf piece) {
    if (request.isHead()) {
      piece.release();
      return false;
    }
    down.body(piece);
    return true;
  }

  /** Decision declined the request. */
  LocalResponses.Answer declined(RequestLog log, boolean toNode) {
    return all.runtime()
        .localResponses()
        .declined(request, log.service, log.reason, toNode, all.date());
  }

  /** Every place that could be tried has failed, the last one like that. */
  LocalResponses.Answer failed(RequestLog log, FailureKind kind) {
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

  /** Sends a response that was made here, whole. The exchange is over. */
  void answer(LocalResponses.Answer answer) {
    down.respond(answer.status(), answer.fields(), answer.framing());
    if (answer.body().isReadable()) {
      down.body(answer.body());
    } else {
      answer.body().release();
    }
    down.end();
  }
}

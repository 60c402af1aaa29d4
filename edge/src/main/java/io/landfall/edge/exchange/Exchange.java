package io.landfall.edge.exchange;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Decision;
import io.landfall.decision.Route;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.ResultClass;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to the end of its response: asks decision, tries one place after the
 * other, and carries the bodies across.
 *
 * <p>Everything happens on one event loop. Between the {@link Downstream} and the {@link Attempt}
 * stands nothing but this object; each side reads only while the other can be written to, so memory
 * stays flat whatever the sizes. When it goes to another place stands at {@link Attempts}.
 */
public final class Exchange extends ExchangeParts {
  private final Attempts attempts;
  private boolean waitsForPlaces;

  /** Whether it is for one place. */
  private boolean single;

  // Links of the list of exchanges.
  @Nullable Exchange previous;
  @Nullable Exchange next;

  /** A request that has arrived; {@code peer} is the node that forwarded it, if one did. */
  public Exchange(Exchanges all, RequestHead request, Downstream down, Optional<NodeName> peer) {
    super(all, request, down, peer);
    this.attempts = new Attempts(this, arrived, log);
  }

  /** The request's fields as they go to the place of the attempt under way. */
  public FieldLines upstreamFields() {
    return attempts.upstreamFields(attempt);
  }

  /** Answers what is meant for this node or a rule answers, or tries the first place. Once. */
  public void start() {
    all.add(this);
    LocalResponses.Answer made = response.beforehand();
    if (made != null) {
      answer(made);
    } else {
      proceed(null);
    }
  }

  private void proceed(@Nullable AttemptFailure last) {
    EdgeSnapshot snapshot = runtime.ports().snapshot();
    Optional<Route> route = arrived.route(snapshot);
    if (isHeldBack(route, snapshot)) {
      return;
    }
    Decision decision = attempts.decide(route, snapshot);
    if (attempts.count() == 0) {
      log.reason = decision.reason();
    }
    FailureKind refused = decision instanceof Decision.Decline ? null : tunnel.begin();
    if (refused != null) {
      giveUp(new AttemptFailure(refused, true));
      return;
    }
    Attempt chosen = attempts.next(decision, snapshot);
    if (chosen != null && breaksOffTooMuch(chosen)) {
      giveUp(new AttemptFailure(FailureKind.BREAKS_OFF, true));
    } else if (chosen != null) {
      launch(chosen, decision);
    } else if (decision instanceof Decision.Decline decline) {
      log.reason = decline.reason();
      // Of a service that no site advertises, or can be reached, the node may only not know yet.
      if (snapshot.mayLearnOf(route) && decline.reason().isForWantOfPlaces() && peer.isEmpty()) {
        waitsForPlaces = true;
      } else {
        answer(response.declined());
      }
    } else {
      giveUp(attempts.toTell(last));
    }
  }

  /** Asks one place and no other, whatever a decision would be: a question of the edge's own. */
  void startAt(Attempt only) {
    all.add(this);
    single = true;
    attempt = only;
    timer.begun(false, all.nowNanos());
    only.start();
  }

  /**
   * Whether rules answer the request, or it has to be authorized first: for the first time, or
   * since it has waited, and is held to other rules now.
   */
  private boolean isHeldBack(Optional<Route> route, EdgeSnapshot snapshot) {
    LocalResponses.Answer ruled = judgeAgain(route, snapshot);
    AuthorizationAttempt asking = ruled == null ? arrived.authorization(this) : null;
    if (ruled == null && asking == null) {
      return false;
    }
    cancelAttempt();
    if (ruled != null) {
      answer(ruled);
    } else if (asking != null) {
      log.asks(asking.service(), asking.name());
      attempt = asking;
      timer.begun(false, all.nowNanos());
      asking.start();
    }
    return true;
  }

  private void launch(Attempt chosen, Decision decision) {
    attempts.begun(chosen, decision);
    attempt = chosen;
    body.stop();
    timer.begun(attempts.isBrief(chosen), all.nowNanos());
    chosen.start();
  }

  /** The request's head is on its way; the body may follow. */
  public void ready(Attempt from) {
    if (isCurrent(from)) {
      timer.restart(all.nowNanos());
      body.start(from);
    }
  }

  /** An interim response (RFC 9110 section 15.2). */
  public void interim(Attempt from, ResponseHead head) {
    interim(from, head.status(), all.runtime().responseFields().interim(head, from.isOverHttp2()));
  }

  /** The same with the fields as they are sent. */
  public void interim(Attempt from, int status, FieldLines fields) {
    if (isCurrent(from)) {
      timer.restart(all.nowNanos());
      response.interim(status, fields, body);
    }
  }

  /** The head of the final response. */
  public void head(Attempt from, ResponseHead head) {
    if (!isCurrent(from)) {
      return;
    }
    FailureKind declined = from.isForward() ? FailureKind.ofDecline(head.fields()) : null;
    boolean mistakable = declined == null && tunnel.isMistakable(head);
    FailureKind refused = mistakable ? FailureKind.UPGRADE_IGNORED : declined;
    if (refused != null) {
      from.cancel();
      failed(from, new AttemptFailure(refused, !mistakable));
      return;
    }
    timer.restart(all.nowNanos());
    body.keepNothing();
    response.head(from, head, attempts);
  }

  /** The place has switched to the protocol that was asked for: what follows is its bytes. */
  public void switched(Attempt from, ResponseHead head) {
    if (isCurrent(from)) {
      timer.restart(all.nowNanos());
      response.switched(from, head, tunnel.open(), attempts);
      body.open();
    }
  }

  /** A piece of the response's body, which is taken over. */
  public void data(Attempt from, ByteBuf piece) {
    if (!isCurrent(from)) {
      piece.release();
    } else if (response.data(piece)) {
      timer.restart(all.nowNanos());
    }
  }

  /** What comes behind the response's body; its end follows. */
  public void trailers(Attempt from, FieldLines fields) {
    if (isCurrent(from)) {
      response.trailers(fields);
    }
  }

  /** The response is complete; of a tunnel one direction, and the other may go on. */
  public void end(Attempt from) {
    if (!isCurrent(from)) {
      return;
    }
    if (from.isOverHttp2()) {
      down.forwardAnswered();
    }
    if (tunnel.isOpen() && !body.isEnded()) {
      timer.restart(all.nowNanos());
      tunnel.endUpstream();
      down.endOutput();
    } else {
      response.end();
      complete();
    }
  }

  /** The attempt is over without a complete response. */
  public void failed(Attempt from, AttemptFailure failure) {
    if (!isCurrent(from)) {
      return;
    }
    attempts.failed(from, failure);
    leaveAttempt();
    if (tunnel.hasUpstreamEnded()) {
      complete();
    } else if (response.isBegun()) {
      abort(failure.errorCode());
    } else if (!single && attempts.mayGoOn(from, body, failure)) {
      proceed(failure);
    } else {
      giveUp(failure);
    }
  }

  /** The cache has nothing for the request after all, or it has waited: it goes on by itself. */
  public void released(Attempt from) {
    if (isCurrent(from)) {
      leaveAttempt();
      proceed(null);
    }
  }

  /** The attempt can take more of the request's body. */
  public void upstreamWritable(Attempt from) {
    if (isCurrent(from) && !body.isEnded()) {
      timer.restart(all.nowNanos());
      down.pumpBody();
    }
  }

  /** A piece of the request's body, which is taken over. Only when wanted. */
  public void requestData(ByteBuf piece) {
    if (body.data(piece)) {
      timer.restart(all.nowNanos());
    }
  }

  /** The request's body is complete, and what it has behind it; null if nothing. */
  public void requestEnd(@Nullable FieldLines trailers) {
    body.end(trailers == null ? null : arrived.trailers(trailers));
    if (tunnel.hasUpstreamEnded()) {
      complete();
    }
  }

  /** The downstream can take more of the response. */
  public void downstreamWritable() {
    if (attempt != null && response.isBegun()) {
      timer.restart(all.nowNanos());
      attempt.resume();
      // What came of it is pushed out now: it may have filled the downstream again.
      flushDownstream();
    }
  }

  /** The downstream is gone; no client waits for the response. */
  public void downstreamGone() {
    if (tunnel.isOpen()) {
      if (!body.isEnded()) {
        attempts.brokenOff(attempt);
      }
      leaveTunnel(body.isEnded());
    } else if (!finished) {
      attempts.brokenOff(attempt);
      log.target = "the client left";
      log.cut = ResultClass.CLIENT_CLOSED;
      notNeeded();
      runtime.counters().aborted.increment();
    }
  }

  /** The request turned out to be malformed in its body: the upstream leg is broken off. */
  public void requestBroken(HttpViolation rule) {
    if (finished) {
      return;
    }
    // Those two are this node's own doing.
    if (rule != HttpViolation.CROWDED_OUT && rule != HttpViolation.BODY_TIMEOUT) {
      attempts.brokenOff(attempt);
    }
    cancelAttempt();
    if (response.isBegun()) {
      abort();
    } else {
      runtime.counters().refused(rule);
      log.target = rule.name();
      answer(response.broken(rule));
    }
  }

  /**
   * The world changed. If the place that the request waits for is gone, it goes to another at once,
   * or waits on if there is none. One that another node forwarded is handed back to that instead.
   */
  void reconsider(EdgeSnapshot snapshot, Set<ServiceName> changed) {
    if (waitsForPlaces && log.isOfOne(changed)) {
      started();
      return;
    }
    Attempt current = attempt;
    if (current == null || response.isBegun() || !log.isOfOne(changed)) {
      return;
    }
    if (current.isStillThere(snapshot) || !attempts.mayRepeat(body, !body.isReady())) {
      return;
    }
    Optional<Route> route = arrived.route(snapshot);
    if (isHeldBack(route, snapshot)) {
      return;
    }
    if (current.triesNoPlace() && log.isOfOther(route)) {
      cancelAttempt();
      proceed(null);
      return;
    }
    Decision decision = attempts.decide(route, snapshot);
    Attempt other = attempts.next(decision, snapshot);
    if (other == null && peer.isPresent()) {
      cancelAttempt();
      giveUp(new AttemptFailure(FailureKind.GONE, !body.isReady()));
    } else if (other != null) {
      cancelAttempt();
      runtime.counters().failures.increment();
      launch(other, decision);
    }
  }

  /** The node knows now what there is, or who is new: a request that waited for it is decided. */
  void started() {
    if (waitsForPlaces) {
      waitsForPlaces = false;
      attempts.tried.clear();
      proceed(null);
    }
  }

  /** Ends what has not happened for too long. */
  void tick(long nowNanos) {
    Attempt current = attempt;
    if (current == null) {
      return;
    }
    if (tunnel.isOpen()) {
      if (timer.isOver(tunnel.idleMillis(), nowNanos)) {
        tunnel.idle();
        endTunnel();
      }
      return;
    }
    current.tick(nowNanos);
    if (!isCurrent(current)) {
      return;
    }
    switch (timer.overdue(body, response.isBegun(), current, nowNanos)) {
      case null -> {} // There is time left.
      case CONNECTION -> {
        current.cancel();
        failed(current, new AttemptFailure(FailureKind.CONNECT_TIMEOUT, true));
      }
      case REQUEST_BODY -> requestBroken(HttpViolation.BODY_TIMEOUT);
      case RESPONSE_HEAD -> {
        boolean ofClient = body.isHeldByClient();
        if (!ofClient) {
          // Else the client may be who waits in vain: it could send the body unasked.
          current.timedOut();
        }
        current.cancel();
        AttemptFailure late = new AttemptFailure(FailureKind.RESPONSE_TIMEOUT, false);
        failed(current, late.blameless(ofClient));
      }
      case RESPONSE_BODY -> standsStill();
    }
  }

  @Override
  Attempts attempts() {
    return attempts;
  }

  @Override
  void remove() {
    all.remove(this, arrived.isFill() ? null : log);
  }
}

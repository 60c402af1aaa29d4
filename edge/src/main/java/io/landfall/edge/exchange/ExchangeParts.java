package io.landfall.edge.exchange;

import io.landfall.core.NodeName;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.decision.Route;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.ResultClass;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.rules.ServiceRules;
import io.netty.util.AsciiString;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an {@link Exchange} is made of, and the ways in which it ends. */
abstract class ExchangeParts {
  final Exchanges all;
  final EdgeRuntime runtime;
  final RequestHead request;
  final Downstream down;
  final Optional<NodeName> peer;
  final Arrived arrived;
  final Tunnel tunnel;
  final RequestLog log;
  final RequestRelay body;
  final ResponseRelay response;
  final ExchangeTimer timer;
  @Nullable Attempt attempt;
  boolean finished;

  ExchangeParts(Exchanges all, RequestHead request, Downstream down, Optional<NodeName> peer) {
    this.all = all;
    this.runtime = all.runtime();
    this.request = request;
    this.down = down;
    this.peer = peer;
    this.arrived = new Arrived(all, request, down, peer);
    this.tunnel = arrived.tunnel();
    this.log =
        new RequestLog(request, peer.isPresent() ? Arrival.NODE : Arrival.CLIENT, runtime.clock());
    if (runtime.namesRequests() || runtime.watches().isWatched()) {
      log.detailed(arrived);
    }
    int replayBytes = runtime.settings().limits().attempts().replayBytes();
    this.body = new RequestRelay(log, down, replayBytes, tunnel.isAsked());
    this.response = new ResponseRelay(arrived, log);
    this.timer = new ExchangeTimer(runtime.settings(), down);
  }

  /** The head, as it was received. */
  public final RequestHead request() {
    return request;
  }

  /** The same with the scheme in which the client reached the CDN: caches have it in their keys. */
  public final RequestHead asReached() {
    return arrived.asReached();
  }

  /** The protocol that the request asks to switch to, and may; null if there is none. */
  public final @Nullable AsciiString upgrade() {
    return tunnel.protocol();
  }

  /** Both ends of the connection of the client who asks; null if it is no one client's. */
  public final @Nullable ClientAddresses client() {
    return arrived.client();
  }

  /** Whether it has fields of an authorization service that are for this client alone. */
  public final boolean hasIdentity() {
    return arrived.hasIdentity();
  }

  /** What another node is sent of whether the request is sampled; null without tracing here. */
  public final @Nullable AsciiString sampled() {
    RequestTrace trace = arrived.trace();
    return trace == null || runtime.spans() == null ? null : trace.sampled();
  }

  final boolean isCurrent(Attempt from) {
    return from.equals(attempt);
  }

  /** An attempt that tries no place has the answer. */
  final void answered(Attempt from, LocalResponses.Answer made) {
    if (isCurrent(from)) {
      answer(made);
    }
  }

  /** Whether a piece of the request's body can be handed over now. */
  public final boolean wantsBody() {
    return body.isWanted();
  }

  /** Pushes what was handed over to the upstream. */
  public final void flushUpstream() {
    body.flush();
  }

  /** Pushes what was handed over to the downstream. */
  public final void flushDownstream() {
    if (!finished) {
      down.flush();
    }
  }

  /** Whether the downstream can take more without queueing. */
  public final boolean isDownstreamWritable() {
    return down.isWritable();
  }

  /** Who asked needs no more of it, though no client left: the cache, for what it keeps. */
  public final void notNeeded() {
    if (!finished) {
      cancelAttempt();
      finish();
    }
  }

  /** The places that were tried. */
  abstract Attempts attempts();

  /** Takes the exchange off the list of those in progress. */
  abstract void remove();

  /**
   * What the rules answer of the service that the request is routed to now, if they are others than
   * those by which it was judged before it waited; null if it goes on. Its client was sent nothing
   * yet.
   */
  final LocalResponses.@Nullable Answer judgeAgain(Optional<Route> route, EdgeSnapshot snapshot) {
    ServiceRules before = arrived.rules();
    if (!arrived.follow(route, snapshot)) {
      return null;
    }
    attempts().follow();
    return response.judgeAgain(before);
  }

  /** Whether the client broke off too many such as this attempt, which has not begun. */
  final boolean breaksOffTooMuch(Attempt next) {
    return next.isOnSharedConnection() && peer.isEmpty() && all.breaksOffTooMuch(down);
  }

  /** Every place that could be tried has failed, or none may be. */
  final void giveUp(AttemptFailure failure) {
    log.target = failure.kind().name();
    if (peer.isPresent() && attempts().mayRepeat(body, failure.untouched())) {
      log.reason = Reason.NOT_HERE;
      answer(response.handedBack(failure.kind()));
    } else {
      answer(response.failed(failure.kind()));
    }
  }

  /** Ends with a response that was made here. */
  final void answer(LocalResponses.Answer made) {
    LocalResponses.Answer answer = response.fitting(made);
    attempts().failing(answer.fields());
    response.finish(answer.fields());
    log.head(answer.status(), answer.fields());
    log.sentBytes = answer.body().readableBytes();
    finish();
    answer.sendTo(down);
  }

  /** A response's body has stood still for too long: its client reads no more, or nothing comes. */
  final void standsStill() {
    if (!down.isWritable()) {
      log.cut = ResultClass.CLIENT_CLOSED;
    }
    cancelAttempt();
    abort();
  }

  /** Breaks off a response that has begun. */
  final void abort() {
    abort(AttemptFailure.NO_CODE);
  }

  /** The same, with the code with which its place did so, if there is one. */
  final void abort(long errorCode) {
    log.target = "broken off: " + log.target;
    if (!tunnel.broken()) {
      runtime.counters().aborted.increment();
      log.cut = log.cut == null ? ResultClass.ABORTED : log.cut;
    }
    finish();
    if (errorCode == AttemptFailure.NO_CODE) {
      down.abort();
    } else {
      down.abort(errorCode);
    }
  }

  /** Ends with what was sent to the downstream, which is whole. */
  final void complete() {
    finish();
    down.end();
  }

  /** A tunnel's other side is gone; in order if it had ended what it sent, else broken off. */
  final void leaveTunnel(boolean inOrder) {
    Attempt current = attempt;
    leaveAttempt();
    if (current != null && inOrder) {
      current.endInOrder();
    } else if (current != null) {
      current.cancel();
    }
    if (!inOrder) {
      tunnel.broken();
    }
    finish();
  }

  /** Ends an open tunnel on both sides, behind all that was sent. */
  final void endTunnel() {
    if (tunnel.isOpen()) {
      leaveTunnel(true);
      down.end();
    }
  }

  /** Gives up the attempt under way, if there is one. */
  final void cancelAttempt() {
    Attempt current = attempt;
    leaveAttempt();
    if (current != null) {
      current.cancel();
    }
  }

  /** The attempt under way is over, however that came. */
  final void leaveAttempt() {
    attempt = null;
    body.stop();
    attempts().ended();
  }

  /** The exchange is over. */
  final void finish() {
    leaveAttempt();
    finished = true;
    body.keepNothing();
    attempts().over();
    tunnel.over();
    remove();
  }
}

package io.landfall.edge;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Decision;
import io.landfall.decision.Decision.Decline;
import io.landfall.decision.Decision.Forward;
import io.landfall.decision.Decision.Serve;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.decision.ServiceView;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to the end of its response: asks decision, tries one place after the
 * other, and carries the bodies across.
 *
 * <p>Everything happens on one event loop. Between the {@link Downstream} and the {@link Attempt}
 * stands nothing but this object; each side reads only while the other can be written to, so memory
 * stays flat whatever the sizes.
 *
 * <p><b>Trying again.</b> Before the head of a response was passed on, a request goes to the next
 * place if nothing was sent that cannot be repeated (RFC 9110 section 9.2.2): its method is
 * idempotent, or the place guarantees that no byte reached an application; and all of the body that
 * was sent is still kept. For every new try the decision is asked again with the newest snapshot,
 * and places that were tried are left out. So a request that was waiting on a dying service follows
 * what the overlay has learnt meanwhile.
 */
final class Exchange {
  private final EventLoopState loop;
  private final RequestHead request;
  private final Downstream down;
  private final Optional<NodeName> peer;
  private final boolean looped;
  private final RequestLog log;
  private final ReplayBody replay;
  private final List<Object> tried = new ArrayList<>(2);

  private @Nullable FieldLines upstreamFields;
  private @Nullable Attempt attempt;
  private @Nullable ServiceLoad load;
  private boolean ready;
  private boolean heldAtStart;
  private boolean requestEnded;
  private boolean continueSent;
  private boolean headRelayed;
  private boolean finished;
  private long progressNanos;

  // Links of the loop's list of exchanges.
  @Nullable Exchange previous;
  @Nullable Exchange next;

  Exchange(EventLoopState loop, RequestHead request, Downstream down, Optional<NodeName> peer) {
    this.loop = loop;
    this.request = request;
    this.down = down;
    this.peer = peer;
    this.looped = peer.isEmpty() && loop.runtime().requestFields().looped(request);
    this.log = new RequestLog(request, peer.isPresent() ? Arrival.NODE : Arrival.CLIENT);
    this.replay = new ReplayBody(loop.runtime().config().limits().replayBytes());
    this.requestEnded = request.framing().isEmpty();
  }

  EventLoopState loop() {
    return loop;
  }

  RequestHead request() {
    return request;
  }

  /** The request's fields as they go to any upstream. */
  FieldLines upstreamFields() {
    FieldLines fields = upstreamFields;
    if (fields == null) {
      fields = loop.runtime().requestFields().upstream(request, down.remote(), peer);
      upstreamFields = fields;
    }
    return fields;
  }

  boolean hasTried(Object place) {
    return tried.contains(place);
  }

  void start() {
    loop.add(this);
    proceed(null);
  }

  /** Decides, and tries the next place. */
  private void proceed(@Nullable AttemptFailure last) {
    EdgeSnapshot snapshot = loop.runtime().ports().snapshot();
    Decision decision = decide(snapshot);
    if (log.attempts == 0) {
      log.reason = decision.reason();
    }
    boolean exhausted = log.attempts >= loop.runtime().config().limits().maxAttempts();
    Attempt chosen = exhausted ? null : NextAttempt.next(this, decision, snapshot);
    if (chosen != null && chosen.isForward() && breaksOffTooMuch()) {
      loop.counters().declinedAborters.increment();
      giveUp(new AttemptFailure(FailureKind.BREAKS_OFF, true));
    } else if (chosen != null) {
      launch(chosen, decision);
    } else if (decision instanceof Decline decline) {
      log.reason = decline.reason();
      if (mayBeAdvertisedSoon(decline, snapshot)) {
        heldAtStart = true;
      } else {
        decline();
      }
    } else {
      giveUp(last == null ? new AttemptFailure(FailureKind.NOWHERE, true) : last);
    }
  }

  /** Whether a service that no site advertises may be one that the node does not know yet. */
  private boolean mayBeAdvertisedSoon(Decline decline, EdgeSnapshot snapshot) {
    return snapshot.isStarting() && decline.reason() == Reason.NO_SITE && peer.isEmpty();
  }

  /** Whether the client broke off so many forwarded requests that it gets no more for a while. */
  private boolean breaksOffTooMuch() {
    return peer.isEmpty()
        && !down.hasWaitedForForwards()
        && loop.aborters().isOver(down.remote(), loop.nowNanos());
  }

  /** A client that ends forwarded requests before their answer makes work for other nodes. */
  private void countBrokenOff() {
    Attempt current = attempt;
    if (current != null && current.isForward() && peer.isEmpty()) {
      loop.aborters().add(down.remote(), loop.nowNanos());
    }
  }

  private Decision decide(EdgeSnapshot snapshot) {
    Decision decision = loop.runtime().decide(request, peer.isPresent(), looped, snapshot);
    log.service =
        switch (decision) {
          case Serve serve -> Optional.of(serve.service().name());
          case Forward forward -> Optional.of(forward.service().name());
          case Decline decline -> decline.service().map(ServiceView::name);
        };
    return decision;
  }

  private void launch(Attempt chosen, Decision decision) {
    if (log.attempts > 0) {
      loop.counters().retries.increment();
    }
    log.attempts++;
    tried.add(chosen.place());
    attempt = chosen;
    ready = false;
    log.target = chosen.name();
    log.reason = NextAttempt.reasonOf(chosen, decision);
    if (!chosen.isForward() && log.service.isPresent()) {
      load = loop.runtime().load(log.service.get());
      load.enter();
    }
    progressNanos = loop.nowNanos();
    chosen.start();
  }

  // ---- what an attempt reports ----

  /** Whether a report comes from the attempt under way and not from one that was given up. */
  private boolean isCurrent(Attempt from) {
    return from.equals(attempt);
  }

  /** The request's head is on its way; the body may follow. */
  void ready(Attempt from) {
    if (!isCurrent(from)) {
      return;
    }
    ready = true;
    progressNanos = loop.nowNanos();
    replay.replay(from);
    if (requestEnded) {
      from.end();
    } else if (request.expectsContinue() && !continueSent) {
      continueSent = true;
      down.sendContinue();
    }
    if (!requestEnded) {
      down.pumpBody();
    }
    from.flush();
  }

  /** The head of the final response. */
  void head(Attempt from, ResponseHead head) {
    if (!isCurrent(from)) {
      return;
    }
    if (from.isForward() && head.fields().has(FieldNames.LANDFALL_DECLINE)) {
      from.cancel();
      failed(from, new AttemptFailure(FailureKind.DECLINED, true));
      return;
    }
    headRelayed = true;
    log.status = head.status();
    progressNanos = loop.nowNanos();
    replay.release();
    EdgeRuntime runtime = loop.runtime();
    FieldLines fields =
        runtime
            .responseFields()
            .downstream(
                head,
                from.isForward(),
                runtime.proxyStatus().passed(from.nextHop(), log.reason, log.attempts),
                loop.date());
    down.respond(head.status(), fields, head.framing());
  }

  /** A piece of the response's body, which is taken over. */
  void data(Attempt from, ByteBuf piece) {
    if (!isCurrent(from) || request.isHead()) {
      piece.release();
      return;
    }
    progressNanos = loop.nowNanos();
    down.body(piece);
  }

  /** The response is complete. */
  void end(Attempt from) {
    if (isCurrent(from)) {
      if (from.isForward()) {
        down.forwardAnswered();
      }
      finish();
      down.end();
    }
  }

  /** The attempt is over without a complete response. */
  void failed(Attempt from, AttemptFailure failure) {
    if (!isCurrent(from)) {
      return;
    }
    leaveAttempt();
    loop.counters().failures.increment();
    if (headRelayed) {
      abort();
    } else if (mayRepeat(failure.untouched())) {
      proceed(failure);
    } else {
      giveUp(failure);
    }
  }

  /** The attempt can take more of the request's body. */
  void upstreamWritable(Attempt from) {
    if (isCurrent(from) && !requestEnded) {
      progressNanos = loop.nowNanos();
      down.pumpBody();
    }
  }

  // ---- what the downstream reports ----

  /** Whether a piece of the request's body can be handed over now. */
  boolean wantsBody() {
    Attempt current = attempt;
    return current != null && ready && !requestEnded && current.isWritable();
  }

  /** A piece of the request's body, which is taken over. Only when wanted. */
  void requestData(ByteBuf piece) {
    Attempt current = attempt;
    if (current == null || !ready) {
      piece.release();
      return;
    }
    progressNanos = loop.nowNanos();
    if (!headRelayed) {
      replay.keep(piece);
    }
    current.body(piece);
  }

  /** The request's body is complete. */
  void requestEnd() {
    if (requestEnded) {
      return;
    }
    requestEnded = true;
    Attempt current = attempt;
    if (current != null && ready) {
      current.end();
    }
  }

  /** Pushes what was handed over to the upstream. */
  void flushUpstream() {
    Attempt current = attempt;
    if (current != null && ready) {
      current.flush();
    }
  }

  void flushDownstream() {
    if (!finished) {
      down.flush();
    }
  }

  boolean isDownstreamWritable() {
    return down.isWritable();
  }

  /** The downstream can take more of the response. */
  void downstreamWritable() {
    Attempt current = attempt;
    if (current != null && headRelayed) {
      progressNanos = loop.nowNanos();
      current.resume();
    }
  }

  /** The downstream is gone; nobody waits for the response. */
  void downstreamGone() {
    if (!finished) {
      countBrokenOff();
      cancelAttempt();
      loop.counters().aborted.increment();
      log.target = "the client left";
      finish();
    }
  }

  /** The request turned out to be malformed in its body: the upstream leg is broken off. */
  void requestBroken(HttpViolation rule) {
    if (finished) {
      return;
    }
    if (rule != HttpViolation.CROWDED_OUT && rule != HttpViolation.BODY_TIMEOUT) {
      // Those two are this node's own doing.
      countBrokenOff();
    }
    cancelAttempt();
    if (headRelayed) {
      abort();
    } else {
      loop.counters().rejected.increment();
      log.target = rule.name();
      answer(loop.runtime().declines().broken(request, rule, loop.date()));
    }
  }

  // ---- what the loop reports ----

  /**
   * The world changed. If the place that the request waits for is gone, and there is another, the
   * request goes there at once. If there is none, it waits on: nobody else could answer better. A
   * request that another node forwarded is handed back instead, for that node to try elsewhere.
   */
  void reconsider(EdgeSnapshot snapshot, Set<ServiceName> changed) {
    if (heldAtStart && log.isOfOne(changed)) {
      started();
      return;
    }
    Attempt current = attempt;
    if (current == null || headRelayed || !log.isOfOne(changed)) {
      return;
    }
    if (current.isStillThere(snapshot) || !mayRepeat(!ready)) {
      return;
    }
    Decision decision = decide(snapshot);
    Attempt other = NextAttempt.next(this, decision, snapshot);
    if (other == null && peer.isPresent()) {
      cancelAttempt();
      giveUp(new AttemptFailure(FailureKind.GONE, !ready));
    } else if (other != null && log.attempts < loop.runtime().config().limits().maxAttempts()) {
      cancelAttempt();
      loop.counters().failures.increment();
      launch(other, decision);
    }
  }

  /** The node knows now what there is, or knows more: a request that waited for it is decided. */
  void started() {
    if (heldAtStart) {
      heldAtStart = false;
      proceed(null);
    }
  }

  /** Checks how long nothing has happened. */
  void tick(long nowNanos) {
    Attempt current = attempt;
    if (current == null) {
      return;
    }
    boolean wantsBody = !requestEnded && current.isWritable();
    WaitingFor waitsFor = WaitingFor.of(ready, headRelayed, wantsBody);
    long idleMillis = (nowNanos - progressNanos) / 1_000_000;
    if (!waitsFor.isOver(idleMillis, loop.runtime().config().timeouts())) {
      return;
    }
    switch (waitsFor) {
      case CONNECTION -> {
        current.cancel();
        failed(current, new AttemptFailure(FailureKind.CONNECT_TIMEOUT, true));
      }
      case REQUEST_BODY -> requestBroken(HttpViolation.BODY_TIMEOUT);
      case RESPONSE_HEAD -> {
        current.timedOut();
        current.cancel();
        failed(current, new AttemptFailure(FailureKind.RESPONSE_TIMEOUT, false));
      }
      case RESPONSE_BODY -> {
        cancelAttempt();
        abort();
      }
    }
  }

  // ---- endings ----

  private boolean mayRepeat(boolean untouched) {
    return replay.isComplete() && (untouched || request.method().isIdempotent());
  }

  private void decline() {
    answer(
        loop.runtime()
            .declines()
            .declined(request, log.service, log.reason, peer.isPresent(), loop.date()));
  }

  private void giveUp(AttemptFailure failure) {
    log.target = failure.kind().name();
    if (peer.isPresent() && mayRepeat(failure.untouched())) {
      log.reason = Reason.NOT_HERE;
      decline();
      return;
    }
    answer(loop.runtime().declines().failed(request, log.service, failure.kind(), loop.date()));
  }

  private void answer(LocalResponses.Answer made) {
    boolean whole = down.takesBody(made.body().readableBytes());
    LocalResponses.Answer answer = whole ? made : made.withoutBody();
    log.status = answer.status();
    finish();
    down.respond(answer.status(), answer.fields(), answer.framing());
    if (answer.body().isReadable()) {
      down.body(answer.body());
    } else {
      answer.body().release();
    }
    down.end();
  }

  private void abort() {
    loop.counters().aborted.increment();
    log.target = "broken off: " + log.target;
    finish();
    down.abort();
  }

  private void cancelAttempt() {
    Attempt current = attempt;
    leaveAttempt();
    if (current != null) {
      current.cancel();
    }
  }

  private void leaveAttempt() {
    attempt = null;
    ready = false;
    ServiceLoad entered = load;
    if (entered != null) {
      load = null;
      entered.leave();
    }
  }

  private void finish() {
    leaveAttempt();
    finished = true;
    replay.release();
    loop.remove(this);
    log.write(loop);
  }
}

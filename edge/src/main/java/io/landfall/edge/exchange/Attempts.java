package io.landfall.edge.exchange;

import io.landfall.core.InvariantBroken;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.decision.Decision;
import io.landfall.decision.Decision.Decline;
import io.landfall.decision.Decision.Forward;
import io.landfall.decision.Decision.Serve;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.decision.RequestFacts.LocalCapacity;
import io.landfall.decision.Route;
import io.landfall.decision.ServiceView;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginServer;
import io.landfall.edge.exchange.EdgeRuntime.Seen;
import io.landfall.edge.http.FieldLines;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The places that one request was tried on, and the next one: turns a decision into an attempt on a
 * place that was not tried yet. To serve means the local backends, by {@link LocalBackends}, and
 * then the alternates. To forward means the candidates in order; if all fail and the service works
 * here after all (cold or draining), the local backends are better than an error.
 *
 * <p>Before the head of a response was passed on, a request goes to the next place if nothing was
 * sent that cannot be repeated ({@link #mayRepeat}). For every new try the decision is asked again
 * with the newest snapshot, and places that were tried are left out. So a request that was waiting
 * on a dying service follows what the overlay has learnt meanwhile.
 */
final class Attempts {
  private final Exchange exchange;
  private final Arrived arrived;
  private final Exchanges all;
  private final int most;
  private final boolean fromNode;
  private final boolean looped;
  private final RequestLog log;
  private final RepeatTurn repeats;
  final TriedPlaces tried;
  private int count;

  /** What the cache does for the request; null before it was asked, and if it does nothing. */
  private @Nullable CacheTurn cache;

  private boolean cacheAsked;
  private @Nullable ServiceLoad load;

  /** The backends here; null as long as none was asked. */
  private @Nullable LocalBackends backends;

  /** How it waits for a place here; null if its service has no queue. */
  private @Nullable QueueTurn queue;

  /** Where a pooled connection failed, and a new one may not. */
  private @Nullable Object againAt;

  /** Whether a node was asked. */
  private boolean nodeAsked;

  /** Whether a node was asked a second time. */
  private boolean nodeAskedAgain;

  /** The last failure but for declines of other nodes. */
  private @Nullable AttemptFailure telling;

  Attempts(Exchange exchange, Arrived arrived, RequestLog log) {
    this.exchange = exchange;
    this.arrived = arrived;
    this.all = arrived.loop();
    this.fromNode = arrived.peer().isPresent();
    this.looped = !fromNode && all.runtime().requestFields().looped(arrived.request());
    this.log = log;
    this.queue = QueueTurn.of(exchange, arrived);
    this.most = all.runtime().settings().limits().attempts().maxAttempts();
    this.tried = new TriedPlaces(most);
    this.repeats = new RepeatTurn(all, log);
  }

  /** It is held to other rules now: by them it may wait in another queue, or pass the cache. */
  void follow() {
    leaveCache();
    if (queue == null || queue.isUnused()) {
      queue = QueueTurn.of(exchange, arrived);
    }
  }

  /** Asks decision, with what the cache has. */
  Decision decide(Optional<Route> route, EdgeSnapshot snapshot) {
    EdgeRuntime runtime = all.runtime();
    if (log.isOfOther(route)) {
      // It has waited, and its host belongs to another service now: nothing of the first one holds.
      over();
      queue = QueueTurn.of(exchange, arrived);
    }
    if (!cacheAsked) {
      cacheAsked = true;
      if (route.isPresent() && !looped && !arrived.isFill() && !arrived.tunnel().isAsked()) {
        cache = all.cache().begin(arrived, route.get().service().name());
      }
    }
    CacheTurn turn = cache;
    Cached holds = turn == null ? arrived.seeks() : turn.holds();
    if (holds == Cached.MISS && nodeAsked) {
      holds = Cached.MISS_EVERYWHERE;
    }
    boolean queued =
        queue != null
            && count == 0
            && route.isPresent()
            && queue.isTaken(route.get().service().name());
    LocalCapacity capacity = queued ? LocalCapacity.AVAILABLE : runtime.capacity(route, snapshot);
    return log.decided(
        runtime.decide(arrived.request(), route, new Seen(fromNode, looped, holds, capacity)));
  }

  /** The request has waited for a place here, and has it. */
  void reserve(ServiceLoad place) {
    if (queue == null) {
      place.leave();
      throw new InvariantBroken("only a request that may wait has waited");
    }
    queue.reserve(place);
  }

  /** What the cache does for the request; null if that is nothing. */
  @Nullable CacheTurn cache() {
    return cache;
  }

  /** A client that ends such requests before their answer makes work for nodes and backends. */
  void brokenOff(@Nullable Attempt current) {
    if (current == null) {
      return;
    }
    current.brokenOff();
    if (current.isOnSharedConnection() && !fromNode) {
      all.brokenOff(arrived.downstream());
    }
  }

  /** A response that is made here is about to be sent. */
  void failing(FieldLines fields) {
    if (cache != null) {
      cache.failing(fields);
    }
  }

  /** The request is over. */
  void over() {
    if (queue != null) {
      queue.leave();
    }
    leaveCache();
  }

  private void leaveCache() {
    if (cache != null) {
      cache.over();
    }
    cache = null;
    cacheAsked = false;
  }

  /** How many there were. */
  int count() {
    return count;
  }

  /**
   * Whether what was sent can be sent again (RFC 9110 section 9.2.2): the method is idempotent, or
   * no byte reached an application; and all of the body that was sent is still kept. A request for
   * a tunnel may have opened one that nobody has seen.
   *
   * @param untouched whether it is certain that no byte of the request reached an application
   */
  boolean mayRepeat(RequestRelay body, boolean untouched) {
    boolean idempotent = exchange.request().method().isIdempotent() && !arrived.tunnel().isAsked();
    return body.isRepeatable() && (untouched || idempotent);
  }

  /** An attempt begins: its place is tried, and the service has one more request here. */
  void begun(Attempt attempt, Decision decision) {
    log.begun(attempt, decision);
    if (attempt.triesNoPlace()) {
      return;
    }
    if (count > 0) {
      all.runtime().counters().retries.increment();
    }
    repeats.begun(attempt, count > 0);
    count++;
    log.attempts = count;
    nodeAsked |= attempt.isForward();
    if (!attempt.isForward() && log.service.isPresent()) {
      enter(log.service.get());
    } else if (queue != null) {
      queue.leave();
    }
    if (!attempt.isForward() && backends != null) {
      backends.begun();
    }
    tried.add(attempt.place());
  }

  /**
   * Whether the request may be tried once more after an attempt that failed: if it may be repeated,
   * and not too many are already. To ask the same place on another connection adds no work there.
   */
  boolean mayGoOn(Attempt failed, RequestRelay body, AttemptFailure failure) {
    if (failed.triesNoPlace() || !mayRepeat(body, failure.untouched())) {
      return false;
    }
    return failure.kind() == FailureKind.STALE_CONNECTION || repeats.allows();
  }

  /** The backends here, if one of them is asked now. */
  @Nullable LocalBackends backends(@Nullable Attempt current) {
    boolean isLocal = current != null && !current.isForward() && !current.triesNoPlace();
    return isLocal ? backends : null;
  }

  /** The request's fields as they go to the place of an attempt. */
  FieldLines upstreamFields(@Nullable Attempt current) {
    LocalBackends own = backends(current);
    FieldLines fields = arrived.upstreamFields(current);
    return own == null ? fields : own.toSend(fields);
  }

  /** The attempt has got the head of a response. */
  void answered(Attempt attempt, int status) {
    LocalBackends own = backends(attempt);
    if (own != null) {
      own.answered(status);
    }
  }

  /** The attempt that began last is over, however that came. */
  void ended() {
    repeats.ended();
    if (backends != null) {
      backends.ended();
    }
    ServiceLoad entered = load;
    if (entered != null) {
      load = null;
      entered.leave();
    }
  }

  private void enter(ServiceName service) {
    ServiceLoad reserved = queue == null ? null : queue.take();
    load = reserved == null ? all.runtime().load(service) : reserved;
    if (reserved == null) {
      load.enter();
    }
  }

  /** An attempt failed. If only a pooled connection did, its place is the next one once more. */
  void failed(Attempt attempt, AttemptFailure failure) {
    if (attempt.triesNoPlace()) {
      return;
    }
    repeats.failed(failure);
    LocalBackends own = backends(attempt);
    if (own != null) {
      own.failed(failure);
    }
    if (failure.kind() != FailureKind.DECLINED) {
      telling = failure;
    }
    if (failure.kind() == FailureKind.STALE_CONNECTION) {
      againAt = attempt.place();
    }
  }

  /**
   * Which failure is reported to the client after that last one: a decline hides no cause before
   * it.
   */
  AttemptFailure toTell(@Nullable AttemptFailure last) {
    if (last == null) {
      return new AttemptFailure(FailureKind.NOWHERE, true);
    }
    AttemptFailure cause = telling;
    return last.kind() == FailureKind.DECLINED && cause != null ? cause : last;
  }

  /**
   * The next attempt, which is to be begun: what the cache gives waits for that, and holds what it
   * reads. Null if there is no place left, or enough were tried; the cache does not count as one.
   */
  @Nullable Attempt next(Decision decision, EdgeSnapshot snapshot) {
    Attempt ofCache = cache == null ? null : cache.next(decision, exchange);
    if (ofCache != null) {
      return ofCache;
    }
    return count < most ? elsewhere(decision, snapshot) : null;
  }

  private @Nullable Attempt elsewhere(Decision decision, EdgeSnapshot snapshot) {
    return switch (decision) {
      case Serve serve -> {
        Attempt local = local(serve.service(), snapshot);
        yield local != null ? local : node(serve.service(), serve.alternates());
      }
      case Forward forward -> {
        Attempt remote =
            tried.contains(forward.first().identity())
                ? node(forward.service(), forward.alternates())
                : to(forward.service(), forward.first());
        boolean worksHere =
            forward.reason() == Reason.WARM_ELSEWHERE || forward.reason() == Reason.LOCAL_LEAVING;
        Attempt other = remote == null && worksHere ? local(forward.service(), snapshot) : remote;
        yield other == null ? nodeAgain(forward) : other;
      }
      case Decline decline -> null;
    };
  }

  /** Whether an attempt that has begun is one that must not take long: there is another place. */
  boolean isBrief(Attempt attempt) {
    return attempt.isForward() && log.reason == Reason.WARM_ELSEWHERE;
  }

  private @Nullable Attempt local(ServiceView service, EdgeSnapshot snapshot) {
    HostedService local = snapshot.local(service.name());
    if (local == null || local.backends().isEmpty()) {
      return null;
    }
    if (queue != null && count == 0 && load == null) {
      Attempt waiting = queue.next(service.name(), local);
      if (waiting != null) {
        return waiting;
      }
    }
    LocalBackends own = backends;
    if (own == null) {
      own = new LocalBackends(arrived, tried::contains);
      backends = own;
    }
    OriginServer again = againAt instanceof OriginPlace place ? local.at(place) : null;
    if (again != null && again.takesRequests()) {
      againAt = null;
      own.choose(service.name(), local, again);
      return all.destinations()
          .origin(again.place())
          .attemptOnNewConnection(exchange, service.name());
    }
    OriginServer chosen = own.choose(service.name(), local);
    if (chosen == null) {
      return null;
    }
    Destinations.Origin origin = all.destinations().origin(chosen.place());
    // What becomes a tunnel does not come back, so it takes no connection of the pool.
    return arrived.tunnel().isAsked()
        ? origin.attemptOnNewConnection(exchange, service.name())
        : origin.attempt(exchange, service.name());
  }

  private @Nullable Attempt node(ServiceView service, List<Candidate> candidates) {
    for (Candidate candidate : candidates) {
      if (!tried.contains(candidate.identity())) {
        return to(service, candidate);
      }
    }
    return null;
  }

  /**
   * The node whose connection ended before a response began, on another connection, once: no other
   * is left, and a path that was declared dead (BFD) while the node lives is such an end.
   */
  private @Nullable Attempt nodeAgain(Forward forward) {
    Object lost = againAt;
    if (lost == null || nodeAskedAgain) {
      return null;
    }
    nodeAskedAgain = true;
    againAt = null;
    if (forward.first().identity().equals(lost)) {
      return to(forward.service(), forward.first());
    }
    for (Candidate candidate : forward.alternates()) {
      if (candidate.identity().equals(lost)) {
        return to(forward.service(), candidate);
      }
    }
    return null;
  }

  private Attempt to(ServiceView service, Candidate candidate) {
    return all.destinations().node(exchange, service.name(), candidate);
  }
}

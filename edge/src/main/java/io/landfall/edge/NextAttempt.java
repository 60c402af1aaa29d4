package io.landfall.edge;

import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.decision.Decision;
import io.landfall.decision.Decision.Decline;
import io.landfall.decision.Decision.Forward;
import io.landfall.decision.Decision.Serve;
import io.landfall.decision.Reason;
import io.landfall.decision.ServiceView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes next: turns a decision into an attempt on a place that was not tried yet. To
 * serve means the local backends, the least busy first, and then the alternates. To forward means
 * the candidates in order; if all fail and the service works here after all (cold or draining), the
 * local backends are better than an error.
 */
final class NextAttempt {
  private NextAttempt() {}

  /** The next attempt, not started; null if there is no place left. */
  static @Nullable Attempt next(Exchange exchange, Decision decision, EdgeSnapshot snapshot) {
    return switch (decision) {
      case Serve serve -> {
        Attempt local = local(exchange, serve.service(), snapshot);
        yield local != null ? local : node(exchange, serve.service(), serve.alternates());
      }
      case Forward forward -> {
        Attempt remote = node(exchange, forward.service(), List.of(forward.first()));
        if (remote == null) {
          remote = node(exchange, forward.service(), forward.alternates());
        }
        boolean worksHere =
            forward.service().local() == Signal.COLD
                || forward.service().local() == Signal.DRAINING;
        yield remote == null && worksHere ? local(exchange, forward.service(), snapshot) : remote;
      }
      case Decline decline -> null;
    };
  }

  /** Why the request goes where it goes, which differs from the decision once places failed. */
  static Reason reasonOf(Attempt chosen, Decision decision) {
    return switch (decision) {
      case Serve serve when chosen.isForward() -> Reason.REMOTE_UP;
      case Forward forward when !chosen.isForward() ->
          forward.service().local() == Signal.COLD ? Reason.LOCAL_COLD : Reason.LOCAL_DRAINING;
      case Serve serve -> serve.reason();
      case Forward forward -> forward.reason();
      case Decline decline -> decline.reason();
    };
  }

  private static @Nullable Attempt local(
      Exchange exchange, ServiceView service, EdgeSnapshot snapshot) {
    HostedService local = snapshot.local(service.name());
    if (local == null || local.backends().isEmpty()) {
      return null;
    }
    List<OriginServer> backends = local.backends();
    EventLoopState loop = exchange.loop();
    OriginPool best = null;
    int turn = loop.nextTurn();
    for (int i = 0; i < backends.size(); i++) {
      OriginServer backend = backends.get(Math.floorMod(turn + i, backends.size()));
      if (!backend.healthy() || exchange.hasTried(backend.address())) {
        continue;
      }
      OriginPool pool = loop.backend(backend.address());
      if (best == null || pool.busy() < best.busy()) {
        best = pool;
      }
    }
    return best == null ? null : new OriginAttempt(exchange, service.name(), best);
  }

  private static @Nullable Attempt node(
      Exchange exchange, ServiceView service, List<Candidate> candidates) {
    for (Candidate candidate : candidates) {
      if (!exchange.hasTried(candidate.identity())) {
        return new ForwardAttempt(exchange, candidate, service.name());
      }
    }
    return null;
  }
}

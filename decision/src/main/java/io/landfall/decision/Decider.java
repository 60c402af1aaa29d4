package io.landfall.decision;

import io.landfall.core.InvariantBroken;
import io.landfall.core.Signal;
import io.landfall.decision.Decision.Decline;
import io.landfall.decision.Decision.Forward;
import io.landfall.decision.Decision.Serve;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.decision.RequestFacts.LocalCapacity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Serve, forward or decline: a pure function of a request's facts and a view.
 *
 * <p>For a request that a client brought, in order: it passed here before: LOOP. No service answers
 * for it: UNKNOWN_HOST. A fresh answer is cached: serve. Then by the signal of the local service:
 *
 * <ul>
 *   <li>UP: serve.
 *   <li>COLD: serve, but for a miss of the cache: hand that to one warm site if one can be asked,
 *       so that the origin is spared; if it does not answer, serve.
 *   <li>DRAINING: hand it to a site that stays if one can be asked; else serve.
 *   <li>DOWN: hand it to the first site that can be asked; if there is none, to one to which the
 *       path is held for dead, which may be wrong.
 * </ul>
 *
 * <p>Before all that, a miss of a service that has a {@link Shield} is handed to a site of that, by
 * every site that is none itself. If none of them can be asked, or the one that was asked did not
 * answer, the fallback decides: the miss goes where it would go without a shield, or it goes to no
 * other place than the shields.
 *
 * <p>Where the local service would serve but is at its limit, any site that can be asked takes it.
 * When nothing is left, a stale answer is served if it may be; else the request is declined.
 *
 * <p>A request that another node brought is served if the local service is there at all, whatever
 * it reports: the landing node chose it knowing that. Else it is declined with NOT_HERE, or where
 * the service is at its limit with OVERLOADED, and the landing node asks the next one. It is never
 * forwarded, so there is no cycle that a request could run in. A stale answer is not used for it:
 * whether another has a better one is for the landing node to find out.
 */
public final class Decider {
  private static final Decline LOOP = new Decline(Optional.empty(), Reason.LOOP);
  private static final Decline UNKNOWN_HOST = new Decline(Optional.empty(), Reason.UNKNOWN_HOST);
  private static final Decline NOTHING_HERE = new Decline(Optional.empty(), Reason.NOT_HERE);

  private Decider() {}

  /** What happens to the request: exactly one outcome, always with a reason. */
  public static Decision decide(RequestFacts facts, View view) {
    return decide(facts, view.route(facts.host(), facts.path()));
  }

  /**
   * The same, for a caller who has looked up the route already.
   *
   * @param facts the request
   * @param route what {@link View#route} gave for the request's host and path
   */
  public static Decision decide(RequestFacts facts, Optional<Route> route) {
    if (facts.arrival() == Arrival.NODE) {
      return route.isPresent() ? forNode(facts, route.get()) : NOTHING_HERE;
    }
    if (facts.looped()) {
      return route.isPresent() ? new Decline(route.get().asOptional(), Reason.LOOP) : LOOP;
    }
    return route.isPresent() ? forClient(facts, route.get()) : UNKNOWN_HOST;
  }

  /** The decision with all candidates, usable or not, for people and for {@code explain}. */
  public static Explanation explain(RequestFacts facts, View view) {
    Optional<Route> route = view.route(facts.host(), facts.path());
    Decision decision = decide(facts, route);
    List<Explanation.Considered> considered = new ArrayList<>();
    if (route.isPresent()) {
      for (Candidate candidate : route.get().service().candidates()) {
        considered.add(
            new Explanation.Considered(
                candidate.node(), route.get().usable().contains(candidate), candidate.why()));
      }
    }
    return new Explanation(
        route.map(r -> r.service().name()),
        decision.reason().outcome(),
        decision.reason(),
        considered);
  }

  private static Decision forNode(RequestFacts facts, Route route) {
    ServiceView service = route.service();
    if (facts.cached() == Cached.FRESH) {
      return new Serve(service, Reason.CACHE_FRESH, List.of());
    }
    if (service.local() == Signal.DOWN) {
      return new Decline(route.asOptional(), Reason.NOT_HERE);
    }
    if (facts.localCapacity() == LocalCapacity.FULL) {
      return new Decline(route.asOptional(), Reason.OVERLOADED);
    }
    return new Serve(service, localReason(service.local()), List.of());
  }

  private static Decision forClient(RequestFacts facts, Route route) {
    ServiceView service = route.service();
    if (facts.cached() == Cached.FRESH) {
      return new Serve(service, Reason.CACHE_FRESH, places(facts, route));
    }
    if (route.isShielded() && facts.cached() != Cached.NONE) {
      boolean only = service.shield().fallback() == Shield.Fallback.DECLINE;
      if (!route.shields().isEmpty() && (only || facts.cached() == Cached.MISS)) {
        return forward(route, route.shields(), Reason.SHIELD);
      }
      if (only) {
        return staleOrDecline(facts, route, Reason.NO_SHIELD);
      }
    }
    return byLocalSignal(facts, route);
  }

  private static Decision byLocalSignal(RequestFacts facts, Route route) {
    ServiceView service = route.service();
    return switch (service.local()) {
      case UP -> serve(facts, route);
      case COLD ->
          facts.cached() == Cached.MISS && !route.warm().isEmpty()
              ? forward(route, route.warm(), Reason.WARM_ELSEWHERE)
              : serve(facts, route);
      case DRAINING ->
          route.anyUsableNotDraining()
              ? forward(route, route.usable(), Reason.LOCAL_LEAVING)
              : serve(facts, route);
      case DOWN ->
          route.anyUsable()
              ? forward(route, places(facts, route), Reason.REMOTE_UP)
              : withoutUsable(
                  facts, route, service.candidates().isEmpty() ? Reason.NO_SITE : Reason.NO_PATH);
    };
  }

  private static Decision serve(RequestFacts facts, Route route) {
    if (facts.localCapacity() == LocalCapacity.AVAILABLE) {
      return new Serve(route.service(), localReason(route.service().local()), places(facts, route));
    }
    return route.anyUsable()
        ? forward(route, places(facts, route), Reason.LOCAL_FULL)
        : withoutUsable(facts, route, Reason.OVERLOADED);
  }

  /** No site can be asked: a stale answer is quicker than a path that is held for dead. */
  private static Decision withoutUsable(RequestFacts facts, Route route, Reason reason) {
    return route.lastResorts().isEmpty() || facts.cached() == Cached.STALE_ALLOWED
        ? staleOrDecline(facts, route, reason)
        : forward(route, places(facts, route), Reason.LAST_RESORT);
  }

  /** Where nothing here is better than the last resorts, they are alternates, too. */
  private static List<Candidate> places(RequestFacts facts, Route route) {
    return facts.cached() == Cached.MISS ? route.places() : route.placesWithoutCache();
  }

  private static Decision forward(Route route, List<Candidate> to, Reason reason) {
    return new Forward(route.service(), to.getFirst(), to.subList(1, to.size()), reason);
  }

  private static Decision staleOrDecline(RequestFacts facts, Route route, Reason reason) {
    return facts.cached() == Cached.STALE_ALLOWED
        ? new Serve(route.service(), Reason.CACHE_STALE, List.of())
        : new Decline(route.asOptional(), reason);
  }

  private static Reason localReason(Signal local) {
    return switch (local) {
      case UP -> Reason.LOCAL_UP;
      case COLD -> Reason.LOCAL_COLD;
      case DRAINING -> Reason.LOCAL_DRAINING;
      case DOWN -> throw new InvariantBroken("a service that is down never serves");
    };
  }
}

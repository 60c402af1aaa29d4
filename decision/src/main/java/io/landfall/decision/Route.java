package io.landfall.decision;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A service as {@link View} found it for a host and path, with everything that the decision would
 * otherwise compute per request: the candidates in order, and those of them that can be asked.
 */
public final class Route {
  private final ServiceView service;
  private final Optional<ServiceView> asOptional;
  private final List<Candidate> usable;
  private final List<Candidate> lastResorts;
  private final List<Candidate> places;
  private final List<Candidate> placesWithoutCache;
  private final boolean shielded;
  private final List<Candidate> shields;
  private final List<Candidate> warm;

  private Route(
      ServiceView service, List<Candidate> usable, List<Candidate> lastResorts, boolean shielded) {
    this.service = service;
    this.asOptional = Optional.of(service);
    this.usable = usable;
    this.lastResorts = lastResorts;
    this.places = lastResorts.isEmpty() ? usable : joined(usable, lastResorts);
    this.placesWithoutCache = joined(withoutCache(usable), withoutCache(lastResorts));
    Shield shield = service.shield();
    this.shielded = shielded;
    this.shields =
        usable.stream()
            .filter(each -> shield.sites().contains(each.node()))
            .filter(each -> each.signal() != Signal.DRAINING)
            .toList();
    this.warm =
        usable.stream()
            .filter(each -> each.signal() == Signal.UP)
            .filter(each -> !shield.isBefore(each.node()))
            .toList();
  }

  /**
   * Puts the candidates in order and leaves out this node itself: it is no candidate of its own.
   */
  static Route of(ServiceView given, NodeName ownName, HostAddress ownIdentity) {
    List<Candidate> others = new ArrayList<>();
    List<Candidate> usable = new ArrayList<>();
    List<Candidate> lastResorts = new ArrayList<>();
    for (Candidate candidate : Candidates.order(given.candidates())) {
      if (candidate.identity().equals(ownIdentity) || candidate.node().equals(ownName)) {
        continue;
      }
      others.add(candidate);
      if (candidate.usable() && candidate.signal().isAdvertised()) {
        usable.add(candidate);
      } else if (candidate.lastResort() && candidate.signal().isAdvertised()) {
        lastResorts.add(candidate);
      }
    }
    ServiceView service =
        new ServiceView(
            given.name(),
            given.identity(),
            given.hosts(),
            given.paths(),
            given.local(),
            others,
            given.shield(),
            given.awaited());
    return new Route(
        service, List.copyOf(usable), List.copyOf(lastResorts), given.shield().isBefore(ownName));
  }

  private static List<Candidate> withoutCache(List<Candidate> all) {
    return all.stream().sorted(Candidates.WITHOUT_CACHE).toList();
  }

  private static List<Candidate> joined(List<Candidate> one, List<Candidate> other) {
    List<Candidate> both = new ArrayList<>(one);
    both.addAll(other);
    return List.copyOf(both);
  }

  /** The service, with its candidates in the order in which they are asked. */
  public ServiceView service() {
    return service;
  }

  Optional<ServiceView> asOptional() {
    return asOptional;
  }

  /** The candidates that can be asked now, in order. */
  public List<Candidate> usable() {
    return usable;
  }

  /** The candidates that are tried before a request is declined, in order. */
  public List<Candidate> lastResorts() {
    return lastResorts;
  }

  /** The candidates that can be asked now, and behind them the last resorts. */
  List<Candidate> places() {
    return places;
  }

  /** The same in the order for requests that no cache can answer. */
  List<Candidate> placesWithoutCache() {
    return placesWithoutCache;
  }

  /**
   * Whether a request that waits for this node is to go on waiting: it can be asked now, or nothing
   * better can.
   */
  public boolean isWorthWaitingFor(HostAddress node) {
    for (Candidate candidate : usable.isEmpty() ? lastResorts : usable) {
      if (candidate.identity().equals(node)) {
        return true;
      }
    }
    return false;
  }

  boolean anyUsable() {
    return !usable.isEmpty();
  }

  /** Whether what the cache here misses is for other sites to fetch. */
  boolean isShielded() {
    return shielded;
  }

  /** The sites that ask the origin and can be asked now, in order; those that drain left out. */
  List<Candidate> shields() {
    return shields;
  }

  /**
   * The sites that are UP, so that their caches are warm, and can be asked now, in order. Where
   * only some sites ask the origin, only those: the others would ask it in this node's place.
   */
  List<Candidate> warm() {
    return warm;
  }

  /** Whether a site that does not drain can be asked; those that drain stand last. */
  boolean anyUsableNotDraining() {
    return anyUsable() && usable.getFirst().signal() != Signal.DRAINING;
  }
}

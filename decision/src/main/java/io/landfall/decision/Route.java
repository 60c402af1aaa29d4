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
  private final List<Candidate> afterFirst;

  private Route(ServiceView service, List<Candidate> usable) {
    this.service = service;
    this.asOptional = Optional.of(service);
    this.usable = usable;
    this.afterFirst = usable.isEmpty() ? usable : List.copyOf(usable.subList(1, usable.size()));
  }

  /**
   * Puts the candidates in order and leaves out this node itself: it is no candidate of its own.
   */
  static Route of(ServiceView given, NodeName ownName, HostAddress ownIdentity) {
    List<Candidate> others = new ArrayList<>();
    List<Candidate> usable = new ArrayList<>();
    for (Candidate candidate : Candidates.order(given.candidates())) {
      if (candidate.identity().equals(ownIdentity) || candidate.node().equals(ownName)) {
        continue;
      }
      others.add(candidate);
      if (candidate.usable() && candidate.signal().isAdvertised()) {
        usable.add(candidate);
      }
    }
    ServiceView service =
        new ServiceView(
            given.name(), given.identity(), given.hosts(), given.paths(), given.local(), others);
    return new Route(service, List.copyOf(usable));
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

  /** The candidates that can be asked now, without the first. */
  List<Candidate> afterFirst() {
    return afterFirst;
  }

  boolean anyUsable() {
    return !usable.isEmpty();
  }

  /** Whether a warm site can be asked; candidates that are UP stand first. */
  boolean anyUsableUp() {
    return anyUsable() && usable.getFirst().signal() == Signal.UP;
  }

  /** Whether a site that does not drain can be asked; those that drain stand last. */
  boolean anyUsableNotDraining() {
    return anyUsable() && usable.getFirst().signal() != Signal.DRAINING;
  }
}

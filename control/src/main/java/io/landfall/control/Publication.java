package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.decision.Candidates;
import io.landfall.decision.ServiceView;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.ServicePath;
import io.landfall.signal.BackendUse;
import io.landfall.signal.LocalSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What requests are to know, and what of it has changed: of the services that changed, once per
 * batch of changes.
 *
 * <p>A change is only noted. What changed is looked at when the owner takes it, after the batch was
 * worked off and its messages were written; so a hundred services that fail together are one
 * snapshot, and the withdrawals that they cause leave first: other nodes wait for those, while this
 * node's own requests find out by the refused connection as well. A change costs what it changed
 * and not what there is.
 */
public final class Publication {
  /**
   * How much is taken at once, at most: services and the paths to them, beyond the first service.
   * What is left comes next, after what else the owner has to do by then.
   */
  static final int SLICE_COST = 4_096;

  private final ControlConfig config;
  private final Overlay overlay;
  private final LocalSignals signals;
  private final Neighbors neighbors;
  private final Function<HostAddress, Optional<String>> whyNoRequest;
  private final TreeMap<Integer, ServiceName> byOffset = new TreeMap<>();
  private final TreeMap<ServiceName, ServiceState> published = new TreeMap<>();
  private final TreeSet<ServiceName> changed = new TreeSet<>();
  private final ReturningNodes returning;

  /**
   * Of the present state, which counts as published.
   *
   * @param whyNoRequest why a node cannot be given requests; empty when it can
   */
  public Publication(
      ControlConfig config,
      Overlay overlay,
      LocalSignals signals,
      Neighbors neighbors,
      Function<HostAddress, Optional<String>> whyNoRequest) {
    this.config = config;
    this.overlay = overlay;
    this.signals = signals;
    this.neighbors = neighbors;
    this.whyNoRequest = whyNoRequest;
    this.returning = new ReturningNodes(overlay, neighbors);
    configured();
  }

  /**
   * Other services are configured, or their backends are others: their present state counts as
   * published.
   */
  void configured() {
    byOffset.clear();
    published.clear();
    config
        .services()
        .all()
        .forEach(
            (name, service) -> {
              byOffset.put(service.identity().offset(), name);
              published.put(name, stateOf(name, service));
            });
    changed.clear();
  }

  /** Everything that was published. */
  public List<ServiceState> published() {
    return List.copyOf(published.values());
  }

  /** Whether something has changed since it was taken last. */
  public boolean hasChanges() {
    return !changed.isEmpty();
  }

  /**
   * Some of what has changed since it was asked last, as it is now; counts as published. What is
   * left is taken next time.
   */
  public List<ServiceState> takeChanges() {
    List<ServiceState> states = new ArrayList<>();
    int cost = 0;
    while (!changed.isEmpty() && cost < SLICE_COST) {
      ServiceName name = changed.removeFirst();
      ControlConfig.Service service = config.services().get(name);
      if (service != null) {
        cost += 1 + overlay.queries().pathCount(service.identity());
        ServiceState state = stateOf(name, service);
        published.put(name, state);
        states.add(state);
      }
    }
    return states;
  }

  /** The state of a service here may be another than before; unknown services are ignored. */
  public void serviceChanged(ServiceName name) {
    note(published.containsKey(name) ? name : null);
  }

  /** A backend of the service was probed or refused; mostly its health is what it was. */
  public void backendsMayDiffer(ServiceName name) {
    ServiceState state = published.get(name);
    if (state != null && !state.backends().equals(backends(name, state.backends().size()))) {
      note(name);
    }
  }

  /** The routes to these hosts, given by their offsets in the block, changed. */
  public void routesChanged(int[] offsets) {
    for (int offset : offsets) {
      note(byOffset.get(offset));
    }
  }

  /** Anything may have changed. */
  public void everythingChanged() {
    published.keySet().forEach(this::note);
  }

  /** It became known, or unknown, how to reach a node: concerns what it advertises. */
  public void nodeChanged(HostAddress node) {
    for (ServiceState state : published.values()) {
      if (names(state.view().candidates(), node)) {
        note(state.view().name());
      }
    }
  }

  /**
   * A peer's routes are none any longer; which hosts they are of is named only as they leave the
   * table. What it advertised of others may be of any service.
   */
  public void peerLost(PeerInfo peer) {
    if (peer.relation().speaksForOthers()) {
      everythingChanged();
    } else {
      nodeChanged(peer.identity());
    }
  }

  /**
   * A peer has ended its session to begin it anew, and its routes are none any longer: requests for
   * what it advertised wait for it where no other place is known.
   */
  void peerReturns(PeerInfo peer, long nowNanos) {
    boolean any = peer.relation().speaksForOthers();
    TreeSet<ServiceName> services = new TreeSet<>();
    for (ServiceState state : published.values()) {
      List<Candidate> candidates = state.view().candidates();
      if (any ? !candidates.isEmpty() : names(candidates, peer.identity())) {
        services.add(state.view().name());
      }
    }
    returning.left(peer, services, nowNanos);
    services.forEach(this::note);
  }

  /** When it is to be looked whether peers that return are back; empty when none is awaited. */
  OptionalLong deadlineNanos() {
    return returning.deadlineNanos();
  }

  /** Looks whether peers that return are back, or have not come in time. */
  void look(long nowNanos) {
    returning.look(nowNanos).forEach(this::note);
  }

  private static boolean names(List<Candidate> candidates, HostAddress node) {
    for (Candidate candidate : candidates) {
      if (candidate.identity().equals(node)) {
        return true;
      }
    }
    return false;
  }

  private void note(@Nullable ServiceName service) {
    if (service != null) {
      changed.add(service);
    }
  }

  private ServiceState stateOf(ServiceName name, ControlConfig.Service service) {
    ServiceView view =
        new ServiceView(
            name,
            service.identity(),
            service.hosts(),
            service.paths(),
            service.backends() > 0 ? signals.signal(name) : Signal.DOWN,
            candidates(service.identity()),
            service.shield(),
            returning.isAwaited(name));
    return new ServiceState(view, backends(name, service.backends()));
  }

  private List<BackendUse> backends(ServiceName service, int count) {
    List<BackendUse> uses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      uses.add(signals.use(service, i));
    }
    return uses;
  }

  /** The other nodes that advertise a service, in the order in which they would be asked. */
  private List<Candidate> candidates(HostAddress service) {
    List<Candidate> candidates = new ArrayList<>();
    for (ServicePath offer : overlay.offers(service)) {
      if (offer.nextHop().equals(config.identity())) {
        continue;
      }
      Optional<String> whyNot =
          offer.usable() || offer.pathDeadAlone()
              ? whyNoRequest.apply(offer.nextHop())
              : Optional.of("the adjacency with it, or the path to it, is down");
      candidates.add(
          new Candidate(
              neighbors.nameOf(offer.nextHop()).orElseGet(() -> unnamed(offer.nextHop())),
              offer.nextHop(),
              offer.signal(),
              offer.tier(),
              offer.cost(),
              whyNot.isEmpty() && offer.usable(),
              whyNot.isEmpty() && offer.pathDeadAlone(),
              whyNot.orElse(
                  offer.usable()
                      ? "it advertises the service over a live adjacency"
                      : "BFD holds the path to it for dead, while its adjacency is up: asked only"
                          + " where nothing else is left")));
    }
    return Candidates.order(candidates);
  }

  private static NodeName unnamed(HostAddress identity) {
    return new NodeName("node-" + identity.toString().replace('.', '-').replace(':', '-'));
  }
}

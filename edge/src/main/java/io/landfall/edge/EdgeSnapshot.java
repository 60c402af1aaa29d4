package io.landfall.edge;

import io.landfall.core.PersistentArray;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Route;
import io.landfall.decision.ServiceView;
import io.landfall.decision.View;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a request reads of the rest of the node: one immutable object behind one volatile
 * reference, so that a request takes no lock and sees one consistent state. The next one shares all
 * that did not change with it.
 */
public final class EdgeSnapshot {
  private final View view;

  /** What is hosted here, by the service's number in the view. */
  private final PersistentArray<Optional<HostedService>> local;

  private final boolean starting;
  private final int generation;

  private EdgeSnapshot(
      View view, PersistentArray<Optional<HostedService>> local, boolean starting, int generation) {
    this.view = view;
    this.local = local;
    this.starting = starting;
    this.generation = generation;
  }

  /**
   * A snapshot.
   *
   * @param view what decision decides on
   * @param local the services of the view that are hosted here, by name
   */
  public static EdgeSnapshot of(View view, Map<ServiceName, HostedService> local) {
    var routes = view.routes();
    return new EdgeSnapshot(
        view,
        PersistentArray.of(
            routes.size(), i -> Optional.ofNullable(local.get(routes.get(i).service().name()))),
        false,
        0);
  }

  /**
   * A service that changed.
   *
   * @param view the service as it is now
   * @param local how it is hosted here; empty when it is not
   */
  public record Change(ServiceView view, Optional<HostedService> local) {}

  /** The next snapshot: the same as this one, but for services that changed. */
  public EdgeSnapshot with(Collection<Change> changes) {
    View next = view.with(changes.stream().map(Change::view).toList());
    TreeMap<Integer, Optional<HostedService>> rows = new TreeMap<>();
    for (Change change : changes) {
      rows.put(view.numberOf(change.view().name()).orElseThrow(), change.local());
    }
    return new EdgeSnapshot(next, local.with(rows), starting, generation);
  }

  /** The same snapshot, of a node that has just started or that has learnt what there is. */
  public EdgeSnapshot starting(boolean now) {
    return new EdgeSnapshot(view, local, now, generation);
  }

  /** The same snapshot, of services of another config: see {@link #generation}. */
  public EdgeSnapshot ofGeneration(int other) {
    return new EdgeSnapshot(view, local, starting, other);
  }

  /**
   * How often the config has changed since the start, when these services were configured: requests
   * that it routes are held to the rules of that config.
   */
  public int generation() {
    return generation;
  }

  /**
   * Whether the node has just started and does not know yet which services there are: that no site
   * advertises one may be so for a moment only.
   */
  public boolean isStarting() {
    return starting;
  }

  /**
   * Whether it may be so for a moment only that no place is known for a request: the node has just
   * started, or a node that advertised the service goes on in another process.
   *
   * @param route what the view has for the request
   */
  public boolean mayLearnOf(Optional<Route> route) {
    return starting || (route.isPresent() && route.get().service().awaited());
  }

  /** What decision decides on. */
  public View view() {
    return view;
  }

  /** How a service is hosted here; null when it is not. */
  public @Nullable HostedService local(ServiceName service) {
    OptionalInt number = view.numberOf(service);
    return number.isEmpty() ? null : local.get(number.getAsInt()).orElse(null);
  }

  /**
   * Whether a backend can still be expected to answer a request that it has. One that is drained
   * gets no new request, and keeps those until they are over.
   *
   * @param host the host of the request
   * @param target its target, as routes have it
   */
  public boolean isStillThere(ServiceName service, OriginPlace place, String host, String target) {
    HostedService hosted = local(service);
    OriginServer server = hosted == null ? null : hosted.at(place);
    if (server == null || !server.healthy()) {
      return false;
    }
    return server.weight() == 0
        || view.route(host, target)
            .map(route -> route.service().local() != Signal.DOWN)
            .orElse(false);
  }
}

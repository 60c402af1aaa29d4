package io.landfall.node;

import io.landfall.config.ServiceConfig;
import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.overlay.PeerInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a snapshot is made, and of what: of the services that changed, once per batch of
 * changes, after the batch was worked off and its messages were written; of large ones in slices.
 *
 * <p>A change is only noted. The first one of a batch queues the publication behind everything that
 * the control thread has to do already, so a hundred services that fail together are one snapshot,
 * and the withdrawals that they cause leave first: other nodes wait for those, while this node's
 * own requests find out by the refused connection as well. On the control thread only.
 */
final class Publication {
  /**
   * How much one snapshot looks at, at most: services and the paths to them, beyond the first
   * service. What is left is in the next one, after what else the control thread has to do by then.
   */
  static final int SLICE_COST = 4_096;

  private final Snapshots snapshots;
  private final Executor control;
  private final Consumer<Set<ServiceName>> published;
  private final Map<Integer, ServiceConfig> byOffset = new HashMap<>();
  private final TreeMap<ServiceName, ServiceConfig> byName = new TreeMap<>();
  private final TreeMap<ServiceName, ServiceConfig> changed = new TreeMap<>();

  /**
   * A publication without changes.
   *
   * @param services the services that this node knows
   * @param control runs a task on the control thread, after those that are queued already
   * @param published called after each new snapshot with the services that changed in it
   */
  Publication(
      Snapshots snapshots,
      List<ServiceConfig> services,
      Executor control,
      Consumer<Set<ServiceName>> published) {
    this.snapshots = snapshots;
    this.control = control;
    this.published = published;
    for (ServiceConfig service : services) {
      byName.put(service.name(), service);
      byOffset.put(service.identity().offset(), service);
    }
  }

  /** The state of a service here may be another than before; unknown services are ignored. */
  void serviceChanged(ServiceName name) {
    note(byName.get(name));
  }

  /** A backend of the service was probed or refused; mostly its health is what it was. */
  void backendsMayDiffer(ServiceName name) {
    ServiceConfig service = byName.get(name);
    if (service != null && !changed.containsKey(name) && snapshots.isOutdated(service)) {
      note(service);
    }
  }

  /** The routes to these hosts, given by their offsets in the block, changed. */
  void routesChanged(int[] offsets) {
    for (int offset : offsets) {
      note(byOffset.get(offset));
    }
  }

  /**
   * A peer's routes are none any longer; which hosts they are of is named only as they leave the
   * table. What it told of others may be of any service.
   */
  void peerLost(PeerInfo peer) {
    if (peer.relation().speaksForOthers()) {
      everythingChanged();
    } else {
      nodeChanged(peer.identity());
    }
  }

  /** Anything may have changed. */
  void everythingChanged() {
    byName.values().forEach(this::note);
  }

  /** It became known, or unknown, how to reach a node: concerns what it advertises. */
  void nodeChanged(HostAddress node) {
    for (var route : snapshots.current().view().routes()) {
      if (names(route.service().candidates(), node)) {
        note(byName.get(route.service().name()));
      }
    }
  }

  private static boolean names(List<Candidate> candidates, HostAddress node) {
    for (Candidate candidate : candidates) {
      if (candidate.identity().equals(node)) {
        return true;
      }
    }
    return false;
  }

  private void note(@Nullable ServiceConfig service) {
    if (service == null) {
      return;
    }
    if (changed.isEmpty()) {
      control.execute(this::publish);
    }
    changed.put(service.name(), service);
  }

  private void publish() {
    List<ServiceConfig> batch = new ArrayList<>();
    int cost = 0;
    while (!changed.isEmpty() && cost < SLICE_COST) {
      ServiceConfig service = changed.pollFirstEntry().getValue();
      cost += 1 + snapshots.pathsTo(service);
      batch.add(service);
    }
    if (!changed.isEmpty()) {
      control.execute(this::publish);
    }
    snapshots.update(batch);
    published.accept(batch.stream().map(ServiceConfig::name).collect(Collectors.toSet()));
  }
}

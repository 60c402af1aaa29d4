package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.PeerView;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Nodes that have ended their session with Cease / Administrative Reset, since another process of
 * theirs goes on (decision 0029), and the services that they advertised.
 *
 * <p>Their routes are gone like those of any lost session, and no request goes to them: a route of
 * a node that is away is no route. All that is kept is that they come back. So a request for one of
 * these services that has no other place waits, as it does behind this node's own start, in place
 * of being declined: until the node is back with its whole table and can be given requests, and for
 * a limited time at most. One that resets again meanwhile is not waited for longer by that.
 */
final class ReturningNodes {
  /**
   * How long a node is waited for: a process needs one or two seconds, and six on a busy machine.
   */
  static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** How often it is looked whether a node is back. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Overlay overlay;
  private final Neighbors neighbors;

  /** Bounded by the peers that are live at a time. */
  private final TreeMap<HostAddress, Returning> awaited = new TreeMap<>();

  private OptionalLong dueNanos = OptionalLong.empty();

  /** A node that is awaited, for these services, until then. */
  private record Returning(PeerInfo peer, SortedSet<ServiceName> services, long untilNanos) {}

  /** None is awaited. */
  ReturningNodes(Overlay overlay, Neighbors neighbors) {
    this.overlay = overlay;
    this.neighbors = neighbors;
  }

  /** A node has left, to be back soon. */
  void left(PeerInfo peer, SortedSet<ServiceName> services, long nowNanos) {
    if (!services.isEmpty() && awaited.size() < Neighbors.MAX_LIVE) {
      awaited.putIfAbsent(peer.identity(), new Returning(peer, services, nowNanos + MOST_NANOS));
      dueNanos = OptionalLong.of(nowNanos + LOOK_NANOS);
    }
  }

  /** Whether a node that advertised a service is awaited. */
  boolean isAwaited(ServiceName service) {
    return awaited.values().stream().anyMatch(each -> each.services().contains(service));
  }

  /** When it is to be looked again; empty when none is awaited. */
  OptionalLong deadlineNanos() {
    return dueNanos;
  }

  /** The services that are waited for no longer: their node is back, or its time is over. */
  SortedSet<ServiceName> look(long nowNanos) {
    TreeSet<ServiceName> over = new TreeSet<>();
    Iterator<Returning> all = awaited.values().iterator();
    while (all.hasNext()) {
      Returning each = all.next();
      if (nowNanos - each.untilNanos() >= 0 || isBack(each.peer())) {
        over.addAll(each.services());
        all.remove();
      }
    }
    dueNanos = awaited.isEmpty() ? OptionalLong.empty() : OptionalLong.of(nowNanos + LOOK_NANOS);
    return over;
  }

  /** Whether what it advertises is known, and those that it advertises can be given requests. */
  private boolean isBack(PeerInfo peer) {
    boolean whole =
        overlay.peers().stream()
            .filter(view -> view.info().identity().equals(peer.identity()))
            .anyMatch(PeerView::endOfRibReceived);
    return whole
        && (peer.relation().speaksForOthers()
            ? neighbors.unreached().isEmpty()
            : neighbors.whyNoRequest(peer.identity()).isEmpty());
  }
}

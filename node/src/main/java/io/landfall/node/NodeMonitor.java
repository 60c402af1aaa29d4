package io.landfall.node;

import io.landfall.admin.MonitorEvent;
import io.landfall.admin.MonitorFilter;
import io.landfall.admin.MonitorHub;
import io.landfall.admin.MonitorWatch;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.control.SignalListener;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEffect.Cause;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayListener;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.RouteView;
import io.landfall.signal.SignalChange;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Makes the events of {@code monitor} from what the control thread does, for as long as anybody
 * watches. The overlay is told to keep what routes were before when the first watcher comes, and to
 * forget it when the last one goes. On the control thread only.
 */
final class NodeMonitor implements OverlayListener, SignalListener {
  private final MonitorHub hub = new MonitorHub();
  private final ControlLoop control;
  private final ControlDriver overlay;
  private final Function<HostAddress, String> nameOf;
  private final RouteRows rows;

  /** Why the local service that is being given to the overlay has changed; empty otherwise. */
  private String localWhy = "";

  /**
   * A monitor that has no watcher yet.
   *
   * @param nameOf the name of a node or service of an identity; empty text when it has none
   */
  NodeMonitor(ControlLoop control, ControlDriver overlay, Function<HostAddress, String> nameOf) {
    this.control = control;
    this.overlay = overlay;
    this.nameOf = nameOf;
    this.rows = new RouteRows(nameOf, new ControlTime(control));
    overlay.plane().watchSignals(this);
  }

  /** Begins a watch; empty when there are as many as there may be. */
  Optional<MonitorWatch> watch(MonitorFilter filter) {
    boolean first = !hub.isWatched();
    MonitorWatch[] self = new MonitorWatch[1];
    MonitorWatch watch = new MonitorWatch(filter, () -> control.execute(() -> leave(self[0])));
    self[0] = watch;
    Optional<MonitorWatch> added = hub.add(watch);
    if (first && added.isPresent()) {
      overlay.overlay().queries().watch(this);
      // It looks at the table in slices, and steps do the rest.
      overlay.apply(new OverlayEvent.Tick());
    }
    return added;
  }

  private void leave(MonitorWatch watch) {
    hub.remove(watch);
    if (!hub.isWatched()) {
      overlay.overlay().queries().unwatch();
    }
  }

  private void emit(Supplier<MonitorEvent> event) {
    if (hub.isWatched()) {
      hub.emit(event.get());
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(control.wallMillis());
  }

  @Override
  public void changing(SignalChange change, HostAddress identity) {
    emit(
        () ->
            new MonitorEvent(
                now(),
                "signal",
                Cause.LOCAL.name(),
                new MonitorEvent.Subject(
                    Optional.empty(),
                    Optional.of(change.service().value()),
                    Optional.of(identity.toString())),
                Optional.of(change.from().name()),
                Optional.of(change.to().name()),
                change.why()));
    localWhy = change.why();
  }

  @Override
  public void changed() {
    localWhy = "";
  }

  /** An operator's word that concerns the whole node. */
  void drain(String node, boolean begins) {
    emit(
        () ->
            new MonitorEvent(
                now(),
                "drain",
                "OPERATOR",
                new MonitorEvent.Subject(Optional.empty(), Optional.of(node), Optional.empty()),
                Optional.of(begins ? "serving" : "draining"),
                Optional.of(begins ? "draining" : "serving"),
                begins ? "an operator drains the node" : "an operator ends the drain"));
  }

  @Override
  public void routeChanged(RouteChange change) {
    String address = change.host().toString();
    String name = nameOf.apply(change.host());
    emit(
        () ->
            new MonitorEvent(
                now(),
                "route",
                change.cause().name(),
                new MonitorEvent.Subject(
                    change.peer().map(Object::toString),
                    name.isEmpty() ? Optional.empty() : Optional.of(name),
                    Optional.of(address)),
                change.before().map(rows::summary),
                change.after().map(rows::summary),
                why(change)));
  }

  private String why(RouteChange change) {
    String peer = change.peer().map(Object::toString).orElse("");
    return switch (change.cause()) {
      case UPDATE -> peer.isEmpty() ? "" : "UPDATE from " + peer;
      case SESSION_LOST -> "the session with " + peer + " was lost";
      case LOCAL -> localWhy.isEmpty() ? "said here" : localWhy;
      case NEXT_HOP ->
          "next hop " + peer + (isUsable(change) ? " became usable" : " is not usable any more");
      case ENTITLEMENT -> "what " + peer + " may originate has changed";
      case COST -> "what it costs to reach a node has changed";
    };
  }

  private static boolean isUsable(RouteChange change) {
    long before = change.before().map(NodeMonitor::usable).orElse(0L);
    return change.after().map(NodeMonitor::usable).orElse(0L) > before;
  }

  private static long usable(RouteView route) {
    return route.paths().stream().filter(RouteView.PathView::usable).count();
  }

  @Override
  public void peerUp(PeerInfo peer) {
    emit(() -> peerEvent(peer, "ESTABLISHED", "down", "established", "adjacency up"));
  }

  @Override
  public void peerDown(PeerInfo peer, DownReason reason) {
    String by = SessionReports.initiator(reason);
    emit(
        () ->
            peerEvent(
                peer, "SESSION_LOST", "established", "down", "by " + by + ": " + reason.text()));
  }

  private MonitorEvent peerEvent(
      PeerInfo peer, String cause, String before, String after, String why) {
    return new MonitorEvent(
        now(),
        "peer",
        cause,
        new MonitorEvent.Subject(
            Optional.of(peer.name().value()),
            Optional.of(peer.name().value()),
            Optional.of(peer.identity().toString())),
        Optional.of(before),
        Optional.of(after),
        why);
  }

  @Override
  public void refused(PeerInfo peer, String what, String rule, long count) {
    emit(
        () ->
            new MonitorEvent(
                now(),
                "refused",
                rule,
                new MonitorEvent.Subject(
                    Optional.of(peer.name().value()), Optional.empty(), Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                what + " (" + count + " by this rule so far)"));
  }
}

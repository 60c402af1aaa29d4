package io.landfall.node;

import io.landfall.control.ControlEffect;
import io.landfall.control.ControlEvent;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.edge.server.EdgeServer;
import io.landfall.trust.PeerIdentity;
import java.net.InetSocketAddress;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does in this process what plane two asks its owner for. On the control thread only. */
final class NodeEffects implements Consumer<ControlEffect> {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  private final Node node;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<Void> inSync = new CompletableFuture<>();
  private NavigableSet<NodeName> lastCut = new TreeSet<>();

  /** Whether requests are decided by what was known last, while another process takes over. */
  private boolean frozen;

  NodeEffects(Node node) {
    this.node = node;
  }

  /** Done once every peer has confirmed a drain, or could not. */
  CompletableFuture<Void> drained() {
    return drained;
  }

  /** Done when the node has learnt from its peers what there is, or has waited long enough. */
  CompletableFuture<Void> inSync() {
    return inSync;
  }

  /**
   * The sessions with other nodes are about to end, for another process to have them: from now on
   * requests that would go to other nodes wait, and what is learnt changes nothing.
   */
  void freeze() {
    frozen = true;
    published(node.snapshots.withhold(node.overlay.plane().published()));
  }

  /** Another process has sessions: requests go to other nodes again, by what was known before. */
  void release() {
    node.snapshots.restore();
    requestsGoOn();
  }

  private void requestsGoOn() {
    EdgeServer running = node.edge();
    if (running != null) {
      running.started();
    }
  }

  /** What is known now counts for requests again. */
  void thaw() {
    frozen = false;
    node.snapshots.restore();
    published(node.snapshots.update(node.overlay.plane().published()));
    node.requests.changed();
    requestsGoOn();
  }

  /** Who was cut off when rights were looked at last. */
  NavigableSet<NodeName> lastCut() {
    return lastCut;
  }

  @Override
  public void accept(ControlEffect effect) {
    if (frozen && isOfRequests(effect)) {
      return;
    }
    switch (effect) {
      case ControlEffect.DialCandidate(var candidate) -> node.outgoing.dialCandidate(candidate);
      case ControlEffect.DialChannel(long dial, InetSocketAddress at) ->
          node.outgoing.dialChannel(dial, at);
      case ControlEffect.HoldChannel(long dial) -> node.outgoing.hold(dial);
      case ControlEffect.CloseChannel(long dial, String why) -> node.outgoing.close(dial, why);
      case ControlEffect.ForwardTo(PeerIdentity peer, InetSocketAddress at) ->
          node.forward.proved(peer, at);
      case ControlEffect.ForwardNoMore(HostAddress to) -> node.forward.forget(to);
      case ControlEffect.RequestsLeft(HostAddress to) -> requestsLeft(to);
      case ControlEffect.RequestsLost(HostAddress to) -> requestsLost(to);
      case ControlEffect.AdjacencyUp(PeerIdentity peer, long stream) -> {
        node.overlay.link(stream).ifPresent(node.bfd::adjacencyUp);
        node.purges.known(peer.name());
      }
      case ControlEffect.AdjacencyDown(HostAddress peer) -> node.bfd.adjacencyLost(peer);
      case ControlEffect.SenderChanged(HostAddress sender) -> node.requests.changed(sender);
      case ControlEffect.RoutesChanged(int[] offsets) -> node.requests.changed(offsets);
      case ControlEffect.Started _ -> started();
      // Behind what the control thread has to do already.
      case ControlEffect.PublishSoon _ ->
          node.control.execute(() -> node.overlay.apply(new ControlEvent.Publish()));
      case ControlEffect.Published(var changed) -> published(node.snapshots.update(changed));
      case ControlEffect.SessionRefused(InetSocketAddress at, String rule, String sentence) ->
          node.port
              .refusals()
              .count(rule, Places.endpoint(at) + ": " + sentence, node.control.wallMillis());
      case ControlEffect.RightsChecked(var list, long wallMillis, NavigableSet<NodeName> cut) -> {
        lastCut = new TreeSet<>(cut);
        lastCut.addAll(node.requests.cut(list, wallMillis));
        lastCut.addAll(node.forward.connections().cut(list, wallMillis));
      }
      case ControlEffect.RunProbe(var probe) -> node.probes.run(probe);
      case ControlEffect.Drained done -> {
        log.atInfo()
            .addKeyValue("answered", done.answered())
            .addKeyValue("skipped", done.skipped())
            .log("drain barrier");
        drained.complete(null);
      }
      case ControlEffect.Write _,
          ControlEffect.CloseStream _,
          ControlEffect.PathsChanged _,
          ControlEffect.Monitored _,
          ControlEffect.Log _,
          ControlEffect.Answered _,
          ControlEffect.Yielded _,
          ControlEffect.Stopped _ ->
          throw new InvariantBroken("the driver does this itself: " + effect);
    }
  }

  /**
   * Whether it changes how requests are served. A node that yields leaves that as it is: what
   * crosses the end of its sessions is served still, since its sender has no other place for it.
   */
  private static boolean isOfRequests(ControlEffect effect) {
    return effect instanceof ControlEffect.ForwardNoMore
        || effect instanceof ControlEffect.SenderChanged
        || effect instanceof ControlEffect.RoutesChanged
        || effect instanceof ControlEffect.Published;
  }

  /** Backends of these services are elsewhere now, or nowhere. */
  void moved(Set<ServiceName> services) {
    if (frozen) {
      return;
    }
    published(
        node.snapshots.update(
            node.overlay.plane().published().stream()
                .filter(state -> services.contains(state.view().name()))
                .toList()));
  }

  private void started() {
    node.snapshots.started();
    EdgeServer running = node.edge();
    if (running != null) {
      running.started();
    }
    inSync.complete(null);
  }

  private void published(Set<ServiceName> changed) {
    EdgeServer running = node.edge();
    if (running != null) {
      running.servicesChanged(changed);
    }
  }

  private void requestsLeft(HostAddress to) {
    EdgeServer running = node.edge();
    if (running != null) {
      running.peerLeft(to);
    }
  }

  /** Requests on their way to a node are not answered any more. */
  private void requestsLost(HostAddress to) {
    EdgeServer running = node.edge();
    if (running != null) {
      running.peerLost(to);
    }
  }
}

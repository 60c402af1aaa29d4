package io.landfall.control;

import static io.landfall.control.LogField.field;

import io.landfall.bgp.CeaseMessage;
import io.landfall.bgp.SessionState;
import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.NodeEndpoint;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Steps the table and its sessions, and decides what a session that came up or ended, and a route
 * that changed, mean for everything else that concerns the node.
 */
final class TableDriver {
  private final Overlay overlay;
  private final Step step;
  private final Neighbors neighbors;
  private final ForwardingChannels channels;
  private final DuplicateReports reports;
  private final Publication publication;
  private final PlaceExchange places;

  /** Bounded by what the effects of one event lead to. */
  private final ArrayDeque<OverlayEvent> waiting = new ArrayDeque<>();

  private boolean stepping;

  TableDriver(ForwardingChannels channels, PlaceExchange places) {
    ForwardingChannels.Parts parts = channels.parts();
    this.overlay = parts.overlay();
    this.step = parts.step();
    this.neighbors = parts.nodes().neighbors();
    this.reports = parts.nodes().reports();
    this.publication = parts.publication();
    this.channels = channels;
    this.places = places;
  }

  /** Steps the table, and does what it asks for; a further event waits for the effects before. */
  void apply(OverlayEvent event) {
    waiting.add(event);
    if (stepping) {
      return;
    }
    stepping = true;
    try {
      for (OverlayEvent next = waiting.poll(); next != null; next = waiting.poll()) {
        for (OverlayEffect effect : overlay.step(next, step.nanos())) {
          carryOut(effect);
        }
      }
    } finally {
      stepping = false;
    }
  }

  /** Ends the streams of a peer that has not sent its OPEN on any; whether there were such. */
  boolean stopUnresponsive(HostAddress identity) {
    boolean unresponsive =
        overlay.peers().stream()
            .anyMatch(
                peer ->
                    peer.info().identity().equals(identity)
                        && peer.state() == SessionState.OPEN_SENT);
    if (unresponsive) {
      apply(
          new OverlayEvent.StopPeer(
              identity, CeaseMessage.CONNECTION_REJECTED, "another certificate came before OPEN"));
    }
    return unresponsive;
  }

  private void carryOut(OverlayEffect effect) {
    switch (effect) {
      case OverlayEffect.Write write ->
          step.add(new ControlEffect.Write(write.connection(), write.bytes()));
      case OverlayEffect.CloseLink close ->
          step.add(new ControlEffect.CloseStream(close.connection(), close.why()));
      case OverlayEffect.PeerUp up -> sessionUp(up);
      case OverlayEffect.PeerDown down -> sessionDown(down);
      case OverlayEffect.Rejected rejected ->
          neighbors.holders(rejected.peer().identity()).stream()
              .findFirst()
              .ifPresent(peer -> reports.rejectedBy(peer, rejected.text()));
      case OverlayEffect.NodeLearned learned ->
          channels.advertised(learned.node(), learned.endpoint(), learned.from());
      case OverlayEffect.PlacesNamed(HostAddress from, List<NodeEndpoint> where) ->
          places.named(from, where);
      case OverlayEffect.RoutesChanged changed -> {
        channels.routesChanged(changed.offsets());
        publication.routesChanged(changed.offsets());
        step.add(new ControlEffect.RoutesChanged(changed.offsets()));
      }
      case OverlayEffect.PathsChanged changed ->
          step.add(new ControlEffect.PathsChanged(changed.ownPathIds()));
      case OverlayEffect.Monitored monitored ->
          step.add(new ControlEffect.Monitored(monitored.what()));
      case OverlayEffect.BarrierDone done ->
          step.add(new ControlEffect.Drained(done.token(), done.answered(), done.skipped()));
      case OverlayEffect.Note note -> {
        String peer = note.peer().map(NodeName::value).orElse("-");
        if (note.warning()) {
          step.warn(Subject.OVERLAY, "peer note", field("peer", peer), field("note", note.text()));
        } else {
          step.info(Subject.OVERLAY, "peer note", field("peer", peer), field("note", note.text()));
        }
      }
    }
  }

  private void sessionUp(OverlayEffect.PeerUp up) {
    HostAddress identity = up.peer().identity();
    step.info(
        Subject.OVERLAY,
        "adjacency up",
        field("peer", up.peer().name()),
        field("identity", identity));
    Neighbor neighbor = neighbors.obtain(identity);
    neighbor.established(up.connection());
    neighbor
        .session()
        .ifPresent(
            session -> {
              step.add(new ControlEffect.SenderChanged(identity));
              step.add(new ControlEffect.AdjacencyUp(session.peer(), up.connection()));
              channels.sessionUp(session);
              publication.nodeChanged(identity);
            });
  }

  private void sessionDown(OverlayEffect.PeerDown down) {
    HostAddress identity = down.peer().identity();
    Neighbor neighbor = neighbors.get(identity);
    if (neighbor != null) {
      neighbor.sessionEnded();
    }
    if (down.reason().isResetByPeer()) {
      // First: a request that finds no way there any more is to find that it has to wait.
      publication.peerReturns(down.peer(), step.nanos());
      publication.peerLost(down.peer());
      step.add(new ControlEffect.Published(publication.takeChanges()));
    }
    step.add(new ControlEffect.SenderChanged(identity));
    step.warn(
        Subject.OVERLAY,
        "adjacency down",
        field("peer", down.peer().name()),
        field("identity", identity),
        field("by", down.reason().byPeer() ? "peer" : "us"),
        field("code", down.reason().code() + "/" + down.reason().subcode()),
        field("why", down.reason().text()));
    channels.sessionLost(identity);
    places.sessionLost(identity);
    step.add(
        down.reason().isSilence()
            ? new ControlEffect.RequestsLost(identity)
            : new ControlEffect.RequestsLeft(identity));
    publication.peerLost(down.peer());
  }
}

package io.landfall.overlay;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.List;
import java.util.Optional;

/** What the overlay asks its owner to do, in order. */
public sealed interface OverlayEffect {
  /**
   * Write these bytes to a stream. When the write finds the stream full, answer with {@link
   * OverlayEvent.LinkFull}, and with {@link OverlayEvent.LinkWritable} when it has drained.
   */
  record Write(HostAddress peer, long connection, byte[] bytes) implements OverlayEffect {}

  /** Close a stream after what was written to it has left. */
  record CloseLink(HostAddress peer, long connection, String why) implements OverlayEffect {}

  /**
   * The adjacency is up: the session is Established.
   *
   * @param connection the stream that carries it
   */
  record PeerUp(PeerInfo peer, long connection) implements OverlayEffect {}

  /**
   * The adjacency is gone, and every route of the peer with it: none is offered from now on, though
   * not all may be named by {@link RoutesChanged} yet.
   */
  record PeerDown(PeerInfo peer, DownReason reason) implements OverlayEffect {}

  /**
   * A peer rejected the connection of this node before there was a session (Cease / Connection
   * Rejected).
   *
   * @param text the RFC's name of the error, and the peer's text (RFC 9003)
   */
  record Rejected(PeerInfo peer, String text) implements OverlayEffect {}

  /**
   * The table changed, so that views built from it are old. What one event changes in many hosts
   * comes in several of these, of one step after the other.
   *
   * @param offsets the hosts that changed, as offsets in the block, each once
   * @param cause why
   * @param peer the peer that it came from; empty for local causes
   */
  record RoutesChanged(int[] offsets, Cause cause, Optional<NodeName> peer)
      implements OverlayEffect {}

  /**
   * Paths came, went, have other attributes or another next hop's state; only while a watcher wants
   * to know ({@link RouteMonitor#wantChanges}).
   *
   * @param ownPathIds their identifiers here; one that no path has any more names one that went
   */
  record PathsChanged(int[] ownPathIds) implements OverlayEffect {}

  /**
   * A route of a node's identity names the endpoint at which requests may be forwarded to it. It is
   * a hint for the node's forwarding plan and gives no rights: whoever answers there has to prove
   * with its certificate that it is that node.
   *
   * @param from the identity of the peer whose route names the endpoint: the node itself, or a
   *     reflector
   */
  record NodeLearned(HostAddress node, NodeEndpoint endpoint, HostAddress from)
      implements OverlayEffect {}

  /**
   * A node of the mesh names these places at which it has proved that other nodes are, and no other
   * any more. They are places to try, and change nothing in the table.
   *
   * @param from the identity of the peer, on whose own session it came
   */
  record PlacesNamed(HostAddress from, List<NodeEndpoint> places) implements OverlayEffect {
    /** Copies the list. */
    public PlacesNamed {
      places = List.copyOf(places);
    }
  }

  /**
   * What was sent before the barrier has been processed by every peer that could be asked.
   *
   * @param answered how many peers answered
   * @param skipped how many could not be asked, went away, or did not answer in time
   */
  record BarrierDone(long token, int answered, int skipped) implements OverlayEffect {}

  /**
   * Something worth a line in the log. Refusals are noted at the 1st, 2nd, 4th, 8th ... of a rule.
   *
   * @param peer whom it is about; empty when none
   */
  record Note(boolean warning, Optional<NodeName> peer, String text) implements OverlayEffect {}

  /** Something for watchers; never without an open {@link RouteMonitor}. */
  record Monitored(MonitoringEvent what) implements OverlayEffect {}

  /** Why the table changed. */
  enum Cause {
    /** An UPDATE of a peer. */
    UPDATE,
    /** A session was lost. */
    SESSION_LOST,
    /** A local service changed its signal, or a drain began or ended. */
    LOCAL,
    /** A next hop became usable or unusable. */
    NEXT_HOP,
    /** A peer's entitlement changed. */
    ENTITLEMENT,
    /** What it costs to reach a node changed. */
    COST
  }
}

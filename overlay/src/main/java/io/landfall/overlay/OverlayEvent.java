package io.landfall.overlay;

import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What can happen to the overlay. Peers are named by their identity, streams by a number that the
 * owner never uses twice; an event of a stream that the overlay does not hold is ignored.
 */
public sealed interface OverlayEvent {
  /**
   * An authenticated stream to a peer is there.
   *
   * @param fingerprint the fingerprint of the peer's certificate (or another proof of which daemon
   *     it is): it distinguishes a second stream of one node from a second node with one identity
   * @param place the address of its other end, for comparing; empty when it is always the same
   * @param connection the owner's number for the stream
   * @param direction which side opened it (RFC 4271 section 6.8)
   */
  record LinkUp(
      PeerInfo peer, String fingerprint, String place, long connection, Direction direction)
      implements OverlayEvent {
    /** A stream to a peer that is always at the same place. */
    public LinkUp(PeerInfo peer, String fingerprint, long connection, Direction direction) {
      this(peer, fingerprint, "", connection, direction);
    }
  }

  /** Bytes arrived; the array is the overlay's to keep. */
  record Bytes(HostAddress peer, long connection, byte[] bytes) implements OverlayEvent {}

  /** A write found the stream's buffer full; nothing more is sent until {@link LinkWritable}. */
  record LinkFull(HostAddress peer, long connection) implements OverlayEvent {}

  /** The stream takes bytes again. */
  record LinkWritable(HostAddress peer, long connection) implements OverlayEvent {}

  /** The stream ended. */
  record LinkClosed(HostAddress peer, long connection, String why) implements OverlayEvent {}

  /** Time has passed: {@link Overlay#deadlineNanos} was reached. */
  record Tick() implements OverlayEvent {}

  /**
   * What a service at this site is now.
   *
   * @param signal {@link Signal#DOWN} withdraws the route
   * @param tier the tier it gives itself, unsigned 32 bits; lower is preferred; sent as MED
   */
  record Originate(HostAddress service, Signal signal, long tier) implements OverlayEvent {}

  /** Every local service was evaluated once; only now may End-of-RIB be sent. */
  record LocalServicesEvaluated() implements OverlayEvent {}

  /**
   * What a liveness check (BFD) or the forwarding channel reports of the path to a node.
   *
   * @param reachability {@link Reachability#UNKNOWN} leaves it to the session with the node
   */
  record NextHop(HostAddress node, Reachability reachability) implements OverlayEvent {}

  /** Where this node's overlay port is reached; it is advertised with the node's identity. */
  record ReachedAt(NodeEndpoint endpoint) implements OverlayEvent {}

  /**
   * Where this node has proved that other nodes of the mesh are; it is advertised with the node's
   * identity in place of what was named before.
   *
   * @param places {@link NamedPlaces#MOST} at most
   */
  record NamePlaces(List<NodeEndpoint> places) implements OverlayEvent {
    /** Copies the list. */
    public NamePlaces {
      places = List.copyOf(places);
    }
  }

  /**
   * What the owner found out about a node that is no peer: it is learned of through a reflector,
   * and the owner dialled it.
   */
  sealed interface RemoteNode extends OverlayEvent {
    /** The node's identity. */
    HostAddress node();

    /** A certificate proved who it is, and what it may originate. */
    record Verified(HostAddress node, SortedSet<HostAddress> services) implements RemoteNode {
      /** Copies the set. */
      public Verified {
        services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
      }
    }

    /** Its certificate is not to be believed any longer; its routes go. */
    record Disowned(HostAddress node) implements RemoteNode {}

    /**
     * The channel to it on which requests are forwarded came up: the adjacency of a next hop that
     * is behind a reflector.
     */
    record ChannelUp(HostAddress node) implements RemoteNode {}

    /** That channel was lost. */
    record ChannelDown(HostAddress node) implements RemoteNode {}
  }

  /**
   * Nodes may be believed again that were not: peers that reflect routes of others are asked for
   * them again (RFC 2918), since the routes of a node that was disowned are not kept.
   */
  record AskReflectorsAgain() implements OverlayEvent {}

  /**
   * A peer may originate other services than before, as when the config knows others. What it may
   * not originate any more goes; it is asked to send again what was refused before (RFC 2918).
   *
   * @param services all that it may originate
   */
  record Entitle(HostAddress peer, SortedSet<HostAddress> services) implements OverlayEvent {
    /** Copies the set. */
    public Entitle {
      services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
    }
  }

  /**
   * {@link NodeDirectory} gives other answers than before, so that routes are judged by it anew.
   */
  record DirectoryChanged() implements OverlayEvent {}

  /** {@link NodeCosts} gives other answers than before: best paths are worked out anew. */
  record CostsChanged() implements OverlayEvent {}

  /** Advertises DRAINING for every local service (RFC 8326). */
  record DrainBegin() implements OverlayEvent {}

  /**
   * Withdraws every local service, then asks for {@link OverlayEffect.BarrierDone} once every peer
   * has processed what was sent so far.
   *
   * @param token the owner's number for it; a newer one replaces one that is not done
   */
  record DrainWithdraw(long token) implements OverlayEvent {}

  /** Ends a drain: services are advertised again as before. */
  record DrainEnd() implements OverlayEvent {}

  /**
   * Ends the session with one peer, for instance because its certificate was revoked.
   *
   * @param ceaseSubcode RFC 4486, such as 3 peer de-configured
   * @param text the shutdown communication (RFC 9003)
   */
  record StopPeer(HostAddress peer, int ceaseSubcode, String text) implements OverlayEvent {}

  /**
   * Ends every session with this text (RFC 9003).
   *
   * @param returns whether they begin anew soon, so that it is Cease / Administrative Reset; else
   *     it is Cease / Administrative Shutdown
   */
  record Shutdown(String text, boolean returns) implements OverlayEvent {
    /** The end of the node. */
    public Shutdown(String text) {
      this(text, false);
    }
  }

  /** What is known of the path to a next hop. */
  enum Reachability {
    /** Usable while the session with that node is Established, or a channel to it is up. */
    UNKNOWN,
    /** Proved dead: not used even while the session is still up. */
    DOWN
  }
}

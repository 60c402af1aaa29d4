package io.landfall.overlay;

import io.landfall.bgp.Capabilities;
import io.landfall.bgp.CeaseMessage;
import io.landfall.bgp.Family;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionEffect;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.SessionState;
import io.landfall.bgp.SessionStats;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Rng;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Drives the BGP session of every peer, and turns the effects of sessions into what the overlay
 * does: an Established session becomes an {@link Adjacency}, a lost one takes its routes with it.
 *
 * <p>Sessions are passive (RFC 4271 section 8.1.1, PassiveTcpEstablishment): the owner has
 * authenticated the stream before BGP sees it, so who dialled matters for collisions only.
 */
final class Sessions {
  private static final int CONNECT_RETRY_SECONDS = 5;
  private static final int CEASE = 6;

  /**
   * How long a stream may stay without an OPEN. The handshake is done and OPEN is the first thing
   * that a node writes, so who sends none only keeps the identity from its owner.
   */
  static final int OPEN_WAIT_SECONDS = 2;

  /** What sessions cause beyond themselves. */
  interface Listener {
    void up(Peer peer, Adjacency adjacency, long nowNanos);

    void update(Peer peer, Adjacency adjacency, UpdateMessage<HostAddress> update, long nowNanos);

    void refresh(Peer peer, Adjacency adjacency, int subtype, long nowNanos);

    void down(Peer peer, Adjacency adjacency, DownReason reason, long nowNanos);
  }

  private final OverlaySettings config;
  private final HostRouteCodec codec;
  private final Family family;
  private final Rng jitter;
  private final Effects effects;
  private final Listener listener;
  private final AdjRibOut.Shared shared;
  private final RouteMonitor monitor;

  Sessions(
      OverlaySettings config,
      Rng jitter,
      Effects effects,
      Listener listener,
      AdjRibOut.Shared shared,
      RouteMonitor monitor) {
    this.monitor = monitor;
    this.config = config;
    this.codec = new HostRouteCodec(config.block());
    this.family = shared.family();
    this.jitter = jitter;
    this.effects = effects;
    this.listener = listener;
    this.shared = shared;
  }

  /** A peer whose session has not begun. */
  Peer newPeer(PeerInfo info, String fingerprint, long nowNanos) {
    SessionConfig session =
        new SessionConfig(
            config.asn(),
            config.asn(),
            shared.ownIdentifier(),
            OptionalLong.of(Integer.toUnsignedLong(BgpIdentifier.of(info.identity()))),
            config.limits().holdTimeSeconds(),
            List.of(family),
            SessionConfig.Opening.PASSIVE,
            new SessionConfig.Options(
                config.reflector() ? SessionConfig.AddPath.BOTH : SessionConfig.AddPath.RECEIVE,
                SessionConfig.Role.NONE,
                SessionConfig.RoleMode.LENIENT,
                config.limits().sendHoldTimeSeconds(),
                CONNECT_RETRY_SECONDS,
                config.limits().receivePrefixes(),
                OPEN_WAIT_SECONDS));
    return new Peer(
        info,
        fingerprint,
        new Session<>(session, codec, jitter, monitor.listen(info)),
        config.limits().recentRefusals(),
        nowNanos);
  }

  void connected(Peer peer, long connection, Direction direction, long nowNanos) {
    if (peer.stopped) {
      peer.stopped = false;
      step(peer, new SessionEvent.Start(), nowNanos);
    }
    peer.connections.add(connection);
    step(peer, new SessionEvent.Connected(connection, direction), nowNanos);
  }

  /**
   * Ends an idle hold time, since another caused it: a thief of a node's key could keep the node
   * away by sending what is refused.
   */
  void forgive(Peer peer, long nowNanos) {
    peer.stopped = false;
    step(peer, new SessionEvent.Start(), nowNanos);
  }

  /** The subcode of the Cease by which a node ends all its sessions. */
  static int endingBy(boolean returns) {
    return returns ? CeaseMessage.ADMINISTRATIVE_RESET : CeaseMessage.ADMINISTRATIVE_SHUTDOWN;
  }

  /** Ends a peer's session with Cease; it begins again with the next stream. */
  void stop(Peer peer, int ceaseSubcode, String text, long nowNanos) {
    peer.stopped = true;
    step(peer, new SessionEvent.Stop(ceaseSubcode, text), nowNanos);
  }

  void step(Peer peer, SessionEvent event, long nowNanos) {
    peer.session.step(event, nowNanos, effect -> apply(peer, effect, nowNanos));
  }

  /**
   * Hands the session what is due to the peer, until the budget is used up.
   *
   * @param budget how many routes
   * @return what is left of it
   */
  int drain(Peer peer, Adjacency adjacency, int budget, boolean servicesEvaluated, long nowNanos) {
    return adjacency.out.drain(
        new Outbox() {
          @Override
          public void update(UpdateMessage<HostAddress> update) {
            writes(peer, peer.session.send(update, nowNanos));
          }

          @Override
          public void refreshMarker(int subtype) {
            writes(peer, peer.session.sendRefreshMarker(family, subtype, nowNanos));
          }
        },
        budget,
        servicesEvaluated);
  }

  /** Asks the peer for everything again; at most one such request is open at a time. */
  void requestRefresh(Peer peer, Adjacency adjacency, long nowNanos) {
    if (adjacency.refreshPending) {
      adjacency.refreshAgain = true;
      return;
    }
    adjacency.refreshPending = adjacency.marksRefresh;
    writes(peer, peer.session.requestRefresh(family, nowNanos));
  }

  private void writes(Peer peer, List<SessionEffect.Write<HostAddress>> writes) {
    for (SessionEffect.Write<HostAddress> write : writes) {
      write(peer, write);
    }
  }

  private void write(Peer peer, SessionEffect.Write<HostAddress> write) {
    effects.add(new OverlayEffect.Write(peer.info.identity(), write.connection(), write.bytes()));
  }

  private void apply(Peer peer, SessionEffect<HostAddress> effect, long nowNanos) {
    switch (effect) {
      case SessionEffect.Connect<HostAddress> connect ->
          throw new InvariantBroken("a passive session never asks for a connection");
      case SessionEffect.Write<HostAddress> write -> write(peer, write);
      case SessionEffect.Close<HostAddress>(long connection, String why) -> {
        if (peer.connections.remove(connection)) {
          effects.add(new OverlayEffect.CloseLink(peer.info.identity(), connection, why));
        }
      }
      case SessionEffect.Established<HostAddress> up -> established(peer, up, nowNanos);
      case SessionEffect.Update<HostAddress>(UpdateMessage<HostAddress> update) ->
          listener.update(peer, adjacencyOf(peer), update, nowNanos);
      case SessionEffect.Refresh<HostAddress>(Family asked, int subtype) -> {
        if (asked == family) {
          listener.refresh(peer, adjacencyOf(peer), subtype, nowNanos);
        }
      }
      case SessionEffect.Down<HostAddress>(DownReason reason) -> {
        Adjacency lost = adjacencyOf(peer);
        peer.down(reason, nowNanos);
        listener.down(peer, lost, reason, nowNanos);
      }
      case SessionEffect.AttemptFailed<HostAddress>(String why) -> {
        noteFailure(peer, why);
        rejectedNow(peer, nowNanos)
            .ifPresent(text -> effects.add(new OverlayEffect.Rejected(peer.info, text)));
      }
    }
  }

  /**
   * A reason is noted once, not each time that a peer is tried again. Where another connection of
   * the peer is open this one was the loser of a collision (RFC 4271 section 6.8), as one of two is
   * whenever both sides dial: that is no failure, and is counted only.
   */
  private void noteFailure(Peer peer, String why) {
    boolean another = peer.session.state().compareTo(SessionState.OPEN_SENT) >= 0;
    if (!another && !why.equals(peer.lastFailure)) {
      peer.lastFailure = why;
      effects.info(peer, "no session yet: " + why);
    }
  }

  /** What the peer wrote when it rejected the connection in this very step. */
  private static Optional<String> rejectedNow(Peer peer, long nowNanos) {
    return peer.session
        .stats()
        .lastNotificationReceived()
        .filter(
            seen ->
                seen.nanos() == nowNanos
                    && seen.code() == CEASE
                    && seen.subcode() == CeaseMessage.CONNECTION_REJECTED)
        .map(SessionStats.Notification::text);
  }

  private void established(Peer peer, SessionEffect.Established<HostAddress> up, long nowNanos) {
    Source source = Source.session(peer.info, config.limits().acceptPaths());
    boolean addPath = family.isIn(up.negotiated().addPathSend());
    boolean marksRefresh =
        peer.session
            .remoteOpen()
            .map(open -> open.capabilities().has(Capabilities.Extension.ENHANCED_ROUTE_REFRESH))
            .orElse(false);
    // draft-abraitis-idr-addpath-paths-limit; the list is by family, IPv4 first.
    int pathsLimit =
        peer.session
            .remoteOpen()
            .map(open -> open.capabilities().addPath().pathsLimit().get(family.afi() - 1))
            .orElse(0);
    AdjRibOut out = new AdjRibOut(shared, source, addPath, pathsLimit, config.block().size());
    Adjacency adjacency =
        new Adjacency(up.connection(), up.negotiated(), source, out, marksRefresh);
    peer.up(adjacency, nowNanos);
    listener.up(peer, adjacency, nowNanos);
  }

  private static Adjacency adjacencyOf(Peer peer) {
    Adjacency adjacency = peer.adjacency;
    if (adjacency == null) {
      throw new InvariantBroken("only an Established session has updates and ends");
    }
    return adjacency;
  }
}

package io.landfall.bgp;

import io.landfall.core.Rng;
import java.util.List;
import java.util.OptionalLong;

/**
 * One BGP session with one peer as a pure step: events in, effects out, no sockets, no threads, no
 * clock.
 *
 * @param <P> the plane's prefix type
 */
public final class Session<P> {
  private final SessionConfig config;
  private final PrefixCodec<P> codec;
  private final Rng jitter;

  /** A session in Idle. */
  public Session(SessionConfig config, PrefixCodec<P> codec, Rng jitter) {
    this.config = config;
    this.codec = codec;
    this.jitter = jitter;
  }

  /** Applies one event and returns what the owner must do, in order. */
  public List<SessionEffect<P>> step(SessionEvent event, long nowNanos) {
    return List.of();
  }

  /**
   * Encodes routes for the peer, in one or more messages of the negotiated size.
   *
   * @throws io.landfall.core.InvariantBroken when the session is not Established
   */
  public List<SessionEffect<P>> send(UpdateMessage<P> update, long nowNanos) {
    return List.of();
  }

  /** Asks the peer for all its routes again (RFC 2918). */
  public List<SessionEffect<P>> requestRefresh(Family family, long nowNanos) {
    return List.of();
  }

  /** Answers a refresh with BoRR (1) or EoRR (2) of RFC 7313, when the peer understands it. */
  public List<SessionEffect<P>> sendRefreshMarker(Family family, int subtype, long nowNanos) {
    return List.of();
  }

  /** When the next Tick is due, by the monotonic clock; empty when no timer runs. */
  public OptionalLong deadlineNanos() {
    return OptionalLong.empty();
  }

  @Override
  public String toString() {
    return config + " " + codec + " " + jitter;
  }

  /** The state of the connection that is furthest along. */
  public SessionState state() {
    return SessionState.IDLE;
  }
}

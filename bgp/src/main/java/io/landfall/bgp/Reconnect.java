package io.landfall.bgp;

import io.landfall.core.Rng;
import java.util.OptionalLong;

/**
 * What a session does while it has no connection: the Idle, Connect and Active states of RFC 4271
 * section 8.2.2, with the ConnectRetryTimer and the IdleHoldTimer.
 *
 * <p>A passive session never asks for a connection; it is Active whenever it is not Idle.
 */
final class Reconnect {
  /** The state, finer than the RFC's: there are two ways to be Idle. */
  enum Phase {
    /** Idle until Start. */
    STOPPED,
    /** Idle until the idle hold time is over. */
    HOLDING,
    /** Connect: the owner was asked for a connection. */
    CONNECTING,
    /** Active: waits for the peer, or for the next attempt. */
    WAITING
  }

  private static final long SECOND = 1_000_000_000L;

  private final boolean passive;
  private final long connectRetryNanos;
  private final Rng jitter;
  private final IdleHold idleHold;
  private final FsmTimer idleTimer = new FsmTimer();
  private final FsmTimer connectRetry = new FsmTimer();
  private Phase phase = Phase.STOPPED;

  Reconnect(SessionConfig config, Rng jitter) {
    this.passive = config.passive();
    this.connectRetryNanos = Math.max(1, config.options().connectRetrySeconds()) * SECOND;
    this.jitter = jitter;
    this.idleHold = new IdleHold(jitter);
  }

  Phase phase() {
    return phase;
  }

  boolean isIdle() {
    return phase == Phase.STOPPED || phase == Phase.HOLDING;
  }

  SessionState state() {
    return switch (phase) {
      case STOPPED, HOLDING -> SessionState.IDLE;
      case CONNECTING -> SessionState.CONNECT;
      case WAITING -> SessionState.ACTIVE;
    };
  }

  /** Leaves Idle or Active; true when the owner must be asked for a connection. */
  boolean begin(long nowNanos) {
    idleTimer.stop();
    if (passive) {
      phase = Phase.WAITING;
      return false;
    }
    phase = Phase.CONNECTING;
    // Should the owner never answer, it is asked again.
    startConnectRetry(nowNanos);
    return true;
  }

  void stop() {
    idleTimer.stop();
    connectRetry.stop();
    phase = Phase.STOPPED;
  }

  /** The connection that was asked for is there. */
  void connected() {
    if (phase == Phase.CONNECTING) {
      phase = Phase.WAITING;
      connectRetry.stop();
    }
  }

  /** The connection that was asked for failed; it is tried again later unless another lives. */
  void connectFailed(boolean othersLive, long nowNanos) {
    phase = Phase.WAITING;
    connectRetry.stop();
    if (!othersLive) {
      startConnectRetry(nowNanos);
    }
  }

  void established() {
    connectRetry.stop();
  }

  /**
   * The last connection ended.
   *
   * @param damped whether the reason means that the next attempt would fare no better
   * @param establishedNanos how long the session was Established; 0 when it never was
   */
  void lost(boolean damped, long establishedNanos, long nowNanos) {
    idleHold.wasEstablishedFor(establishedNanos);
    if (damped) {
      hold(nowNanos, idleHold.afterFailureNanos());
    } else if (establishedNanos > 0 && !passive) {
      hold(nowNanos, idleHold.pauseNanos());
    } else if (!passive) {
      // In Connect the owner still owes an answer; this is for the case that it never comes.
      if (phase != Phase.CONNECTING) {
        phase = Phase.WAITING;
      }
      startConnectRetry(nowNanos);
    }
  }

  private void hold(long nowNanos, long delayNanos) {
    phase = Phase.HOLDING;
    connectRetry.stop();
    idleTimer.start(nowNanos, delayNanos);
  }

  /** Whether a timer asks to begin again; it does so once. */
  boolean isDue(long nowNanos) {
    boolean idleOver = idleTimer.expired(nowNanos) && phase == Phase.HOLDING;
    boolean retry = connectRetry.expired(nowNanos) && !isIdle();
    return idleOver || retry;
  }

  private void startConnectRetry(long nowNanos) {
    connectRetry.start(nowNanos, IdleHold.jittered(jitter, connectRetryNanos));
  }

  OptionalLong deadlineNanos() {
    return idleTimer.earlier(connectRetry.earlier(OptionalLong.empty()));
  }
}

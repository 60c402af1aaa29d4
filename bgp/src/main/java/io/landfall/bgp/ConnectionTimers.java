package io.landfall.bgp;

import io.landfall.core.Rng;
import java.util.OptionalLong;

/**
 * The timers of one connection: HoldTimer and KeepaliveTimer of RFC 4271, SendHoldTimer of RFC
 * 9687.
 *
 * <p>The session cannot see a socket, so it learns that one is stuck from its owner: the send hold
 * timer runs from the first Write that found the buffer full until the owner reports that it
 * drained.
 */
final class ConnectionTimers {
  private static final long SECOND = 1_000_000_000L;

  private final Rng jitter;
  private final int sendHoldSeconds;
  private final FsmTimer hold = new FsmTimer();
  private final FsmTimer keepalive = new FsmTimer();
  private final FsmTimer sendHold = new FsmTimer();
  private int holdSeconds;
  private boolean blocked;
  private boolean readPaused;
  private boolean keepaliveOwed;

  ConnectionTimers(Rng jitter, int sendHoldSeconds) {
    this.jitter = jitter;
    this.sendHoldSeconds = sendHoldSeconds;
  }

  /** Waits for the peer's OPEN. */
  void awaitOpen(long nowNanos, int seconds) {
    hold.start(nowNanos, seconds * SECOND);
  }

  /** Uses the negotiated hold time from now on; 0 switches hold and keepalive off. */
  void negotiated(long nowNanos, int seconds) {
    holdSeconds = seconds;
    hold.stop();
    messageReceived(nowNanos);
  }

  /** KEEPALIVE or UPDATE arrived. */
  void messageReceived(long nowNanos) {
    if (holdSeconds > 0 && !readPaused) {
      hold.start(nowNanos, holdSeconds * SECOND);
    }
  }

  /** KEEPALIVE or UPDATE was written, so the next KEEPALIVE has time (RFC 4271 section 4.4). */
  void messageSent(long nowNanos) {
    keepaliveOwed = false;
    if (holdSeconds > 0) {
      keepalive.start(nowNanos, IdleHold.jittered(jitter, holdSeconds * SECOND / 3));
    }
  }

  void writeBlocked(long nowNanos) {
    blocked = true;
    if (sendHoldSeconds > 0 && !sendHold.isRunning()) {
      sendHold.start(nowNanos, sendHoldSeconds * SECOND);
    }
  }

  /** Blocked, and nothing is read either: the hold timer rests, and the send hold timer decides. */
  void stalled(long nowNanos) {
    writeBlocked(nowNanos);
    // Without a send hold timer nothing else would end it.
    if (holdSeconds > 0 && sendHoldSeconds > 0) {
      readPaused = true;
      hold.stop();
    }
  }

  void writable(long nowNanos) {
    blocked = false;
    sendHold.stop();
    if (readPaused) {
      readPaused = false;
      messageReceived(nowNanos);
    }
  }

  boolean isBlocked() {
    return blocked;
  }

  boolean holdExpired(long nowNanos) {
    return hold.expired(nowNanos);
  }

  boolean sendHoldExpired(long nowNanos) {
    return sendHold.expired(nowNanos);
  }

  /**
   * Whether a KEEPALIVE is to be written now. While the stream is blocked none is queued, however
   * many fall due; one is owed when it drains.
   */
  boolean keepaliveDue(long nowNanos) {
    if (keepalive.expired(nowNanos)) {
      keepaliveOwed = true;
    }
    return keepaliveOwed && !blocked;
  }

  OptionalLong deadlineNanos() {
    return hold.earlier(keepalive.earlier(sendHold.earlier(OptionalLong.empty())));
  }
}

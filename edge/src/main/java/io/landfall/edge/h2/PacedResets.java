package io.landfall.edge.h2;

import io.landfall.edge.loop.ChannelIo;
import io.netty.channel.ChannelPromise;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The RST_STREAM frames of one HTTP/2 connection with a node or a backend (RFC 9113 section 6.4),
 * paced: no more than the {@link ResetBudget} gives, and none while {@link #MAX_WAITING} have not
 * left yet. A stream whose reset has to wait is owed it: what still arrives on it is dropped, and
 * often it ends by itself. So however many requests are broken off, the other end never counts too
 * many resets, and one that does not read has no more of them waiting for it.
 */
final class PacedResets {
  /** The most resets that wait to be written. */
  static final int MAX_WAITING = 64;

  private static final int PAY_MILLIS = 50;

  private final H2Connection connection;
  private final ResetBudget budget;

  // Streams that are given up and not reset yet, with the code: a part of the open streams.
  private final Map<Integer, Long> owed = new LinkedHashMap<>(0);

  private int waiting;
  private boolean paying;

  /** Those of a connection, within a budget. */
  PacedResets(H2Connection connection, ResetBudget budget) {
    this.connection = connection;
    this.budget = budget;
  }

  /** Gives up a stream: at once if that may be, else as soon as it may. */
  void reset(int streamId, long errorCode) {
    if (owed.isEmpty() && mayReset()) {
      send(streamId, errorCode);
      connection.flushSoon();
    } else if (connection.connection().stream(streamId) != null) {
      if (owed.put(streamId, errorCode) == null) {
        connection.runtime().counters().heldResets.increment();
      }
      payLater();
      connection.resetHeld();
    }
  }

  private boolean mayReset() {
    return waiting < MAX_WAITING && budget.take(connection.runtime().clock().monotonicNanos());
  }

  private void send(int streamId, long errorCode) {
    waiting++;
    ChannelPromise promise = connection.context().newPromise();
    ChannelIo.ignore(promise.addListener(f -> waiting--));
    ChannelIo.ignore(connection.resetStream(connection.context(), streamId, errorCode, promise));
  }

  private void payLater() {
    if (!paying) {
      paying = true;
      ChannelIo.ignore(
          connection.loop().eventLoop().schedule(this::pay, PAY_MILLIS, TimeUnit.MILLISECONDS));
    }
  }

  /** Sends the resets that are owed, the oldest first, as far as may be. */
  private void pay() {
    paying = false;
    if (!connection.context().channel().isActive()) {
      return;
    }
    while (!owed.isEmpty() && mayReset()) {
      Map.Entry<Integer, Long> oldest = owed.entrySet().iterator().next();
      int streamId = oldest.getKey();
      long errorCode = oldest.getValue();
      owed.remove(streamId);
      send(streamId, errorCode);
    }
    connection.flushSoon();
    if (!owed.isEmpty()) {
      payLater();
    }
  }

  /** How many streams are given up, and are open only because their reset has to wait. */
  int owed() {
    return owed.size();
  }

  /** A stream is closed: it needs no reset any more. */
  void closed(int streamId) {
    owed.remove(streamId);
  }
}

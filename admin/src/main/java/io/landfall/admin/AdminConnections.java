package io.landfall.admin;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * The connections of one listener, which are bounded. When there are as many as there may be, the
 * one that has waited longest without a whole request has to go, so that idle ones cannot keep out
 * who asks. On the admin loop only.
 */
final class AdminConnections {
  /** Connections at once on one listener. */
  static final int MAX_CONNECTIONS = 64;

  private final SequencedSet<Channel> withoutRequest = new LinkedHashSet<>();
  private int open;

  AdminConnections() {}

  /** Lets a connection in; false when all others are being answered, and it has to go. */
  boolean enter(Channel channel) {
    if (open >= MAX_CONNECTIONS) {
      if (withoutRequest.isEmpty()) {
        return false;
      }
      // Its close future runs now: this is its loop.
      var _ = withoutRequest.getFirst().close();
    }
    open++;
    withoutRequest.add(channel);
    channel.closeFuture().addListener(closed -> leave(channel));
    return true;
  }

  /** How many there are. */
  int size() {
    return open;
  }

  private void leave(Channel channel) {
    open--;
    withoutRequest.remove(channel);
  }

  /** A whole request has come: it is not idle any more. */
  void asked(Channel channel) {
    withoutRequest.remove(channel);
  }

  /** It was answered, and is kept: it is the last of the idle ones to go. */
  void answered(Channel channel) {
    withoutRequest.add(channel);
  }
}

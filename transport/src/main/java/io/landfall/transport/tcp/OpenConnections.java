package io.landfall.transport.tcp;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many accepted connections each neighbour has open. A session needs one, and two while a
 * collision is resolved (RFC 4271 section 6.8); one that is refused lingers until its NOTIFICATION
 * is read. A neighbour that opens connections without end must cost no more than that. Any thread
 * may ask.
 */
final class OpenConnections {
  /** The most of one neighbour; more are closed at accept. */
  static final int MAX_PER_NEIGHBOR = 8;

  // Only configured neighbours have an entry.
  private final Map<InetAddress, Integer> open = new HashMap<>();

  OpenConnections() {}

  /** One more, if it may be: a caller that gets true calls {@link #leave} once. */
  synchronized boolean enter(InetAddress neighbor) {
    int count = open.getOrDefault(neighbor, 0);
    if (count >= MAX_PER_NEIGHBOR) {
      return false;
    }
    open.put(neighbor, count + 1);
    return true;
  }

  /** One is closed. */
  synchronized void leave(InetAddress neighbor) {
    open.computeIfPresent(neighbor, (at, count) -> count == 1 ? null : count - 1);
  }
}

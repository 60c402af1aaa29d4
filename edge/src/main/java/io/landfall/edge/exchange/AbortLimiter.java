package io.landfall.edge.exchange;

import io.landfall.core.SourceNetwork;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The clients of one event loop that break off forwarded requests, by {@link SourceNetwork}. Each
 * such request has cost a stream between nodes and work at the other node. People who close tabs
 * stay far below {@link #BURST}, also many behind one address. Who goes on above {@link
 * #PER_SECOND} is limited to that: a token bucket that is empty for {@link #MOST_OVER_MILLIS} at
 * most after the last one. What is served here is not touched by it, nor is a connection that has
 * had the whole answer to a forwarded request: it can break off one more, and is gone with that.
 */
final class AbortLimiter {
  /** The most that an address may break off at once. */
  static final int BURST = 1_000;

  /** The most that it may break off per second in the long run. */
  static final int PER_SECOND = 100;

  /** How long a source stays over the limit after the last request that it broke off. */
  static final int MOST_OVER_MILLIS = 100;

  /** The most addresses that are kept in mind; beyond it the one that broke off first goes. */
  static final int MAX_ADDRESSES = 4_096;

  private static final long NANOS_EACH = 1_000_000_000L / PER_SECOND;
  private static final long BURST_NANOS = BURST * NANOS_EACH;
  private static final long MOST_OVER_NANOS = MOST_OVER_MILLIS * 1_000_000L;

  /** When the address has paid for all that it broke off, by address. */
  private final Map<Long, Long> paidAtNanos = new LinkedHashMap<>(0);

  /** A client broke off a forwarded request. */
  void add(SocketAddress client, long nowNanos) {
    Long key = keyOf(client);
    Long known = paidAtNanos.remove(key);
    long from = known == null || known - nowNanos < 0 ? nowNanos : known;
    if (paidAtNanos.size() >= MAX_ADDRESSES) {
      paidAtNanos.remove(paidAtNanos.keySet().iterator().next());
    }
    // Others may be behind the same address: they are not shut out for what one has done.
    long until = Math.min(from + NANOS_EACH - nowNanos, BURST_NANOS + MOST_OVER_NANOS);
    // Behind the others, so that the first is the one that was quiet for longest.
    paidAtNanos.put(key, nowNanos + until);
  }

  /** Whether a client has broken off more than it may. */
  boolean isOver(SocketAddress client, long nowNanos) {
    if (paidAtNanos.isEmpty()) {
      return false;
    }
    Long paidAt = paidAtNanos.get(keyOf(client));
    return paidAt != null && paidAt - nowNanos > BURST_NANOS;
  }

  /** How many addresses are kept in mind. */
  int size() {
    return paidAtNanos.size();
  }

  private static Long keyOf(SocketAddress client) {
    return client instanceof InetSocketAddress socket && socket.getAddress() != null
        ? SourceNetwork.of(socket.getAddress())
        : 0L;
  }
}

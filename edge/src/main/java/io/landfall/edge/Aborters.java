package io.landfall.edge;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The clients of one event loop that break off forwarded requests, by address (IPv6: by /64, which
 * one host has to itself). Each such request has cost a stream between nodes and work at the other
 * node. People who close tabs stay far below {@link #BURST}, also many behind one address; who goes
 * on above {@link #PER_SECOND} gets nothing forwarded until it has let go for a while, at most
 * {@code BURST / PER_SECOND} seconds. What is served here is not touched by it.
 */
final class Aborters {
  /** The most that an address may break off at once. */
  static final int BURST = 1_000;

  /** The most that it may break off per second in the long run. */
  static final int PER_SECOND = 100;

  /** The most addresses that are kept in mind; beyond it the one that broke off first goes. */
  static final int MAX_ADDRESSES = 4_096;

  private static final long NANOS_EACH = 1_000_000_000L / PER_SECOND;
  private static final long BURST_NANOS = BURST * NANOS_EACH;

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
    // What was under way when it went over the limit must not shut it out for minutes.
    long until = Math.min(from + NANOS_EACH - nowNanos, 2 * BURST_NANOS);
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

  /** The first 64 bits of an IPv6 address, or an IPv4 address where no IPv6 address is. */
  private static Long keyOf(SocketAddress client) {
    if (!(client instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      return 0L;
    }
    InetAddress address = socket.getAddress();
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet4Address
        ? Integer.toUnsignedLong(bytes.getInt())
        : bytes.getLong();
  }
}

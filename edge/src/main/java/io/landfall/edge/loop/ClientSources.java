package io.landfall.edge.loop;

import io.landfall.core.SourceNetwork;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections the clients of each {@link SourceNetwork} have, on all event loops together.
 * As many entries as sources that are connected.
 */
public final class ClientSources {
  private volatile int most;

  // Asked only by key.
  private final ConcurrentHashMap<Long, Integer> connections = new ConcurrentHashMap<>();

  /**
   * No client is connected.
   *
   * @param most how many connections a source may have
   */
  public ClientSources(int most) {
    this.most = most;
  }

  /** From now on, a source may have so many; those that have more keep them. */
  public void bound(int other) {
    most = other;
  }

  /** Takes a place for a connection, if its source has one left. */
  public boolean enter(SocketAddress client) {
    int now = connections.merge(keyOf(client), 1, Integer::sum);
    if (now > most) {
      leave(client);
      return false;
    }
    return true;
  }

  /** A connection that had a place is over. */
  public void leave(SocketAddress client) {
    connections.computeIfPresent(keyOf(client), (key, now) -> now == 1 ? null : now - 1);
  }

  /** How many sources are connected. */
  int size() {
    return connections.size();
  }

  private static Long keyOf(SocketAddress client) {
    return client instanceof InetSocketAddress socket && socket.getAddress() != null
        ? SourceNetwork.of(socket.getAddress())
        : 0L;
  }
}

package io.landfall.node;

import io.landfall.edge.OriginServer;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Since when the addresses of one backend are up, as far as a slow start needs it: not of those
 * that are up from the first probe after the node's start, for they may have been so for long. On
 * the control thread.
 */
final class UpSince {
  /** What is known of an address. */
  private static final class Known {
    boolean isNew;
    boolean wasUp;
    boolean isUp;
    long sinceNanos = OriginServer.Traits.ALWAYS;
  }

  // As many as addresses.
  private final Map<InetSocketAddress, Known> all = new HashMap<>();

  UpSince() {}

  /** Forgets all other addresses. */
  void keepOnly(Collection<InetSocketAddress> addresses) {
    all.keySet().retainAll(addresses);
  }

  /** Since when an address is up, which it is now or not. */
  long of(InetSocketAddress address, boolean isUp, long nowNanos) {
    Known known = all.get(address);
    if (known == null) {
      known = new Known();
      known.isNew = all.values().stream().anyMatch(other -> other.wasUp);
      all.put(address, known);
    }
    if (isUp && !known.isUp) {
      known.sinceNanos = known.wasUp || known.isNew ? nowNanos : OriginServer.Traits.ALWAYS;
      known.wasUp = true;
    }
    known.isUp = isUp;
    return known.sinceNanos;
  }
}

package io.landfall.node;

import io.landfall.config.ServiceConfig;
import io.landfall.edge.OriginServer;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
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

  private final boolean added;

  /**
   * Those of a backend of which nothing is known.
   *
   * @param added whether it came to others of its service while the node runs, and so is new itself
   */
  UpSince(boolean added) {
    this.added = added;
  }

  /**
   * Those of a service's backends, by their indexes, as another config has them.
   *
   * @param before the backends of the config before; empty if the service had none here
   * @param known those of before; empty if nobody asked
   */
  static List<UpSince> of(
      List<ServiceConfig.Backend> backends,
      List<ServiceConfig.Backend> before,
      List<UpSince> known) {
    Map<String, Deque<UpSince>> byUrl = new HashMap<>();
    for (int i = 0; i < before.size(); i++) {
      byUrl
          .computeIfAbsent(before.get(i).url(), url -> new ArrayDeque<>())
          .add(known.isEmpty() ? new UpSince(false) : known.get(i));
    }
    List<UpSince> all = new ArrayList<>();
    for (ServiceConfig.Backend backend : backends) {
      UpSince same = byUrl.getOrDefault(backend.url(), new ArrayDeque<>()).poll();
      all.add(same == null ? new UpSince(!before.isEmpty()) : same);
    }
    return List.copyOf(all);
  }

  /** Forgets all other addresses. */
  void keepOnly(Collection<InetSocketAddress> addresses) {
    all.keySet().retainAll(addresses);
  }

  /** Since when an address is up, which it is now or not. */
  long of(InetSocketAddress address, boolean isUp, long nowNanos) {
    Known known = all.get(address);
    if (known == null) {
      known = new Known();
      known.isNew = added || all.values().stream().anyMatch(other -> other.wasUp);
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

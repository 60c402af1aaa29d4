package io.landfall.overlay;

import io.landfall.bgp.Nlri;
import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was advertised to a peer that takes several paths of a host (RFC 7911) but only so many
 * (draft-abraitis-idr-addpath-paths-limit, capability 76): the most preferred ones. Which those are
 * can change without any of them changing, so what was advertised has to be kept.
 */
final class AdvertisedPaths {
  private record Advertised(int id, AttributeSet attributes) {}

  /** Where the difference goes. */
  interface Sink {
    void withdraw(Nlri<HostAddress> route);

    void announce(AttributeSet attributes, Nlri<HostAddress> route);
  }

  /**
   * The most that are advertised of a host, whatever limit a peer names: each change of one of them
   * costs a look at all.
   */
  static final int MOST = 128;

  private final int limit;
  private final OffsetTable<List<Advertised>> byHost;

  /**
   * @param limit how many paths of a host the peer takes, at least 1
   */
  AdvertisedPaths(int limit, int blockSize) {
    this.limit = Math.min(limit, MOST);
    this.byHost = new OffsetTable<>(blockSize);
  }

  /** How many paths of a host are advertised. */
  int limit() {
    return limit;
  }

  /**
   * Advertises the first paths of a host, and withdraws what is no longer among them.
   *
   * @param inOrder the paths that may go to this peer, the preferred first; no more than {@link
   *     #limit}
   * @param everything whether the peer asked for a refresh (RFC 2918)
   */
  void update(HostAddress host, List<Path> inOrder, boolean everything, Sink sink) {
    List<Advertised> before = byHost.get(host.offset());
    before = before == null ? List.of() : before;
    List<Advertised> now = new ArrayList<>(inOrder.size());
    Map<Integer, AttributeSet> nowById = new TreeMap<>();
    for (Path path : inOrder) {
      now.add(new Advertised(path.outId, path.attributes));
      nowById.put(path.outId, path.attributes);
    }
    Map<Integer, AttributeSet> beforeById = new TreeMap<>();
    for (Advertised sent : before) {
      beforeById.put(sent.id, sent.attributes);
      if (!nowById.containsKey(sent.id)) {
        sink.withdraw(new Nlri<>(host, sent.id));
      }
    }
    for (Advertised sent : now) {
      if (everything || beforeById.get(sent.id) != sent.attributes) {
        sink.announce(sent.attributes, new Nlri<>(host, sent.id));
      }
    }
    if (now.isEmpty()) {
      byHost.remove(host.offset());
    } else {
      byHost.put(host.offset(), now);
    }
  }
}

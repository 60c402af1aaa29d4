package io.landfall.overlay;

import io.landfall.bgp.Nlri;
import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What a peer was told that takes several paths of a host (RFC 7911) but only so many
 * (draft-abraitis-idr-addpath-paths-limit, capability 76): the most preferred ones. Which those are
 * can change without any of them changing, so what was told has to be remembered.
 */
final class ToldPaths {
  private record Told(int id, AttributeSet attributes) {}

  /** Where the difference goes. */
  interface Sink {
    void withdraw(Nlri<HostAddress> route);

    void announce(AttributeSet attributes, Nlri<HostAddress> route);
  }

  private final int limit;
  private final OffsetTable<List<Told>> byHost;

  /**
   * @param limit how many paths of a host the peer takes, at least 1
   */
  ToldPaths(int limit, int blockSize) {
    this.limit = limit;
    this.byHost = new OffsetTable<>(blockSize);
  }

  /**
   * Tells the first paths of a host, and takes back what is no longer among them.
   *
   * @param inOrder the paths that may go to this peer, the preferred first
   * @param everything whether the peer asked to hear again what it knows
   */
  void tell(HostAddress host, List<Path> inOrder, boolean everything, Sink sink) {
    List<Told> before = byHost.get(host.offset());
    before = before == null ? List.of() : before;
    List<Told> now = new ArrayList<>(Math.min(limit, inOrder.size()));
    for (Path path : inOrder.subList(0, Math.min(limit, inOrder.size()))) {
      now.add(new Told(path.outId, path.attributes));
    }
    for (Told told : before) {
      if (now.stream().noneMatch(each -> each.id == told.id)) {
        sink.withdraw(new Nlri<>(host, told.id));
      }
    }
    for (Told told : now) {
      if (everything || !before.contains(told)) {
        sink.announce(told.attributes, new Nlri<>(host, told.id));
      }
    }
    if (now.isEmpty()) {
      byHost.remove(host.offset());
    } else {
      byHost.put(host.offset(), now);
    }
  }
}

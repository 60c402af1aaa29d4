package io.landfall.node;

import io.landfall.admin.metrics.MetricsSource.PurgeCount;
import io.landfall.admin.model.CacheReport;
import io.landfall.cache.fleet.PurgeFleetView;
import java.util.ArrayList;
import java.util.List;

/** What is known of purges of the fleet, in the words of admin. */
final class PurgeRows {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private PurgeRows() {}

  /** With why they are not kept over restarts; empty if they are. */
  static CacheReport.Purges report(PurgeFleetView view, String notKept) {
    return new CacheReport.Purges(
        view.log().toString(),
        view.last(),
        view.kept().entries(),
        view.hold(),
        notKept,
        view.nodes().stream()
            .map(
                each ->
                    new CacheReport.PurgeNode(
                        each.name().value(),
                        each.up(),
                        each.caughtUp(),
                        each.applied(),
                        each.lagNanos() / NANOS_PER_MILLI))
            .toList());
  }

  static List<PurgeCount> counts(PurgeFleetView view) {
    List<PurgeCount> counts = new ArrayList<>();
    counts.add(new PurgeCount("last_sequence", "", view.last()));
    counts.add(new PurgeCount("log_entries", "", view.kept().entries()));
    counts.add(new PurgeCount("log_bytes", "", view.kept().bytes()));
    counts.add(new PurgeCount("cache_held", "", view.hold().isEmpty() ? 0 : 1));
    counts.add(new PurgeCount("applied_of_others", "", view.counts().fromOthers()));
    counts.add(new PurgeCount("missed", "", view.counts().missed()));
    counts.add(new PurgeCount("busy", "", view.counts().busy()));
    for (PurgeFleetView.Node each : view.nodes()) {
      String peer = each.name().value();
      counts.add(new PurgeCount("peer_reached", peer, each.up() ? 1 : 0));
      counts.add(new PurgeCount("peer_caught_up", peer, each.caughtUp() ? 1 : 0));
      counts.add(new PurgeCount("peer_sequence", peer, each.applied()));
      counts.add(new PurgeCount("peer_lag_seconds", peer, each.lagNanos() / NANOS_PER_SECOND));
    }
    return counts;
  }
}

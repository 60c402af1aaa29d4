package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.List;
import java.util.Optional;

/**
 * What {@link PurgeFleet} is started with.
 *
 * @param self this node
 * @param incarnation of this run; greater than that of the run before, as far as that is not known
 * @param catchUpNanos the longest time that nothing is served from the cache
 * @param hasPeers whether the config names places of other nodes
 * @param mostEntries the most entries of all logs that are kept
 * @param before what it had of all logs in its run before, as far as that is known; empty if it is
 *     not, so that it takes none of the purges of before, and what is left of that run counts as
 *     older than all of them
 */
public record FleetSettings(
    NodeName self,
    long incarnation,
    long catchUpNanos,
    boolean hasPeers,
    int mostEntries,
    Optional<List<PurgeRecord>> before) {
  /** Copies the list. */
  public FleetSettings {
    before = before.map(List::copyOf);
  }

  /** With the usual length of the log, and nothing from before. */
  public FleetSettings(NodeName self, long incarnation, long catchUpNanos, boolean hasPeers) {
    this(self, incarnation, catchUpNanos, hasPeers, PurgeLogs.MAX_ENTRIES, Optional.empty());
  }

  /** The same with what was had in the run before. */
  public FleetSettings with(Optional<List<PurgeRecord>> records) {
    return new FleetSettings(self, incarnation, catchUpNanos, hasPeers, mostEntries, records);
  }

  /** Whether it has others to compare with: by its config, or since it had logs of theirs. */
  boolean hasOthers() {
    return hasPeers
        || before.orElse(List.of()).stream().anyMatch(each -> !each.log().origin().equals(self));
  }

  /** The logs to begin with. */
  PurgeLogs logs() {
    List<PurgeRecord> records = before.orElse(List.of());
    long run = PurgeRecord.nextRun(self, incarnation, records);
    PurgeLogs logs = new PurgeLogs(self, run, mostEntries);
    for (PurgeRecord each : records) {
      if (!logs.restore(each)) {
        break;
      }
    }
    return logs;
  }
}

package io.landfall.cache.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects changes; entries that follow each other become one, as far as a message takes them. */
final class PurgeChanges {
  /** Bounded by what one step changes, or by what is kept of all logs. */
  private List<PurgeRecord> done = new ArrayList<>();

  private final List<FleetPurge> purges = new ArrayList<>();
  private @Nullable LogId id;
  private long first;
  private boolean byOrigin;
  private int bytes;

  /** An entry was applied. */
  void entry(LogId log, long number, FleetPurge purge, boolean itsOwn) {
    boolean follows =
        log.equals(id)
            && number == first + purges.size()
            && byOrigin == itsOwn
            && purges.size() < PurgeMessage.MAX_ENTRIES
            && bytes + purge.bytes() <= PurgeMessage.MAX_ENTRY_BYTES;
    if (!follows) {
      close();
      id = log;
      first = number;
      byOrigin = itsOwn;
    }
    purges.add(purge);
    bytes += purge.bytes();
  }

  /** So much of a log counts as applied. */
  void state(@Nullable KnownLog known) {
    if (known != null) {
      close();
      done.add(new PurgeRecord.State(known));
    }
  }

  private void close() {
    LogId log = id;
    if (log != null) {
      done.add(new PurgeRecord.Entries(new Segment(log, first, false, purges), byOrigin));
      purges.clear();
      id = null;
      bytes = 0;
    }
  }

  /** All of them by now, in order. */
  List<PurgeRecord> take() {
    close();
    List<PurgeRecord> taken = done;
    done = new ArrayList<>();
    return taken;
  }

  /**
   * What makes logs that know nothing yet what these are.
   *
   * @param order entries in the order in which they came, some of which may be gone
   */
  static List<PurgeRecord> making(
      Collection<PurgeOrigin> origins, Iterable<PurgeLogs.Place> order) {
    PurgeChanges all = new PurgeChanges();
    Map<LogId, Long> next = new TreeMap<>();
    for (PurgeOrigin origin : origins) {
      all.state(origin.forgotten);
      for (PurgeLog log : origin.runs.values()) {
        if (log.through() > 0) {
          all.state(log.beforeEntries());
          next.put(log.id(), log.floor());
        }
      }
    }
    for (PurgeLogs.Place place : order) {
      PurgeLog log = place.log();
      long number = place.number();
      FleetPurge purge = log.entry(number);
      // What came twice, since others had passed it on wrongly, counts once.
      if (purge != null && next.getOrDefault(log.id(), 0L) == number) {
        next.put(log.id(), number + 1);
        all.entry(log.id(), number, purge, number <= log.counted(true));
      }
    }
    return all.take();
  }
}

package io.landfall.cache.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this node has of one log: up to which entry all are applied, and the latest entries without
 * a gap, to give to others.
 *
 * <p>What the origin sends itself is counted apart ({@link #direct}). Other nodes pass entries on,
 * and one that lies about them could make a later entry of the origin look like one that was
 * applied: so the origin's own word is never taken for a repetition of another node's.
 */
final class PurgeLog {
  private final LogId id;
  private final TreeMap<Long, FleetPurge> entries = new TreeMap<>();
  private long through;
  private long direct;

  /** Nothing of it is known. */
  PurgeLog(LogId id) {
    this.id = id;
  }

  LogId id() {
    return id;
  }

  long through() {
    return through;
  }

  /** Up to which entry all are applied, of those that this sender may count. */
  long counted(boolean byOrigin) {
    return byOrigin ? direct : through;
  }

  long floor() {
    return entries.isEmpty() ? through + 1 : entries.firstKey();
  }

  KnownLog known() {
    return new KnownLog(id, floor(), through, direct, false);
  }

  /** Puts an entry behind all others; {@code number} is the next one. */
  void append(long number, FleetPurge purge, boolean byOrigin) {
    entries.put(number, purge);
    through = number;
    direct = byOrigin ? number : direct;
  }

  /**
   * The origin itself sends an entry that another node had passed on already: its word counts.
   *
   * @return the bytes that are kept more than before
   */
  int confirm(long number, FleetPurge purge) {
    direct = number;
    FleetPurge before = entries.get(number);
    if (before == null) {
      return 0;
    }
    entries.put(number, purge);
    return purge.bytes() - before.bytes();
  }

  /**
   * All up to an entry counts as applied, though it is not known what it was.
   *
   * @return the bytes that are kept no more
   */
  int skipTo(long number, boolean byOrigin) {
    direct = byOrigin ? Math.max(direct, number) : direct;
    int freed = 0;
    if (number > through) {
      freed = clear();
      through = number;
    }
    return freed;
  }

  /** How it stands without its entries. */
  KnownLog beforeEntries() {
    return new KnownLog(id, floor(), floor() - 1, Math.min(direct, floor() - 1), false);
  }

  /** The entry with a number; null if it is not kept. */
  @Nullable FleetPurge entry(long number) {
    return entries.get(number);
  }

  /**
   * Stands as it did.
   *
   * @return the bytes that are kept no more
   */
  int restore(KnownLog known) {
    int freed;
    if (known.through() > through) {
      freed = clear();
    } else {
      freed = dropBehind(known.through());
    }
    through = known.through();
    direct = known.direct();
    return freed;
  }

  private int dropBehind(long number) {
    Map<Long, FleetPurge> beyond = entries.tailMap(number, false);
    int freed = beyond.values().stream().mapToInt(FleetPurge::bytes).sum();
    beyond.clear();
    return freed;
  }

  /**
   * The origin's own count ends the log here: what others have passed on behind that is not of it.
   *
   * @return the bytes that are kept no more
   */
  int endsAt(long number) {
    long end = Math.max(direct, number);
    if (end >= through) {
      return 0;
    }
    through = end;
    return dropBehind(end);
  }

  /** Drops the first entry, if it has this number; what it took. */
  int trim(long number) {
    FleetPurge gone =
        entries.isEmpty() || entries.firstKey() != number ? null : entries.remove(number);
    return gone == null ? 0 : gone.bytes();
  }

  /** Keeps no entry; the bytes that they took. */
  int clear() {
    int freed = entries.values().stream().mapToInt(FleetPurge::bytes).sum();
    entries.clear();
    return freed;
  }

  /**
   * Entries for one who has all up to a number: the first that are kept, and no more of them than
   * this.
   *
   * @param bytes as {@link FleetPurge} counts them
   * @return null if there are none, or the first is too long
   */
  @Nullable Segment behind(long number, int most, int bytes) {
    Long first = entries.higherKey(number);
    if (first == null || most <= 0) {
      return null;
    }
    List<FleetPurge> some = new ArrayList<>();
    int room = bytes;
    for (FleetPurge purge : entries.tailMap(first, true).values()) {
      if (some.size() == most || purge.bytes() > room) {
        break;
      }
      room -= purge.bytes();
      some.add(purge);
    }
    return some.isEmpty() ? null : new Segment(id, first, first == floor(), some);
  }
}

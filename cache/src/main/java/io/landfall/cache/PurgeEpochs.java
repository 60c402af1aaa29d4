package io.landfall.cache;

import io.landfall.core.InvariantBroken;
import java.util.Arrays;

/**
 * Which purges there were, as numbers (RFC 9111 does not know purges; the words are those of CDNs).
 *
 * <p>Each purge has an epoch, a number that grows: its place in the node's log. A stored response
 * carries its marks and the epoch at which it was <em>asked for</em> (the latest one when its
 * request left, so that a purge during a fill counts against the fill). It is purged if one of its
 * marks has a younger epoch. So a purge costs one entry however many responses it hits, no list of
 * responses by tag is kept, and nothing has to be walked: the answer to the purger can be given at
 * once. At hit time a response that was checked at the latest epoch is known to be valid by one
 * comparison; else its marks are looked up, and the epoch up to which it was checked is noted with
 * it.
 *
 * <p>Memory is bounded: at most so many marks have an epoch of their own. When they are full, the
 * older half is folded into two numbers, the floors: every response that was asked for before a
 * floor counts as purged. That purges too much and never too little; {@link #folds} counts it. What
 * is older than the oldest stored response can be forgotten for nothing ({@link #forget}).
 *
 * <p>Not for several threads: each event loop has one of its own, to which the log is applied; the
 * purger is answered when all have applied it.
 */
public final class PurgeEpochs {
  /** Marks with an epoch of their own unless told otherwise: 3 MiB. */
  public static final int DEFAULT_MARKS = 65_536;

  /** The epoch before the first purge. */
  public static final long START = 0;

  private static final int SMALLEST_TABLE = 64;

  private final PurgeMarks marks;
  private final int most;
  private long[] keys = new long[SMALLEST_TABLE];
  private long[] hard = new long[SMALLEST_TABLE];
  private long[] soft = new long[SMALLEST_TABLE];
  private int size;
  private long latest = START;
  private long hardFloor = START;
  private long softFloor = START;
  private long folds;

  /** No purge yet, and memory for so many marks. */
  public PurgeEpochs(PurgeMarks marks, int most) {
    this.marks = marks;
    this.most = Math.max(2, most);
  }

  /** The epoch of the latest purge: what a request takes with it when it leaves. */
  public long latest() {
    return latest;
  }

  /** How often marks were folded into the floors because there were too many. */
  public long folds() {
    return folds;
  }

  /** How many marks have an epoch of their own. */
  public int size() {
    return size;
  }

  /**
   * Applies a purge.
   *
   * @param isSoft whether responses become stale instead of gone
   * @param epoch its number, greater than that of the one before
   */
  public void apply(Purge purge, boolean isSoft, long epoch) {
    apply(marks.mark(purge), isSoft, epoch);
  }

  /**
   * Applies a purge that a journal kept.
   *
   * @param mark what it is about ({@link PurgeMarks#mark})
   * @param isSoft whether responses become stale instead of gone
   * @param epoch its number, greater than that of the one before
   */
  public void apply(long mark, boolean isSoft, long epoch) {
    if (epoch <= latest) {
      throw new InvariantBroken("purges are applied in the order of their epochs");
    }
    latest = epoch;
    if (mark == PurgeMarks.EVERYTHING) {
      applyToAll(isSoft, epoch);
    } else {
      // First the place: the tables may be replaced by larger ones for it.
      int slot = placeOf(mark);
      (isSoft ? soft : hard)[slot] = epoch;
    }
  }

  private int placeOf(long mark) {
    int slot = slot(mark);
    if (keys[slot] != mark) {
      makeRoom();
      slot = slot(mark);
      keys[slot] = mark;
      size++;
    }
    return slot;
  }

  /** Takes down what is known, for a journal. */
  public interface Journal {
    /** What was asked for before these epochs is purged; and the epoch of the latest purge. */
    void floors(long hardFloor, long softFloor, long latest);

    /** The epochs of the latest hard and the latest soft purge of a mark; 0 for none. */
    void mark(long mark, long hardEpoch, long softEpoch);
  }

  /** Writes down all that is known: the floors first. */
  public void writeTo(Journal journal) {
    journal.floors(hardFloor, softFloor, latest);
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0) {
        journal.mark(keys[i], hard[i], soft[i]);
      }
    }
  }

  /** Takes over what a journal has of another one; nothing was applied to this one yet. */
  public void restoreFloors(long hardEpoch, long softEpoch, long latestEpoch) {
    hardFloor = hardEpoch;
    softFloor = softEpoch;
    latest = latestEpoch;
  }

  /** Takes over what a journal has of a mark; before anything is applied to this one. */
  public void restoreMark(long mark, long hardEpoch, long softEpoch) {
    int slot = placeOf(mark);
    hard[slot] = hardEpoch;
    soft[slot] = softEpoch;
  }

  private void applyToAll(boolean isSoft, long epoch) {
    if (isSoft) {
      softFloor = epoch;
    } else {
      hardFloor = epoch;
      // Nothing that any mark could tell is left.
      clear(SMALLEST_TABLE);
    }
  }

  /**
   * What purges left of a response.
   *
   * @param responseMarks its marks
   * @param sinceEpoch the epoch at which it was asked for, or up to which it was found valid
   */
  public PurgeVerdict check(long[] responseMarks, long sinceEpoch) {
    if (sinceEpoch >= latest) {
      return PurgeVerdict.VALID;
    }
    if (sinceEpoch < hardFloor) {
      return PurgeVerdict.PURGED;
    }
    boolean softly = sinceEpoch < softFloor;
    for (long mark : responseMarks) {
      int slot = slot(mark);
      if (keys[slot] == mark) {
        if (hard[slot] > sinceEpoch) {
          return PurgeVerdict.PURGED;
        }
        softly |= soft[slot] > sinceEpoch;
      }
    }
    return softly ? PurgeVerdict.SOFTLY_PURGED : PurgeVerdict.VALID;
  }

  /**
   * Forgets what no stored response needs.
   *
   * @param oldestEpoch the smallest epoch that a stored response, or a fill under way, carries
   */
  public void forget(long oldestEpoch) {
    rebuild(oldestEpoch);
  }

  private void makeRoom() {
    if (size == most) {
      long[] epochs = new long[size];
      int at = 0;
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] != 0) {
          epochs[at++] = Math.max(hard[i], soft[i]);
        }
      }
      Arrays.sort(epochs);
      fold(epochs[size / 2]);
    } else if (2 * (size + 1) > keys.length) {
      rebuild(START);
    }
  }

  /** Takes the marks whose epochs are all up to one into the floors. */
  private void fold(long epoch) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0 && Math.max(hard[i], soft[i]) <= epoch) {
        hardFloor = Math.max(hardFloor, hard[i]);
        softFloor = Math.max(softFloor, soft[i]);
      }
    }
    folds++;
    rebuild(epoch);
  }

  /** Puts the marks with an epoch above one into a table with room for more. */
  private void rebuild(long above) {
    long[] oldKeys = keys;
    long[] oldHard = hard;
    long[] oldSoft = soft;
    int kept = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      kept += oldKeys[i] != 0 && Math.max(oldHard[i], oldSoft[i]) > above ? 1 : 0;
    }
    clear(Math.max(SMALLEST_TABLE, Integer.highestOneBit(kept + 1) * 4));
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0 && Math.max(oldHard[i], oldSoft[i]) > above) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        hard[slot] = oldHard[i];
        soft[slot] = oldSoft[i];
        size++;
      }
    }
  }

  private void clear(int length) {
    keys = new long[length];
    hard = new long[length];
    soft = new long[length];
    size = 0;
  }

  /** Where a mark is, or the free place where it goes; the table is never full. */
  private int slot(long mark) {
    int mask = keys.length - 1;
    int slot = (int) (mark ^ (mark >>> 32)) & mask;
    while (keys[slot] != 0 && keys[slot] != mark) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

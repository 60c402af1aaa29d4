package io.landfall.cache;

/**
 * Which purge was the latest at a time in the past.
 *
 * <p>A response that another cache gives was asked of the origin at some time before, its age ago.
 * Purges of after that count against it as they do against what this cache asked for itself then;
 * the other cache may not have applied them yet, and what it gives must not outlive them here.
 *
 * <p>At most {@value #MOST} times are kept. When there are more, neighbours among the older half
 * become one, so what is long ago is known less exactly: the answer may be an earlier purge than
 * the true one, which takes too much, and never a later one.
 *
 * <p>Not for several threads.
 */
public final class PurgeTimes {
  /** Times that are kept. */
  public static final int MOST = 256;

  private final long[] millis = new long[MOST];
  private final long[] epochsBefore = new long[MOST];
  private int size;
  private long latest = PurgeEpochs.START;

  /** No purge yet. */
  public PurgeTimes() {}

  /**
   * A purge was applied.
   *
   * @param epoch its number, greater than that of the one before
   * @param nowMillis when, on the cache's clock
   */
  public void applied(long epoch, long nowMillis) {
    if (size > 0 && millis[size - 1] >= nowMillis) {
      // The one before it, of the same moment, already leads to what was before both.
      latest = epoch;
      return;
    }
    if (size == MOST) {
      thin();
    }
    millis[size] = nowMillis;
    epochsBefore[size] = latest;
    size++;
    latest = epoch;
  }

  /**
   * The latest purge at a time, or one before that.
   *
   * @param atMillis the time, on the cache's clock
   */
  public long epochAt(long atMillis) {
    if (size == 0 || millis[size - 1] < atMillis) {
      return latest;
    }
    int low = 0;
    int high = size - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (millis[middle] < atMillis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return epochsBefore[low];
  }

  /** Makes one of each two of the older half: the later time, the earlier purge. */
  private void thin() {
    int kept = 0;
    for (int i = 0; i < MOST; i += 2) {
      if (i < MOST / 2) {
        millis[kept] = millis[i + 1];
        epochsBefore[kept] = epochsBefore[i];
        kept++;
      } else {
        millis[kept] = millis[i];
        epochsBefore[kept] = epochsBefore[i];
        millis[kept + 1] = millis[i + 1];
        epochsBefore[kept + 1] = epochsBefore[i + 1];
        kept += 2;
      }
    }
    size = kept;
  }
}

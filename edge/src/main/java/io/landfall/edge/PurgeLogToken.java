package io.landfall.edge;

/**
 * Which log of purges is kept beside a disk of the cache. A disk that was not in use for a while
 * lacks the purges that the log took down meanwhile: what lies there was kept beside another log,
 * as far as this token tells, and is dropped.
 *
 * @param value a number that no other log has; 0 for none
 * @param run which process writes the log: its number, counted from 1, above 32 bits that no other
 *     process with that number has, since the log may lack one whose start failed
 * @param before the run that wrote the log before; 0 if the log is new, so that it has no purges
 *     that the disk has not
 */
public record PurgeLogToken(long value, long run, long before) {
  /** No log is kept. */
  public static final PurgeLogToken NONE = new PurgeLogToken(0, 0, 0);

  /** Whether the log is from before this process. */
  public boolean isOld() {
    return before != 0;
  }

  /** The run that follows another one. */
  public static long next(long before, long nonce) {
    return (number(before) + 1) << Integer.SIZE | (nonce & 0xffff_ffffL);
  }

  private static long number(long ofRun) {
    return ofRun >>> Integer.SIZE;
  }

  /**
   * Whether a disk that was in use in a run has all purges that the log lacks: it was in use in the
   * last run that wrote the log, or in one after that, which never came to write it.
   */
  public boolean isFollowed(long byRun) {
    return byRun == before || number(byRun) == number(before) + 1;
  }
}

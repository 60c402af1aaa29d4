package io.landfall.edge;

/**
 * Which log of purges is kept beside a disk of the cache. A disk that was not in use for a while
 * lacks the purges that the log took down meanwhile: what lies there was kept beside another log,
 * as far as this token tells, and is dropped.
 *
 * @param value a number that no other log has; 0 for none
 * @param run which process writes the log, counted from 1: the disk was in use in the one before,
 *     or may lack what that one took down; a log that is older than the disk is put back from a
 *     copy
 * @param isOld whether the log is from before this process, so that it may have purges that the
 *     disk has not
 */
public record PurgeLogToken(long value, long run, boolean isOld) {
  /** No log is kept. */
  public static final PurgeLogToken NONE = new PurgeLogToken(0, 0, false);
}

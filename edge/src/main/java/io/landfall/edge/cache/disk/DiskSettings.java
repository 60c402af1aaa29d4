package io.landfall.edge.cache.disk;

import io.landfall.edge.PurgeLogToken;

/**
 * How a disk is used.
 *
 * @param name for people, and in the names of threads: its path
 * @param limitBytes what segments may take together
 * @param segmentBytes how long each is; no response is stored that is longer
 * @param log the log of purges that is kept beside it
 */
record DiskSettings(String name, long limitBytes, long segmentBytes, PurgeLogToken log) {
  /** A disk has about so many segments; with each, so much of what is stored goes. */
  private static final long SEGMENTS = 32;

  private static final long LEAST_SEGMENT_BYTES = 2 << 20;
  private static final long MOST_SEGMENT_BYTES = 1L << 30;

  /** What a disk takes beside its segments: the journal of purges, twice while it is renewed. */
  private static final long BESIDE_BYTES = 32 << 20;

  /** The smallest disk that is of use. */
  static final long LEAST_BYTES = 128L << 20;

  /** Without a log of purges beside it. */
  DiskSettings(String name, long limitBytes, long segmentBytes) {
    this(name, limitBytes, segmentBytes, PurgeLogToken.NONE);
  }

  /** Those of a disk of a size, all told. */
  static DiskSettings of(String name, long bytes, PurgeLogToken log) {
    long limit = bytes - BESIDE_BYTES;
    long segment = Math.clamp(limit / SEGMENTS, LEAST_SEGMENT_BYTES, MOST_SEGMENT_BYTES);
    // Those that are removed and still being read take room too.
    long retired = SegmentRing.MOST_RETIRED * segment;
    return new DiskSettings(name, limit - retired, segment & -RecordFormat.UNIT_BYTES, log);
  }
}

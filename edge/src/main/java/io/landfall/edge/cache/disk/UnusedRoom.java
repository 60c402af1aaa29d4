package io.landfall.edge.cache.disk;

/**
 * The room of a disk that was made for responses that come bit by bit, and has nothing in it that
 * is of use: they have not come yet, or did not come whole. What was stored before had to go for
 * it, so it is bounded: else clients that begin downloads and leave, or take them slowly, would
 * empty the disk. What is stored makes up for what is lost, and so does time. On the writing
 * thread.
 */
final class UnusedRoom {
  /** The part of a disk that may be unused: one of so many. */
  private static final long PART = 8;

  /** After this long a segment's worth of what was lost does not count any more. */
  static final long FORGIVEN_NANOS = 600_000_000_000L;

  private final long mostBytes;
  private final long segmentBytes;
  private long bytes;
  private long forgivenAtNanos;
  private boolean begun;

  /**
   * None yet.
   *
   * @param limitBytes what the disk may take
   * @param segmentBytes the longest that is stored
   */
  UnusedRoom(long limitBytes, long segmentBytes) {
    this.mostBytes = Math.max(segmentBytes, limitBytes / PART);
    this.segmentBytes = segmentBytes;
  }

  /** Makes room for a response; false if too much is unused. */
  boolean tryReserve(long more, long nowNanos) {
    forgive(nowNanos);
    if (bytes + more > mostBytes) {
      return false;
    }
    bytes += more;
    return true;
  }

  private void forgive(long nowNanos) {
    if (!begun) {
      begun = true;
      forgivenAtNanos = nowNanos;
    }
    double passed = (double) (nowNanos - forgivenAtNanos) / FORGIVEN_NANOS;
    forgivenAtNanos = nowNanos;
    bytes = Math.max(0, bytes - (long) (passed * segmentBytes));
  }

  /**
   * Something came into room that was made for it, or was stored, which makes up for as much; or
   * room was given back.
   */
  void isUsed(long less) {
    bytes = Math.max(0, bytes - less);
  }

  /** What had come is of no use. */
  void isLost(long more) {
    bytes += more;
  }
}

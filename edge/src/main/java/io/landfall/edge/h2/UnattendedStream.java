package io.landfall.edge.h2;

/**
 * How long a stream has stood still that no exchange looks after any more: its response is made and
 * does not leave, for want of a window, or it stays open behind it. Its end alone, behind DATA of
 * which nothing waits, needs a window too where the sender has made that negative (RFC 9113 section
 * 6.9.2).
 */
final class UnattendedStream {
  /** In the place of a number of bytes: an exchange looks after the stream, or it is closed. */
  static final int ATTENDED = -1;

  private int bytes = ATTENDED;
  private long sinceNanos;

  /**
   * Whether that is for longer than the limit.
   *
   * @param pendingBytes what has not left now, or {@link #ATTENDED}
   */
  boolean isOver(int pendingBytes, long nowNanos, long limitMillis) {
    if (pendingBytes == ATTENDED || pendingBytes != bytes) {
      bytes = pendingBytes;
      sinceNanos = nowNanos;
      return false;
    }
    boolean over = (nowNanos - sinceNanos) / 1_000_000 > limitMillis;
    if (over) {
      bytes = ATTENDED;
    }
    return over;
  }
}

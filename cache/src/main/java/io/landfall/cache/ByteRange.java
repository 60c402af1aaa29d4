package io.landfall.cache;

/**
 * Bytes of a body.
 *
 * @param first the first one
 * @param last the last one, inclusive
 */
public record ByteRange(long first, long last) {
  /** How many there are. */
  public long bytes() {
    return last - first + 1;
  }

  /** Whether the other one begins before this ends, or right behind it. */
  boolean touches(ByteRange other) {
    return first <= other.last + 1 && other.first <= last + 1;
  }

  ByteRange joined(ByteRange other) {
    return new ByteRange(Math.min(first, other.first), Math.max(last, other.last));
  }

  /**
   * The value of Range with which these bytes are asked for; without an end where they are the last
   * of the whole.
   *
   * @param length the length of the whole
   */
  public String request(long length) {
    return "bytes=" + first + "-" + (last == length - 1 ? "" : last);
  }

  /**
   * These bytes and those around them up to the borders of blocks, so that a large object is filled
   * block by block and never as a whole for one of its parts.
   *
   * @param blockBytes the size of a block
   * @param length the length of the whole
   */
  public ByteRange aligned(long blockBytes, long length) {
    long from = first - first % blockBytes;
    long to = last - last % blockBytes + blockBytes - 1;
    return new ByteRange(from, Math.min(to, length - 1));
  }
}

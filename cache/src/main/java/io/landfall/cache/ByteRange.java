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
}

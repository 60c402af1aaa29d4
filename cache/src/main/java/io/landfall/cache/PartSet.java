package io.landfall.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which parts of a body are stored (RFC 9111 section 3.4). Immutable; parts that touch are one.
 *
 * @param length the length of the whole
 * @param parts the parts in ascending order, none of which touch
 */
public record PartSet(long length, List<ByteRange> parts) {
  /** Parts of one body; a further one that touches none of them is not stored. */
  public static final int MOST_PARTS = 256;

  /** Copies its list. */
  public PartSet {
    parts = List.copyOf(parts);
  }

  /** No part of a whole of that length. */
  public static PartSet none(long length) {
    return new PartSet(length, List.of());
  }

  /**
   * Whether a part that came may be joined with those that are stored: both have the same strong
   * entity tag, and the whole has the same length.
   */
  public boolean mayJoin(Validators stored, Validators came, ContentRange range) {
    return range.length() == length
        && stored.hasStrongTag()
        && EntityTags.strongMatch(stored.etag(), came.etag());
  }

  /** These and one more; empty if there would be too many, or it is not of this whole. */
  public Optional<PartSet> with(ByteRange part) {
    if (part.first() < 0 || part.last() >= length || part.bytes() <= 0) {
      return Optional.empty();
    }
    List<ByteRange> all = new ArrayList<>();
    ByteRange joined = part;
    int at = 0;
    for (ByteRange each : parts) {
      if (each.touches(joined)) {
        joined = joined.joined(each);
      } else {
        all.add(each);
        at += each.first() < part.first() ? 1 : 0;
      }
    }
    all.add(at, joined);
    return all.size() > MOST_PARTS ? Optional.empty() : Optional.of(new PartSet(length, all));
  }

  /** Whether all of some bytes is stored. */
  public boolean has(ByteRange range) {
    for (ByteRange part : parts) {
      if (part.first() <= range.first() && range.last() <= part.last()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the whole is stored; a whole without bytes is. */
  public boolean isWhole() {
    return length == 0 || has(new ByteRange(0, length - 1));
  }

  /** What of some bytes is to be asked of the origin: from the first to the last one missing. */
  public Optional<ByteRange> missing(ByteRange range) {
    long first = range.first();
    long last = range.last();
    for (ByteRange part : parts) {
      if (part.first() <= first && first <= part.last()) {
        first = part.last() + 1;
      }
      if (part.first() <= last && last <= part.last()) {
        last = part.first() - 1;
      }
    }
    return first > last ? Optional.empty() : Optional.of(new ByteRange(first, last));
  }

  /** How many bytes are stored. */
  public long bytes() {
    return parts.stream().mapToLong(ByteRange::bytes).sum();
  }
}

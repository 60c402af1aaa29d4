package io.landfall.cache;

import java.util.ArrayList;
import java.util.List;

/** Reads the field Range (RFC 9110 section 14.2). */
final class ByteRanges {
  /** Ranges of one request; with more the field is ignored, as section 17.15 advises. */
  static final int MOST_RANGES = 16;

  private static final String UNIT = "bytes=";
  private static final long NO_NUMBER = -1;

  /** Larger than any body, and small enough to add to. */
  private static final long MOST_BYTES = 1L << 62;

  private ByteRanges() {}

  /** What a field asks for of a whole of some length. */
  static RangeAnswer of(CharSequence value, long length) {
    int end = value.length();
    if (!AsciiText.startsWith(value, UNIT)) {
      return RangeAnswer.Whole.INSTANCE;
    }
    List<ByteRange> ranges = new ArrayList<>();
    int specs = 0;
    int at = UNIT.length();
    while (at <= end) {
      int comma = at;
      while (comma < end && value.charAt(comma) != ',') {
        comma++;
      }
      int from = AsciiText.skipSpaces(value, at, comma);
      int to = AsciiText.trimEnd(value, from, comma);
      if (to > from) {
        specs++;
        if (specs > MOST_RANGES || !add(value, from, to, length, ranges)) {
          return RangeAnswer.Whole.INSTANCE;
        }
      }
      at = comma + 1;
    }
    if (specs == 0) {
      return RangeAnswer.Whole.INSTANCE;
    }
    return ranges.isEmpty() ? new RangeAnswer.Unsatisfiable(length) : answer(ranges, length);
  }

  /** Adds one range if the whole has any of it; false if it is malformed. */
  private static boolean add(
      CharSequence value, int from, int to, long length, List<ByteRange> ranges) {
    int dash = from;
    while (dash < to && value.charAt(dash) != '-') {
      dash++;
    }
    if (dash == to) {
      return false;
    }
    if (dash == from) {
      long suffix = number(value, dash + 1, to);
      if (suffix > 0 && length > 0) {
        ranges.add(new ByteRange(Math.max(0, length - suffix), length - 1));
      }
      return suffix != NO_NUMBER;
    }
    long first = number(value, from, dash);
    long last = dash + 1 == to ? MOST_BYTES : number(value, dash + 1, to);
    if (first == NO_NUMBER || last < first) {
      return false;
    }
    if (first < length) {
      ranges.add(new ByteRange(first, Math.min(last, length - 1)));
    }
    return true;
  }

  /** The ranges as asked for; if some overlap or touch, joined and in ascending order. */
  private static RangeAnswer answer(List<ByteRange> ranges, long length) {
    List<ByteRange> sorted = new ArrayList<>(ranges);
    sorted.sort((a, b) -> Long.compare(a.first(), b.first()));
    List<ByteRange> joined = new ArrayList<>();
    for (ByteRange range : sorted) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).touches(range)) {
        joined.set(last, joined.get(last).joined(range));
      } else {
        joined.add(range);
      }
    }
    return new RangeAnswer.Parts(
        joined.size() == ranges.size() ? List.copyOf(ranges) : List.copyOf(joined), length);
  }

  /** Digits as a number, {@link #MOST_BYTES} at most; or {@link #NO_NUMBER}. */
  static long number(CharSequence text, int from, int to) {
    if (from >= to) {
      return NO_NUMBER;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!AsciiText.isDigit(c)) {
        return NO_NUMBER;
      }
      value = value > MOST_BYTES / 10 - 1 ? MOST_BYTES : value * 10 + (c - '0');
    }
    return value;
  }
}

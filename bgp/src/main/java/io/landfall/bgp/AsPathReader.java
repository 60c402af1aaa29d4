package io.landfall.bgp;

import io.landfall.core.Asn;
import java.util.ArrayList;
import java.util.List;

/**
 * AS_PATH with 4-byte AS numbers (RFC 4271 section 4.3.b, RFC 6793, RFC 7606 section 7.2),
 * flattened to one sequence. AS_SET is refused (RFC 9774) and so are the segments of
 * confederations, of which this side is never a member (RFC 5065 section 5), and AS 0 (RFC 7607).
 */
final class AsPathReader {
  private static final int AS_SET = 1;
  private static final int AS_SEQUENCE = 2;
  private static final int AS_CONFED_SEQUENCE = 3;
  private static final int AS_CONFED_SET = 4;

  /** A path, or why there is none. */
  sealed interface Read {
    /** The AS numbers, nearest first. */
    record Path(List<Asn> asNumbers) implements Read {}

    /** The rule that the bytes break. */
    record Malformed(String why) implements Read {}
  }

  private AsPathReader() {}

  /**
   * Reads a path.
   *
   * @param firstAs the AS number with which the path must begin, as an external peer's does (RFC
   *     4271 section 6.3); {@link Asn#ZERO} when any beginning will do
   */
  static Read read(byte[] bytes, int from, int size, Asn firstAs) {
    List<Asn> path = new ArrayList<>(size / 4);
    int at = from;
    int to = from + size;
    while (at < to) {
      if (to - at < 2) {
        return new Read.Malformed("a segment's header is cut off");
      }
      int type = Wire.u8(bytes, at);
      int count = Wire.u8(bytes, at + 1);
      at += 2;
      switch (type) {
        case AS_SEQUENCE -> {}
        case AS_SET -> {
          return new Read.Malformed("AS_SET (RFC 9774)");
        }
        case AS_CONFED_SEQUENCE, AS_CONFED_SET -> {
          return new Read.Malformed("confederation segment");
        }
        default -> {
          return new Read.Malformed("segment type " + type);
        }
      }
      if (count == 0) {
        return new Read.Malformed("empty segment");
      }
      if (4 * count > to - at) {
        return new Read.Malformed("a segment overruns the attribute");
      }
      for (int i = 0; i < count; i++, at += 4) {
        Asn as = new Asn(Wire.u32(bytes, at));
        if (as.equals(Asn.ZERO)) {
          return new Read.Malformed("AS 0 (RFC 7607)");
        }
        path.add(as);
      }
    }
    if (!firstAs.equals(Asn.ZERO) && (path.isEmpty() || !path.getFirst().equals(firstAs))) {
      return new Read.Malformed("does not begin with the peer's AS");
    }
    return new Read.Path(path);
  }
}

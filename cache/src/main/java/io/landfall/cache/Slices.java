package io.landfall.cache;

import org.jspecify.annotations.Nullable;

/**
 * How parts of a body are fetched and stored: by slices of one size, each of which is a response of
 * its own (206), so that they are stored, thrown out, validated and waited for one by one. Those of
 * one {@link BodyVersion} are joined (RFC 9111 section 3.4); a large object is never fetched as a
 * whole for one of its parts.
 *
 * @param bytes the size of each but the last one
 */
public record Slices(long bytes) {
  /** The number that stands for all of the body. */
  public static final long WHOLE = -1;

  /** A length that is not known. */
  public static final long UNKNOWN = -1;

  /** Stands for the length where that is not known: beyond all first bytes that are asked for. */
  private static final long ANY_LENGTH = 1L << 61;

  /**
   * Whether a request can be answered from slices: a GET of bytes, without credentials, and with no
   * condition that only the origin can judge.
   */
  public static boolean mayAnswer(CacheRequest request, RequestDirectives directives) {
    FieldSection fields = request.fields();
    CharSequence range = CacheFields.only(fields, CacheFields.RANGE);
    return range != null
        && request.isGet()
        && !directives.noStore()
        && !directives.noCache()
        && !CacheFields.has(fields, CacheFields.AUTHORIZATION)
        && !CacheFields.has(fields, "if-match")
        && !CacheFields.has(fields, "if-unmodified-since")
        && !(ByteRanges.of(range, ANY_LENGTH) instanceof RangeAnswer.Whole);
  }

  /**
   * The slice that tells the most of what a request asks for, which is looked up or fetched first.
   *
   * @param length the length of the whole, as far as known; {@link #UNKNOWN} if not
   */
  public long first(CacheRequest request, long length) {
    CharSequence range = CacheFields.only(request.fields(), CacheFields.RANGE);
    long whole = length == UNKNOWN ? ANY_LENGTH : length;
    RangeAnswer asked = range == null ? RangeAnswer.Whole.INSTANCE : ByteRanges.of(range, whole);
    long from = asked instanceof RangeAnswer.Parts parts ? parts.ranges().getFirst().first() : 0;
    // The last bytes of a whole whose length is not known: the first slice tells that.
    return from >= ANY_LENGTH / 2 ? 0 : number(from);
  }

  /** Which slice has a byte. */
  public long number(long position) {
    return position / bytes;
  }

  /** The first byte of a slice. */
  public long start(long number) {
    return number * bytes;
  }

  /** The value of Range that asks for a slice. */
  public String request(long number) {
    return "bytes=" + start(number) + "-" + (start(number + 1) - 1);
  }

  /**
   * Which part of the whole a response has, if it is the slice that was asked for; null if it is
   * not: of several parts, of another place, shorter than it has to be, or with another length than
   * its Content-Range has.
   *
   * @param bodyBytes the length of the body as it was told
   */
  public @Nullable ContentRange part(long number, FieldSection response, long bodyBytes) {
    ContentRange part = ContentRange.of(response).orElse(null);
    boolean answers =
        part != null
            && part.first() == start(number)
            && part.last() == Math.min(start(number + 1), part.length()) - 1
            && part.bytes() == bodyBytes;
    return answers ? part : null;
  }

  /**
   * Whether a request has one range with a first byte, so that 416 to the slice that has it is the
   * answer to the request: any body but an empty one has last bytes.
   */
  public static boolean isOfOneRange(CacheRequest request) {
    CharSequence range = CacheFields.only(request.fields(), CacheFields.RANGE);
    if (range == null || range.toString().indexOf(',') >= 0) {
      return false;
    }
    int from = AsciiText.skipSpaces(range, range.toString().indexOf('=') + 1, range.length());
    return from < range.length() && range.charAt(from) != '-';
  }
}

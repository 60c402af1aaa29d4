package io.landfall.cache;

import java.util.List;

/** What a request gets of a stored body (RFC 9110 section 14). */
public sealed interface RangeAnswer {
  /** The whole body: it asked for no part, or in a way that is ignored. */
  record Whole() implements RangeAnswer {
    /** The only one that is needed, so that a usual request makes none. */
    static final Whole INSTANCE = new Whole();
  }

  /**
   * One part or several: 206.
   *
   * @param ranges the parts, {@link ByteRanges#MOST_RANGES} at most, none of which overlap
   * @param length the length of the whole
   */
  record Parts(List<ByteRange> ranges, long length) implements RangeAnswer {}

  /**
   * Parts that the whole does not have: 416.
   *
   * @param length the length of the whole
   */
  record Unsatisfiable(long length) implements RangeAnswer {}

  /**
   * Decides; the conditions of the request were asked before ({@link Preconditions}).
   *
   * @param request the request
   * @param stored what is stored: a whole response, or parts of one
   * @param length the length of the whole
   */
  static RangeAnswer decide(CacheRequest request, StoredMeta stored, long length, long wallMillis) {
    boolean whole = stored.status() == StatusRules.OK;
    boolean part = stored.status() == StatusRules.PARTIAL_CONTENT;
    CharSequence range = CacheFields.only(request.fields(), CacheFields.RANGE);
    if (range == null || !request.isGet() || !(whole || part)) {
      return Whole.INSTANCE;
    }
    CharSequence condition = CacheFields.first(request.fields(), CacheFields.IF_RANGE);
    boolean holds = condition == null || holds(condition, stored.validators(), wallMillis);
    return holds ? ByteRanges.of(range, length) : Whole.INSTANCE;
  }

  /** If-Range (RFC 9110 section 13.1.5): a strong tag that is the same, or the very date. */
  private static boolean holds(CharSequence condition, Validators stored, long wallMillis) {
    if (condition.length() > 0 && (condition.charAt(0) == '"' || EntityTags.isWeak(condition))) {
      return EntityTags.strongMatch(condition, stored.etag());
    }
    return stored.hasStrongDate()
        && HttpDates.millis(condition, wallMillis) == stored.lastModifiedMillis();
  }
}

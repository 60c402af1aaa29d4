package io.landfall.cache;

/**
 * What a request says of the answer that it takes: the directives of RFC 9111 section 5.2.1 and
 * stale-if-error of RFC 5861. Of a directive that stands there twice the most restrictive one
 * counts; a time that is no number restricts the most.
 *
 * @param flags the directives without times, as bits of this class
 * @param maxAgeSeconds max-age, or {@link #ABSENT}
 * @param maxStaleSeconds max-stale, 2^31 if it has no time, or {@link #ABSENT}
 * @param minFreshSeconds min-fresh, or {@link #ABSENT}
 * @param staleIfErrorSeconds stale-if-error, or {@link #ABSENT}
 */
public record RequestDirectives(
    int flags,
    long maxAgeSeconds,
    long maxStaleSeconds,
    long minFreshSeconds,
    long staleIfErrorSeconds) {
  /** A time that the request does not give. */
  public static final long ABSENT = -1;

  private static final int NO_CACHE = 1;
  private static final int NO_STORE = 1 << 1;
  private static final int ONLY_IF_CACHED = 1 << 2;
  private static final int NO_TRANSFORM = 1 << 3;

  /** A request that says nothing of it: one object, so that a usual request makes none. */
  public static final RequestDirectives NONE =
      new RequestDirectives(0, ABSENT, ABSENT, ABSENT, ABSENT);

  /** The directives of a request; Pragma counts if there is no Cache-Control (section 5.4). */
  public static RequestDirectives of(FieldSection fields) {
    RequestDirectives directives = NONE;
    boolean controlled = false;
    boolean pragma = false;
    for (int i = 0; i < fields.size(); i++) {
      CharSequence name = fields.name(i);
      if (AsciiText.same(name, CacheFields.CACHE_CONTROL)) {
        controlled = true;
        directives = directives.and(fields.value(i));
      } else if (AsciiText.same(name, CacheFields.PRAGMA)) {
        pragma |= isNoCache(fields.value(i));
      }
    }
    return pragma && !controlled ? directives.with(NO_CACHE) : directives;
  }

  private static boolean isNoCache(CharSequence pragma) {
    ListMembers members = new ListMembers(pragma);
    while (members.next()) {
      if (AsciiText.regionIs(pragma, members.from(), members.to(), "no-cache")) {
        return true;
      }
    }
    return false;
  }

  /** These and the ones of a further line. */
  private RequestDirectives and(CharSequence line) {
    RequestDirectives all = this;
    ListMembers members = new ListMembers(line);
    while (members.next()) {
      int nameEnd = members.nameEnd();
      String name = AsciiText.lowerCase(line, members.from(), nameEnd);
      boolean given = nameEnd < members.to();
      long seconds = given ? seconds(line, nameEnd + 1, members.to()) : AsciiText.NOT_SECONDS;
      all = all.and(name, given, seconds);
    }
    return all;
  }

  private RequestDirectives and(String name, boolean given, long seconds) {
    long least = Math.max(0, seconds);
    return switch (name) {
      case "no-cache" -> with(NO_CACHE);
      case "no-store" -> with(NO_STORE);
      case "only-if-cached" -> with(ONLY_IF_CACHED);
      case "no-transform" -> with(NO_TRANSFORM);
      case "max-age" -> withTimes(shorter(maxAgeSeconds, least), maxStaleSeconds, minFreshSeconds);
      case "max-stale" -> {
        long stale = given ? least : AsciiText.MOST_SECONDS;
        yield withTimes(maxAgeSeconds, shorter(maxStaleSeconds, stale), minFreshSeconds);
      }
      case "min-fresh" -> {
        long fresh = seconds == AsciiText.NOT_SECONDS ? AsciiText.MOST_SECONDS : seconds;
        yield withTimes(maxAgeSeconds, maxStaleSeconds, Math.max(minFreshSeconds, fresh));
      }
      case "stale-if-error" ->
          new RequestDirectives(
              flags,
              maxAgeSeconds,
              maxStaleSeconds,
              minFreshSeconds,
              shorter(staleIfErrorSeconds, least));
      default -> this;
    };
  }

  private static long shorter(long known, long seconds) {
    return known == ABSENT ? seconds : Math.min(known, seconds);
  }

  private static long seconds(CharSequence text, int from, int to) {
    boolean quoted = to - from >= 2 && text.charAt(from) == '"' && text.charAt(to - 1) == '"';
    return quoted ? AsciiText.seconds(text, from + 1, to - 1) : AsciiText.seconds(text, from, to);
  }

  private RequestDirectives with(int flag) {
    return new RequestDirectives(
        flags | flag, maxAgeSeconds, maxStaleSeconds, minFreshSeconds, staleIfErrorSeconds);
  }

  private RequestDirectives withTimes(long maxAge, long maxStale, long minFresh) {
    return new RequestDirectives(flags, maxAge, maxStale, minFresh, staleIfErrorSeconds);
  }

  /** Whether the request says nothing of it. */
  boolean isNone() {
    return flags == 0
        && maxAgeSeconds == ABSENT
        && maxStaleSeconds == ABSENT
        && minFreshSeconds == ABSENT
        && staleIfErrorSeconds == ABSENT;
  }

  /** no-cache (section 5.2.1.4): no stored response without validation. */
  public boolean noCache() {
    return (flags & NO_CACHE) != 0;
  }

  /** no-store (section 5.2.1.5): nothing of this exchange may be stored. */
  public boolean noStore() {
    return (flags & NO_STORE) != 0;
  }

  /** only-if-cached (section 5.2.1.7): a stored response, or 504. */
  public boolean onlyIfCached() {
    return (flags & ONLY_IF_CACHED) != 0;
  }

  /** no-transform (section 5.2.1.6). */
  public boolean noTransform() {
    return (flags & NO_TRANSFORM) != 0;
  }

  /** These without what asks for validation: what a policy that does not honour that lets count. */
  public RequestDirectives withoutDemands() {
    if (!noCache() && maxAgeSeconds == ABSENT && minFreshSeconds == ABSENT) {
      return this;
    }
    return new RequestDirectives(
        flags & ~NO_CACHE, ABSENT, maxStaleSeconds, ABSENT, staleIfErrorSeconds);
  }
}

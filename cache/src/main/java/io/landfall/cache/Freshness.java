package io.landfall.cache;

/**
 * The times of a stored response (RFC 9111 section 4.2), as numbers: what a hit looks at. All
 * instants are on the cache's clock, which never runs backwards.
 *
 * @param responseMillis when it was received
 * @param initialAgeMillis its age then (section 4.2.3, corrected_initial_age)
 * @param lifetimeMillis up to which age it is fresh (section 4.2.1)
 * @param staleWhileRevalidateMillis for how long after that it may be used while it is validated
 * @param staleIfErrorMillis for how long after that it may be used when validation fails
 * @param flags bits of this class
 */
public record Freshness(
    long responseMillis,
    long initialAgeMillis,
    long lifetimeMillis,
    long staleWhileRevalidateMillis,
    long staleIfErrorMillis,
    int flags) {
  static final int NO_CACHE = 1;
  static final int NEVER_STALE = 1 << 1;
  static final int IMMUTABLE = 1 << 2;
  static final int HEURISTIC = 1 << 3;
  static final int NO_TRANSFORM = 1 << 4;

  /** Its age (section 4.2.3, current_age). */
  public long ageMillis(long nowMillis) {
    return initialAgeMillis + Math.max(0, nowMillis - responseMillis);
  }

  /** The value of Age (section 5.1) of a response made from it: whole seconds. */
  public long ageSeconds(long nowMillis) {
    return Math.min(AsciiText.MOST_SECONDS, ageMillis(nowMillis) / 1000);
  }

  /** For how long it is fresh yet; negative for how long it has been stale. */
  public long ttlMillis(long nowMillis) {
    return lifetimeMillis - ageMillis(nowMillis);
  }

  /**
   * The value of {@code ttl} in Cache-Status (RFC 9211 section 2.4): whole seconds, rounded down.
   */
  public long ttlSeconds(long nowMillis) {
    return Math.floorDiv(ttlMillis(nowMillis), 1000);
  }

  /** Whether it is fresh (section 4.2); what no-cache and a client demand aside. */
  public boolean isFresh(long nowMillis) {
    return lifetimeMillis > ageMillis(nowMillis);
  }

  /** Whether it must be validated before each use (no-cache, section 5.2.2.4). */
  public boolean isValidatedAlways() {
    return (flags & NO_CACHE) != 0;
  }

  /** Whether it is never used stale (must-revalidate, proxy-revalidate, s-maxage, no-cache). */
  public boolean isNeverUsedStale() {
    return (flags & (NEVER_STALE | NO_CACHE)) != 0;
  }

  /** Whether it does not change while it is fresh (RFC 8246). */
  public boolean isImmutable() {
    return (flags & IMMUTABLE) != 0;
  }

  /** Whether the heuristic gave its lifetime (section 4.2.2). */
  public boolean isHeuristic() {
    return (flags & HEURISTIC) != 0;
  }

  /** Whether its body may not be changed (no-transform, section 5.2.2.6). */
  public boolean forbidsTransform() {
    return (flags & NO_TRANSFORM) != 0;
  }

  /**
   * From when on no rule allows it to be used without validation, whatever a client accepts, errors
   * or not: the end of its lifetime and of its grace. A store may drop it then.
   */
  public long uselessFromMillis() {
    long grace = Math.max(staleWhileRevalidateMillis, staleIfErrorMillis);
    return responseMillis + lifetimeMillis - initialAgeMillis + grace;
  }
}

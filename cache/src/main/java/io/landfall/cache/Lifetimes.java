package io.landfall.cache;

import org.jspecify.annotations.Nullable;

/**
 * Works out how long a response is fresh and how old it came (RFC 9111 sections 4.2.1 to 4.2.3).
 * The first of these that there is gives the lifetime: s-maxage, max-age, Expires (not beside a
 * targeted field, RFC 9213 section 2.2), the policy's time for the status, the policy's default,
 * the heuristic.
 */
final class Lifetimes {
  private static final long NONE = -1;

  private final CacheResponse response;
  private final ResponseDirectives directives;
  private final FetchTimes times;
  private final CachePolicy policy;
  private final long dateMillis;

  Lifetimes(
      CacheResponse response, ResponseDirectives directives, FetchTimes times, CachePolicy policy) {
    this.response = response;
    this.directives = directives;
    this.times = times;
    this.policy = policy;
    CharSequence date = CacheFields.only(response.fields(), CacheFields.DATE);
    long read = date == null ? HttpDates.INVALID : HttpDates.millis(date, times.wallMillis());
    this.dateMillis = read == HttpDates.INVALID ? times.wallMillis() : read;
  }

  /** Whether the origin gives a lifetime: a directive, or Expires, valid or not. */
  boolean isExplicit() {
    return directives.hasLifetime()
        || (!directives.isTargeted() && CacheFields.has(response.fields(), CacheFields.EXPIRES));
  }

  Freshness freshness() {
    int flags = 0;
    long lifetime = explicitMillis();
    if (lifetime == NONE) {
      lifetime = policyMillis();
      if (lifetime == NONE) {
        lifetime = heuristicMillis();
        flags |= lifetime > 0 ? Freshness.HEURISTIC : 0;
      }
    }
    if (directives.noCache()) {
      flags |= Freshness.NO_CACHE;
    } else {
      lifetime = policy.ttl().bounded(lifetime);
    }
    boolean forbidden = directives.mustRevalidate() || directives.proxyRevalidate();
    boolean sMaxage = directives.sMaxageSeconds() != ResponseDirectives.ABSENT;
    if (forbidden || (sMaxage && !permitted())) {
      flags |= Freshness.NEVER_STALE;
    }
    flags |= directives.immutable() ? Freshness.IMMUTABLE : 0;
    flags |= directives.noTransform() ? Freshness.NO_TRANSFORM : 0;
    GracePolicy grace = policy.grace();
    return new Freshness(
        times.responseMillis(),
        initialAgeMillis(),
        lifetime,
        graceMillis(
            directives.staleWhileRevalidateSeconds(), grace.staleWhileRevalidateSeconds(), flags),
        graceMillis(directives.staleIfErrorSeconds(), grace.staleIfErrorSeconds(), flags),
        flags);
  }

  /** Whether the origin permits stale use beside s-maxage, and the policy lets that count. */
  private boolean permitted() {
    return policy.grace().permissionBeatsSMaxage()
        && (directives.staleWhileRevalidateSeconds() > 0 || directives.staleIfErrorSeconds() > 0);
  }

  private static long graceMillis(long ofOrigin, long ofPolicy, int flags) {
    if ((flags & (Freshness.NEVER_STALE | Freshness.NO_CACHE)) != 0) {
      return 0;
    }
    return 1000 * (ofOrigin == ResponseDirectives.ABSENT ? ofPolicy : ofOrigin);
  }

  private long explicitMillis() {
    if (directives.sMaxageSeconds() != ResponseDirectives.ABSENT) {
      return directives.sMaxageSeconds() * 1000;
    }
    if (directives.maxAgeSeconds() != ResponseDirectives.ABSENT) {
      return directives.maxAgeSeconds() * 1000;
    }
    return directives.isTargeted() ? NONE : expiresMillis();
  }

  /** Expires less Date (section 4.2.1); the earliest of several, 0 if one is no date. */
  private long expiresMillis() {
    FieldSection fields = response.fields();
    long least = NONE;
    for (int i = 0; i < fields.size(); i++) {
      if (CacheFields.is(fields, i, CacheFields.EXPIRES)) {
        long expires = HttpDates.millis(fields.value(i), times.wallMillis());
        long lifetime = expires == HttpDates.INVALID ? 0 : Math.max(0, expires - dateMillis);
        least = least == NONE ? lifetime : Math.min(least, lifetime);
      }
    }
    return Math.min(least, AsciiText.MOST_SECONDS * 1000);
  }

  private long policyMillis() {
    long ofStatus = policy.ttl().ofStatus(response.status());
    if (ofStatus != ResponseDirectives.ABSENT) {
      return ofStatus * 1000;
    }
    long usual = policy.ttl().defaultSeconds();
    return usual != ResponseDirectives.ABSENT && mayBeGuessed() ? usual * 1000 : NONE;
  }

  /** Section 4.2.2: only where a status, or public, allows it. */
  private boolean mayBeGuessed() {
    return directives.isPublic() || StatusRules.isHeuristicallyCacheable(response.status());
  }

  private long heuristicMillis() {
    CharSequence modified = CacheFields.only(response.fields(), CacheFields.LAST_MODIFIED);
    if (modified == null || !mayBeGuessed()) {
      return 0;
    }
    long at = HttpDates.millis(modified, times.wallMillis());
    if (at == HttpDates.INVALID || at >= dateMillis) {
      return 0;
    }
    long part = (dateMillis - at) * policy.ttl().heuristicPercent() / 100;
    return Math.min(part, policy.ttl().heuristicMostSeconds() * 1000);
  }

  /** Section 4.2.3; the difference of Date and our own clock in whole seconds, as Date is. */
  private long initialAgeMillis() {
    long apparentSeconds =
        Math.max(0, Math.floorDiv(times.wallMillis(), 1000) - Math.floorDiv(dateMillis, 1000));
    long delayMillis = Math.max(0, times.responseMillis() - times.requestMillis());
    long correctedMillis = AgeField.seconds(response.fields()) * 1000 + delayMillis;
    return Math.max(apparentSeconds * 1000, correctedMillis);
  }

  /** The instant of a Last-Modified field, or {@link HttpDates#INVALID}. */
  static long lastModified(@Nullable CharSequence value, long wallMillis) {
    return value == null ? HttpDates.INVALID : HttpDates.millis(value, wallMillis);
  }

  long dateMillis() {
    return dateMillis;
  }
}

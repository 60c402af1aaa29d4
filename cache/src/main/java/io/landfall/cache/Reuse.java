package io.landfall.cache;

/**
 * What a stored response that a request selects may be used for now (RFC 9111 section 4). Constants
 * only: the decision of a hit makes no object.
 */
public enum Reuse {
  /** It is fresh, and the request takes it: the answer. */
  FRESH(true, Forwarding.MISS),
  /** It is stale, but the request takes it all the same (max-stale): the answer. */
  STALE_ACCEPTED(true, Forwarding.STALE),
  /** It is stale; it is the answer while it is validated (RFC 5861 section 3). */
  STALE_WHILE_REVALIDATE(true, Forwarding.STALE),
  /** Nothing is stored that the request selects. */
  FETCH(false, Forwarding.URI_MISS),
  /** It is stale, or no-cache: it is validated first. */
  VALIDATE(false, Forwarding.STALE),
  /** It is fresh, but the request demands validation or more freshness. */
  VALIDATE_AS_ASKED(false, Forwarding.REQUEST),
  /** It cannot be used, and the request takes nothing else (only-if-cached): 504. */
  GATEWAY_TIMEOUT(false, Forwarding.REQUEST);

  private final boolean answers;
  private final Forwarding forwarding;

  Reuse(boolean answers, Forwarding forwarding) {
    this.answers = answers;
    this.forwarding = forwarding;
  }

  /** Whether the stored response is the answer. */
  public boolean answers() {
    return answers;
  }

  /** Why the request goes towards the origin, where it does. */
  public Forwarding forwarding() {
    return forwarding;
  }

  /**
   * Decides.
   *
   * @param stored the times of the stored response
   * @param request what the request says; {@link RequestDirectives#withoutDemands} of it where the
   *     policy does not honour demands of clients
   * @param purgedSoftly whether a soft purge made it stale before its time
   * @param nowMillis the time now, on the cache's clock
   */
  public static Reuse decide(
      Freshness stored, RequestDirectives request, boolean purgedSoftly, long nowMillis) {
    Reuse reuse = withoutLimit(stored, request, purgedSoftly, nowMillis);
    return request.onlyIfCached() && !reuse.answers ? GATEWAY_TIMEOUT : reuse;
  }

  /** What becomes of a request for which nothing is stored. */
  public static Reuse withoutStored(RequestDirectives request) {
    return request.onlyIfCached() ? GATEWAY_TIMEOUT : FETCH;
  }

  private static Reuse withoutLimit(
      Freshness stored, RequestDirectives request, boolean purgedSoftly, long nowMillis) {
    long ttl = stored.ttlMillis(nowMillis);
    boolean fresh = ttl > 0 && !purgedSoftly;
    if (stored.isValidatedAlways()) {
      return VALIDATE;
    }
    if (fresh && request.isNone()) {
      return FRESH;
    }
    if (!isTaken(stored, request, ttl, nowMillis)) {
      return fresh ? VALIDATE_AS_ASKED : VALIDATE;
    }
    if (fresh) {
      return FRESH;
    }
    if (stored.isNeverUsedStale()) {
      return VALIDATE;
    }
    long staleMillis = Math.max(0, -ttl);
    if (staleMillis < stored.staleWhileRevalidateMillis()) {
      return STALE_WHILE_REVALIDATE;
    }
    boolean accepted = !purgedSoftly && staleMillis <= request.maxStaleSeconds() * 1000;
    return accepted ? STALE_ACCEPTED : VALIDATE;
  }

  /** Whether the request's demands are met (section 5.2.1). */
  private static boolean isTaken(
      Freshness stored, RequestDirectives request, long ttlMillis, long nowMillis) {
    if (request.noCache()) {
      return false;
    }
    long minFresh = request.minFreshSeconds();
    if (minFresh != RequestDirectives.ABSENT && ttlMillis < minFresh * 1000) {
      return false;
    }
    long maxAge = request.maxAgeSeconds();
    if (maxAge == RequestDirectives.ABSENT) {
      return true;
    }
    if (ttlMillis > 0 && stored.isImmutable()) {
      // RFC 8246 section 2: a reload does not make a client ask again; a forced one (no-cache)
      // does.
      return true;
    }
    // Section 5.2.1.1: beside max-age, what is stale is not wanted without max-stale.
    boolean staleWanted = ttlMillis > 0 || request.maxStaleSeconds() != RequestDirectives.ABSENT;
    return staleWanted && stored.ageMillis(nowMillis) <= maxAge * 1000;
  }

  /**
   * Whether the stored response is the answer when validation failed (RFC 9111 section 4.2.4, RFC
   * 5861 section 4): no answer came, or one with an error of the server.
   *
   * @param status the status that came, or 0 if none did
   */
  public static boolean staleOnError(
      Freshness stored, RequestDirectives request, int status, long nowMillis) {
    boolean error = status == 0 || StatusRules.isError(status);
    if (!error || stored.isNeverUsedStale() || request.noCache()) {
      return false;
    }
    long ofRequest = Math.max(0, request.staleIfErrorSeconds()) * 1000;
    long allowed = Math.max(stored.staleIfErrorMillis(), ofRequest);
    return Math.max(0, -stored.ttlMillis(nowMillis)) < allowed;
  }
}

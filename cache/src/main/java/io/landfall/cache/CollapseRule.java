package io.landfall.cache;

/**
 * Whether a request that found nothing usable waits for another one's response (collapsed
 * forwarding, RFC 9211 section 2.6). It only decides: who waits, and on what, is the edge's.
 */
public enum CollapseRule {
  /** It fetches, and others may wait for what comes. */
  LEAD,
  /** It waits for the fetch that is under way, and streams from it. */
  JOIN,
  /** It fetches for itself alone. */
  ALONE;

  /** The instant that means that nothing is remembered. */
  public static final long NEVER = Long.MIN_VALUE;

  /**
   * Decides.
   *
   * @param request the request
   * @param directives its Cache-Control; demands that the policy does not honour taken out
   * @param fetching whether a fetch that others may wait for is under way for its key
   * @param aloneUntilMillis until when it is remembered that the key's response is not stored
   * @param nowMillis the time now, on the cache's clock
   */
  public static CollapseRule decide(
      CacheRequest request,
      RequestDirectives directives,
      boolean fetching,
      long aloneUntilMillis,
      long nowMillis) {
    boolean shareable = request.isGet() && !request.hasBody() && !directives.noStore();
    if (!shareable || directives.noCache() || nowMillis < aloneUntilMillis) {
      return ALONE;
    }
    if (fetching) {
      return JOIN;
    }
    // The response to a request with credentials is rarely for others: none is to wait for it.
    return CacheFields.has(request.fields(), CacheFields.AUTHORIZATION) ? ALONE : LEAD;
  }

  /**
   * Whether no cache can answer a request, so that to ask another one is a way round: its
   * directives, or what is known of its key, leads to the origin.
   *
   * @param request the request
   * @param directives its Cache-Control; demands that the policy does not honour taken out
   * @param aloneUntilMillis until when it is remembered that the key's response is not stored
   * @param nowMillis the time now, on the cache's clock
   */
  public static boolean isForOrigin(
      CacheRequest request, RequestDirectives directives, long aloneUntilMillis, long nowMillis) {
    return directives.noStore()
        || directives.noCache()
        || nowMillis < aloneUntilMillis
        || CacheFields.has(request.fields(), CacheFields.AUTHORIZATION);
  }

  /**
   * Whether one that waits takes the response that came: its fields select it, and it may be used
   * without validation (RFC 9111 section 4: only what may be reused satisfies several requests).
   * Else it fetches at once, for itself.
   *
   * @param came what was decided of the response
   * @param leader the fields of the request that fetched
   * @param waiting the fields of the one that waits
   * @param directives what the one that waits says
   * @param nowMillis the time now, on the cache's clock
   */
  public static boolean takes(
      StoredMeta came,
      FieldSection leader,
      FieldSection waiting,
      RequestDirectives directives,
      long nowMillis) {
    return Reuse.decide(came.freshness(), directives, false, nowMillis).answers()
        && came.vary().matches(waiting, came.vary().secondaryKey(leader));
  }

  /**
   * Until when it is remembered that a key's response is not stored (hit-for-miss), or {@link
   * #NEVER} if the reason lies in the one request.
   */
  public static long aloneUntilMillis(StoreRefusal refusal, TtlPolicy policy, long nowMillis) {
    return refusal.isOfTheResource() ? nowMillis + policy.hitForMissSeconds() * 1000 : NEVER;
  }

  /**
   * The same for a response that is stored: if it must be validated before each use, no request can
   * take another one's.
   */
  public static long aloneUntilMillis(Freshness came, TtlPolicy policy, long nowMillis) {
    boolean shared = Reuse.decide(came, RequestDirectives.NONE, false, nowMillis).answers();
    return shared ? NEVER : nowMillis + policy.hitForMissSeconds() * 1000;
  }
}

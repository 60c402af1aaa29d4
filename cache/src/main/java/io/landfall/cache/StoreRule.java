package io.landfall.cache;

import static io.landfall.cache.StoreRefusal.AUTHORIZATION;
import static io.landfall.cache.StoreRefusal.BYPASS_COOKIE;
import static io.landfall.cache.StoreRefusal.CODING_NOT_ASKED;
import static io.landfall.cache.StoreRefusal.CONTENT_RANGE;
import static io.landfall.cache.StoreRefusal.HEAD;
import static io.landfall.cache.StoreRefusal.METHOD;
import static io.landfall.cache.StoreRefusal.NEVER_REUSABLE;
import static io.landfall.cache.StoreRefusal.NOT_UNDERSTOOD;
import static io.landfall.cache.StoreRefusal.NO_LIFETIME;
import static io.landfall.cache.StoreRefusal.NO_STORE;
import static io.landfall.cache.StoreRefusal.PRIVATE;
import static io.landfall.cache.StoreRefusal.REQUEST_BODY;
import static io.landfall.cache.StoreRefusal.REQUEST_NO_STORE;
import static io.landfall.cache.StoreRefusal.SET_COOKIE;
import static io.landfall.cache.StoreRefusal.STATUS;
import static io.landfall.cache.StoreRefusal.TAGS;
import static io.landfall.cache.StoreRefusal.TOO_LARGE;
import static io.landfall.cache.StoreRefusal.VARY_ANY;
import static io.landfall.cache.StoreRefusal.VARY_HOP_FIELD;
import static io.landfall.cache.StoreRefusal.VARY_TOO_WIDE;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a shared cache stores a response (RFC 9111 sections 3 to 3.5), and what it keeps of it.
 * The request is asked first, then the response, then whether storing it could ever help.
 */
public final class StoreRule {
  private final CacheRequest request;
  private final CacheResponse response;
  private final CachePolicy policy;
  private final ResponseDirectives directives;
  private final Lifetimes lifetimes;
  private final FetchTimes times;

  private StoreRule(
      CacheRequest request, CacheResponse response, FetchTimes times, CachePolicy policy) {
    this.request = request;
    this.response = response;
    this.policy = policy;
    this.times = times;
    this.directives = ResponseDirectives.of(response.fields());
    this.lifetimes = new Lifetimes(response, directives, times, policy);
  }

  /**
   * Decides.
   *
   * @param request the request as the client sent it, with the target as it was sent upstream
   * @param response a final response, without its body
   * @param times when it was asked for and received
   * @param policy what the operator decided
   */
  public static StoreDecision decide(
      CacheRequest request, CacheResponse response, FetchTimes times, CachePolicy policy) {
    return new StoreRule(request, response, times, policy).decide();
  }

  private StoreDecision decide() {
    StoreRefusal refusal = ofRequest();
    refusal = refusal == null ? ofControl() : refusal;
    refusal = refusal == null ? ofSelection() : refusal;
    if (refusal != null) {
      return new StoreDecision.DoNotStore(refusal);
    }
    Freshness freshness = lifetimes.freshness();
    Validators validators =
        Validators.of(response.fields(), lifetimes.dateMillis(), times.wallMillis());
    Optional<List<String>> tags = CacheTags.tags(response.fields());
    Optional<List<String>> groups = CacheTags.groups(response.fields());
    if (tags.isEmpty() || groups.isEmpty()) {
      return new StoreDecision.DoNotStore(TAGS);
    }
    if (!validators.canValidate() && !isUsable(freshness)) {
      return new StoreDecision.DoNotStore(NEVER_REUSABLE);
    }
    return new StoreDecision.Store(
        new StoredMeta(
            response.status(),
            freshness,
            validators,
            Vary.of(response.fields()),
            omitted(),
            tags.get(),
            groups.get()));
  }

  private @Nullable StoreRefusal ofRequest() {
    if (request.isHead()) {
      return HEAD;
    }
    if (!policy.hasMethod(request.method()) || (!request.isGet() && !answersGet())) {
      return METHOD;
    }
    if (request.isGet() && request.hasBody()) {
      return REQUEST_BODY;
    }
    if (RequestDirectives.of(request.fields()).noStore()) {
      return REQUEST_NO_STORE;
    }
    return LookupRule.hasCookie(request.fields(), policy.bypassCookies()) ? BYPASS_COOKIE : null;
  }

  /**
   * Whether the response to a POST answers a GET for the same target (RFC 9110 section 9.3.3): it
   * says so by Content-Location, and for how long.
   */
  private boolean answersGet() {
    CharSequence location = CacheFields.only(response.fields(), CacheFields.CONTENT_LOCATION);
    return AsciiText.same(request.method(), "POST")
        && response.status() == StatusRules.OK
        && lifetimes.isExplicit()
        && location != null
        && AsciiText.same(location, request.target());
  }

  private @Nullable StoreRefusal ofControl() {
    int status = response.status();
    boolean isFinal = status >= StatusRules.OK && status != StatusRules.NOT_MODIFIED;
    if (!isFinal || StatusRules.isOfOneRequest(status)) {
      return STATUS;
    }
    boolean ofPolicy = policy.ttl().ofStatus(status) != ResponseDirectives.ABSENT;
    if (StatusRules.isClientError(status) && !policy.storesClientErrors() && !ofPolicy) {
      return STATUS;
    }
    if (status == StatusRules.PARTIAL_CONTENT && !isOnePart()) {
      return CONTENT_RANGE;
    }
    if (directives.mustUnderstand() && !StatusRules.isUnderstood(status)) {
      return NOT_UNDERSTOOD;
    }
    // A cache that understands the status passes over no-store beside must-understand.
    if (directives.noStore() && !directives.mustUnderstand()) {
      return NO_STORE;
    }
    if (directives.isPrivate()) {
      return PRIVATE;
    }
    if (CacheFields.has(request.fields(), CacheFields.AUTHORIZATION) && !allowsAuthorization()) {
      return AUTHORIZATION;
    }
    boolean asked = lifetimes.isExplicit() || directives.isPublic();
    if (!asked && !ofPolicy && !StatusRules.isHeuristicallyCacheable(status)) {
      return NO_LIFETIME;
    }
    boolean setsCookie = CacheFields.has(response.fields(), CacheFields.SET_COOKIE);
    if (setsCookie && !(asked && policy.storesSetCookie()) && !omitsCookie()) {
      return SET_COOKIE;
    }
    return response.bodyBytes() > policy.maxObjectBytes() ? TOO_LARGE : null;
  }

  private boolean isOnePart() {
    return CacheFields.has(request.fields(), CacheFields.RANGE)
        && ContentRange.of(response.fields()).isPresent();
  }

  private boolean omitsCookie() {
    return directives.privateFields().contains(CacheFields.SET_COOKIE)
        || directives.noCacheFields().contains(CacheFields.SET_COOKIE);
  }

  /** RFC 9111 section 3.5. */
  private boolean allowsAuthorization() {
    return directives.isPublic()
        || directives.mustRevalidate()
        || directives.sMaxageSeconds() != ResponseDirectives.ABSENT;
  }

  private @Nullable StoreRefusal ofSelection() {
    Vary vary = Vary.of(response.fields());
    if (vary.any()) {
      return VARY_ANY;
    }
    if (vary.isTooWide()) {
      return VARY_TOO_WIDE;
    }
    if (vary.namesHopField()) {
      return VARY_HOP_FIELD;
    }
    return Vary.codingIsKeyed(vary, request.fields(), response.fields()) ? null : CODING_NOT_ASKED;
  }

  /** Whether it may be used at least once without validation. */
  private static boolean isUsable(Freshness freshness) {
    boolean grace =
        freshness.staleWhileRevalidateMillis() > 0 || freshness.staleIfErrorMillis() > 0;
    return !freshness.isValidatedAlways() && (freshness.lifetimeMillis() > 0 || grace);
  }

  private List<String> omitted() {
    if (directives.noCacheFields().isEmpty() && directives.privateFields().isEmpty()) {
      return List.of();
    }
    List<String> omitted = new ArrayList<>(directives.noCacheFields());
    omitted.addAll(directives.privateFields());
    return List.copyOf(omitted);
  }
}

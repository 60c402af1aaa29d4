package io.landfall.cache;

import static io.landfall.cache.Exchanges.date;
import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.ok;
import static io.landfall.cache.Exchanges.refused;
import static io.landfall.cache.Exchanges.request;
import static io.landfall.cache.Exchanges.response;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whether a response is stored (RFC 9111 section 3). */
class StoreRuleTest {
  @Test
  void aResponseWithATimeIsStoredUnlessOneRequestMayHaveCausedIt() {
    for (int status : List.of(200, 203, 204, 299, 301, 302, 303, 307, 308, 404, 410, 414)) {
      assertThat(lifetime(status, "Cache-Control: max-age=5")).as("" + status).isEqualTo(5000);
    }
    for (int status : List.of(500, 502, 503, 504, 599)) {
      assertThat(lifetime(status, "Cache-Control: max-age=5")).as("" + status).isEqualTo(5000);
    }
  }

  @Test
  void withoutATimeOnlySomeStatusesAreStored() {
    String modified = "Last-Modified: " + date(-86_400);
    for (int status : List.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501)) {
      assertThat(lifetime(status, modified)).as("" + status).isEqualTo(8_640_000);
    }
    for (int status : List.of(201, 202, 302, 307, 500, 502, 503, 504, 599)) {
      assertThat(refused(get(), response(status, modified)))
          .as("" + status)
          .isEqualTo(StoreRefusal.NO_LIFETIME);
    }
  }

  @Test
  void publicMakesAnyStatusOneThatMayBeGuessed() {
    assertThat(lifetime(599, "Cache-Control: public", "Last-Modified: " + date(-1000)))
        .isEqualTo(100_000);
  }

  @Test
  void noStoreAndPrivateAreObeyedWhateverElseIsSaid() {
    assertThat(refused("Cache-Control: max-age=9, no-store", "Expires: " + date(9)))
        .isEqualTo(StoreRefusal.NO_STORE);
    assertThat(refused("Cache-Control: private, max-age=9")).isEqualTo(StoreRefusal.PRIVATE);
    assertThat(refused(get("Cache-Control: no-store"), ok("Cache-Control: max-age=9")))
        .isEqualTo(StoreRefusal.REQUEST_NO_STORE);
  }

  @Test
  void privateWithFieldsKeepsOnlyTheseOut() {
    assertThat(stored("Cache-Control: max-age=9, private=\"a\", no-cache=B").omittedFields())
        .containsExactly("b", "a");
  }

  @Test
  void mustUnderstandAllowsKnownStatusesOnlyAndBeatsNoStoreThere() {
    assertThat(refused(get(), response(599, "Cache-Control: max-age=9, must-understand")))
        .isEqualTo(StoreRefusal.NOT_UNDERSTOOD);
    assertThat(lifetime(200, "Cache-Control: max-age=9, must-understand, no-store"))
        .isEqualTo(9000);
  }

  @Test
  void aRequestWithAuthorizationNeedsPermission() {
    CacheRequest authorized = get("Authorization: Basic x");
    assertThat(refused(authorized, ok("Cache-Control: max-age=9")))
        .isEqualTo(StoreRefusal.AUTHORIZATION);
    for (String permission :
        List.of("public, max-age=9", "must-revalidate, max-age=9", "s-maxage=9")) {
      assertThat(
              stored(authorized, ok("Cache-Control: " + permission), CachePolicy.DEFAULT)
                  .freshness()
                  .lifetimeMillis())
          .isEqualTo(9000);
    }
  }

  @Test
  void whatAnswersOneRequestOnlyIsNeverStored() {
    for (int status : List.of(100, 103, 304, 401, 408, 412, 413, 416, 417, 421, 425, 426, 431)) {
      assertThat(refused(get(), response(status, "Cache-Control: max-age=9")))
          .as("" + status)
          .isEqualTo(StoreRefusal.STATUS);
    }
  }

  @Test
  void anErrorThatFieldsOfOneRequestCanCauseIsStoredOnlyIfThePolicyHasIt() {
    CachePolicy stores = CachePolicy.DEFAULT.withClientErrors(true);
    for (int status : List.of(400, 402, 403, 406, 409, 415, 422, 429, 499)) {
      CacheResponse response = response(status, "Cache-Control: max-age=9");
      assertThat(refused(get(), response)).as("" + status).isEqualTo(StoreRefusal.STATUS);
      assertThat(stored(get(), response, stores).status()).isEqualTo(status);
    }
    for (int status : List.of(404, 405, 410, 414, 451)) {
      assertThat(
              stored(get(), response(status, "Cache-Control: max-age=9"), CachePolicy.DEFAULT)
                  .status())
          .isEqualTo(status);
    }
  }

  @Test
  void aBodyOfTheRequestAndOtherMethodsKeepItOut() {
    CacheRequest fat = new CacheRequest("GET", "/a", Lines.of(), true);
    assertThat(refused(fat, ok("Cache-Control: max-age=9"))).isEqualTo(StoreRefusal.REQUEST_BODY);
    assertThat(refused(request("HEAD"), ok("Cache-Control: max-age=9")))
        .isEqualTo(StoreRefusal.HEAD);
    for (String method : List.of("POST", "QUERY", "PUT", "get", "OPTIONS")) {
      assertThat(refused(request(method), ok("Cache-Control: max-age=9", "Content-Location: /a")))
          .isEqualTo(StoreRefusal.METHOD);
    }
  }

  @Test
  void aPostThatNamesItsTargetAnswersGetIfThePolicyTakesPost() {
    CachePolicy usual = CachePolicy.DEFAULT;
    CachePolicy policy =
        new CachePolicy(
            usual.ttl(),
            usual.grace(),
            usual.key(),
            List.of("GET", "HEAD", "POST"),
            List.of("session"),
            new CachePolicy.Admission(100, false, false),
            true,
            0);
    CacheRequest post = new CacheRequest("POST", "/a", Lines.of(), true);
    assertThat(
            stored(post, ok("Cache-Control: max-age=9", "Content-Location: /a"), policy).status())
        .isEqualTo(200);
    for (CacheResponse other :
        List.of(
            ok("Cache-Control: max-age=9"),
            ok("Cache-Control: max-age=9", "Content-Location: /b"),
            ok("Content-Location: /a", "Last-Modified: " + date(-99)),
            response(201, "Cache-Control: max-age=9", "Content-Location: /a"))) {
      assertThat(refused(post, other, policy)).isEqualTo(StoreRefusal.METHOD);
    }
    assertThat(refused(get("Cookie: a=b; session=c"), ok("Cache-Control: max-age=9"), policy))
        .isEqualTo(StoreRefusal.BYPASS_COOKIE);
    CacheResponse large = new CacheResponse(200, Lines.of("Cache-Control: max-age=9"), 101);
    assertThat(refused(get(), large, policy)).isEqualTo(StoreRefusal.TOO_LARGE);
    assertThat(refused(get(), ok("Cache-Control: max-age=9", "Set-Cookie: a=b"), policy))
        .isEqualTo(StoreRefusal.SET_COOKIE);
  }

  @Test
  void whatCouldNeverBeUsedAgainIsNotStored() {
    assertThat(refused("Content-Type: text/plain")).isEqualTo(StoreRefusal.NEVER_REUSABLE);
    assertThat(refused("Cache-Control: max-age=0")).isEqualTo(StoreRefusal.NEVER_REUSABLE);
    assertThat(refused("Cache-Control: no-cache, max-age=9"))
        .isEqualTo(StoreRefusal.NEVER_REUSABLE);
    assertThat(stored("Cache-Control: no-cache", "ETag: \"a\"").validators().canValidate())
        .isTrue();
    assertThat(stored("Cache-Control: max-age=0, stale-if-error=9").status()).isEqualTo(200);
  }

  @Test
  void aCookieIsStoredOnlyIfThePolicyAndTheResponseSayThatItMayBe() {
    assertThat(refused("Set-Cookie: a=b", "Last-Modified: " + date(-9999)))
        .isEqualTo(StoreRefusal.SET_COOKIE);
    CacheResponse timed = ok("Set-Cookie: a=b", "Cache-Control: max-age=9");
    assertThat(refused(get(), timed, CachePolicy.DEFAULT)).isEqualTo(StoreRefusal.SET_COOKIE);
    CachePolicy storing = CachePolicy.DEFAULT.withSetCookie(true);
    assertThat(stored(get(), timed, storing).status()).isEqualTo(200);
    assertThat(refused(get(), ok("Set-Cookie: a=b", "Last-Modified: " + date(-9999)), storing))
        .isEqualTo(StoreRefusal.SET_COOKIE);
    assertThat(
            stored(
                    "Set-Cookie: a=b",
                    "Cache-Control: private=set-cookie",
                    "Last-Modified: " + date(-9999))
                .omittedFields())
        .containsExactly("set-cookie");
  }

  @Test
  void aVaryThatNoKeyCanHaveKeepsItOut() {
    for (String any : List.of("*", "*, *", ", *", "*, Foo", "Foo, *")) {
      assertThat(refused("Cache-Control: max-age=9", "Vary: " + any))
          .isEqualTo(StoreRefusal.VARY_ANY);
    }
    assertThat(refused("Cache-Control: max-age=9", "Vary: ", "Vary: *"))
        .isEqualTo(StoreRefusal.VARY_ANY);
    StringBuilder wide = new StringBuilder("Vary: a");
    for (int i = 0; i < Vary.MOST_NAMES; i++) {
      wide.append(", b").append(i);
    }
    assertThat(refused("Cache-Control: max-age=9", wide.toString()))
        .isEqualTo(StoreRefusal.VARY_TOO_WIDE);
    for (String hop : List.of("X-Forwarded-For", "x-forwarded-host", "Forwarded", "Via", "Host")) {
      assertThat(refused("Cache-Control: max-age=9", "Vary: Accept, " + hop))
          .isEqualTo(StoreRefusal.VARY_HOP_FIELD);
    }
  }

  @Test
  void aCodingThatTheKeyDoesNotHaveKeepsItOut() {
    String[] coded = {"Cache-Control: max-age=9", "Vary: Accept-Encoding", "Content-Encoding: dcb"};
    assertThat(refused(get("Accept-Encoding: gzip, dcb"), ok(coded)))
        .isEqualTo(StoreRefusal.CODING_NOT_ASKED);
    coded[2] = "Content-Encoding: gzip";
    assertThat(stored(get("Accept-Encoding: gzip, dcb"), ok(coded), CachePolicy.DEFAULT).status())
        .isEqualTo(200);
    assertThat(refused(get(), ok(coded))).isEqualTo(StoreRefusal.CODING_NOT_ASKED);
  }

  @Test
  void morePurgeTagsThanCanBeKeptKeepItOut() {
    String many = "Surrogate-Key: " + "k ".repeat(CacheTags.MOST_TAGS + 1);
    assertThat(refused("Cache-Control: max-age=9", many)).isEqualTo(StoreRefusal.TAGS);
    assertThat(
            refused(
                "Cache-Control: max-age=9", "Cache-Tag: " + "k".repeat(CacheTags.LONGEST_TAG + 1)))
        .isEqualTo(StoreRefusal.TAGS);
    String groups = "Cache-Groups: \"g\"" + ", \"g\"".repeat(CacheTags.MOST_GROUPS);
    assertThat(refused("Cache-Control: max-age=9", groups)).isEqualTo(StoreRefusal.TAGS);
  }

  @Test
  void tagsAndGroupsAreKept() {
    StoredMeta meta =
        stored(
            "Cache-Control: max-age=9",
            "Surrogate-Key: a  b",
            "Cache-Tag: c ,\td e,",
            "Cache-Groups: \"g\", \"h\"");
    assertThat(meta.tags()).containsExactly("a", "b", "c", "d", "e");
    assertThat(meta.groups()).containsExactly("g", "h");
  }

  @Test
  void aPartIsStoredIfItSaysWhichOne() {
    CacheRequest part = get("Range: bytes=0-4");
    String control = "Cache-Control: max-age=9";
    assertThat(
            stored(part, response(206, control, "Content-Range: bytes 0-4/10"), CachePolicy.DEFAULT)
                .status())
        .isEqualTo(206);
    for (CacheResponse bad :
        List.of(
            response(206, control),
            response(206, control, "Content-Range: bytes 0-4/*"),
            response(206, control, "Content-Range: bytes 5-4/10"),
            response(206, control, "Content-Range: bytes 5-10/10"),
            response(
                206,
                control,
                "Content-Range: bytes 0-4/10",
                "Content-Type: multipart/byteranges; boundary=x"))) {
      assertThat(refused(part, bad)).isEqualTo(StoreRefusal.CONTENT_RANGE);
    }
    assertThat(refused(get(), response(206, control, "Content-Range: bytes 0-4/10")))
        .isEqualTo(StoreRefusal.CONTENT_RANGE);
  }

  @Test
  void thePolicyGivesTimesWhereTheOriginDoesNot() {
    TreeMap<Integer, Long> negative = new TreeMap<>();
    negative.put(404, 3L);
    negative.put(503, 2L);
    CachePolicy policy =
        CachePolicy.DEFAULT.withTtl(new TtlPolicy(60, 5, 100, negative, 10, 1000, 10));
    assertThat(lifetime(policy, response(200, "Last-Modified: " + date(-86_400))))
        .isEqualTo(60_000);
    assertThat(lifetime(policy, response(404))).as("raised to the least").isEqualTo(5_000);
    assertThat(lifetime(policy, response(503))).isEqualTo(5_000);
    assertThat(lifetime(policy, response(404, "Cache-Control: max-age=50"))).isEqualTo(50_000);
    assertThat(lifetime(policy, ok("Cache-Control: max-age=500"))).isEqualTo(100_000);
    assertThat(refused(get(), response(500), policy)).isEqualTo(StoreRefusal.NO_LIFETIME);
    assertThat(refused(get(), response(503, "Cache-Control: no-store"), policy))
        .isEqualTo(StoreRefusal.NO_STORE);
    assertThat(refused(get(), ok("Cache-Control: no-cache"), policy))
        .isEqualTo(StoreRefusal.NEVER_REUSABLE);
  }

  @Test
  void aRequestIsLookedUpOnlyIfItsKeyHasAllOfIt() {
    CachePolicy policy = CachePolicy.DEFAULT;
    assertThat(LookupRule.decide(get(), policy)).isEqualTo(LookupRule.LOOK_UP);
    assertThat(LookupRule.decide(request("HEAD"), policy)).isEqualTo(LookupRule.LOOK_UP);
    for (String method : List.of("POST", "QUERY", "PURGE", "get", "OPTIONS")) {
      assertThat(LookupRule.decide(request(method), policy)).isEqualTo(LookupRule.METHOD);
    }
    assertThat(LookupRule.decide(new CacheRequest("GET", "/a", Lines.of(), true), policy))
        .isEqualTo(LookupRule.REQUEST_BODY);
    assertThat(LookupRule.hasCookie(Lines.of("Cookie: a=b;c; d=e=f"), List.of("c"))).isTrue();
    assertThat(LookupRule.hasCookie(Lines.of("Cookie: a=b;c; d=e=f"), List.of("d"))).isTrue();
    assertThat(LookupRule.hasCookie(Lines.of("Cookie: a=b;c; d=e=f"), List.of("e", "b", "")))
        .isFalse();
  }

  private static long lifetime(int status, String... lines) {
    return lifetime(CachePolicy.DEFAULT, response(status, lines));
  }

  private static long lifetime(CachePolicy policy, CacheResponse response) {
    return stored(get(), response, policy).freshness().lifetimeMillis();
  }
}

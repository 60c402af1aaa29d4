package io.landfall.cache;

import static io.landfall.cache.Exchanges.NOW;
import static io.landfall.cache.Exchanges.reuse;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When a stored response is the answer (RFC 9111 sections 4, 4.2.4 and 5.2.1, RFC 5861). */
class ReuseTest {
  private static final String TAG = "ETag: \"a\"";

  @Test
  void aFreshResponseIsTheAnswerAndAStaleOneIsValidated() {
    StoredMeta meta = stored("Cache-Control: max-age=10");
    assertThat(reuse(meta, 9)).isEqualTo(Reuse.FRESH);
    assertThat(reuse(meta, 10)).isEqualTo(Reuse.VALIDATE);
    assertThat(reuse(meta, 10).forwarding()).isEqualTo(Forwarding.STALE);
  }

  @Test
  void noCacheIsValidatedThoughItIsFresh() {
    StoredMeta meta = stored("Cache-Control: max-age=10, no-cache", TAG);
    assertThat(reuse(meta, 1)).isEqualTo(Reuse.VALIDATE);
    assertThat(reuse(meta, 1, "Cache-Control: max-stale")).isEqualTo(Reuse.VALIDATE);
  }

  @Test
  void aClientMayDemandMoreFreshness() {
    StoredMeta meta = stored("Cache-Control: max-age=1500", "Age: 1000");
    assertThat(reuse(meta, 1, "Cache-Control: no-cache")).isEqualTo(Reuse.VALIDATE_AS_ASKED);
    assertThat(reuse(meta, 1, "Pragma: no-cache")).isEqualTo(Reuse.VALIDATE_AS_ASKED);
    assertThat(reuse(meta, 0, "Cache-Control: max-age=600")).isEqualTo(Reuse.VALIDATE_AS_ASKED);
    assertThat(reuse(meta, 0, "Cache-Control: max-age=1000")).isEqualTo(Reuse.FRESH);
    assertThat(reuse(meta, 0, "Cache-Control: min-fresh=1000")).isEqualTo(Reuse.VALIDATE_AS_ASKED);
    assertThat(reuse(meta, 0, "Cache-Control: min-fresh=500")).isEqualTo(Reuse.FRESH);
    assertThat(reuse(meta, 1, "Cache-Control: no-cache").forwarding())
        .isEqualTo(Forwarding.REQUEST);
  }

  @Test
  void aClientMayTakeStaleResponses() {
    StoredMeta meta = stored("Cache-Control: max-age=10");
    assertThat(reuse(meta, 15, "Cache-Control: max-stale=5")).isEqualTo(Reuse.STALE_ACCEPTED);
    assertThat(reuse(meta, 16, "Cache-Control: max-stale=5")).isEqualTo(Reuse.VALIDATE);
    assertThat(reuse(meta, 99, "Cache-Control: max-stale")).isEqualTo(Reuse.STALE_ACCEPTED);
    assertThat(reuse(meta, 15, "Cache-Control: max-stale=9, max-age=15"))
        .isEqualTo(Reuse.STALE_ACCEPTED);
    assertThat(reuse(meta, 15, "Cache-Control: max-stale=9, max-age=14")).isEqualTo(Reuse.VALIDATE);
  }

  @Test
  void whatForbidsStaleUseBeatsTheClient() {
    for (String never : List.of("must-revalidate", "proxy-revalidate", "s-maxage=10")) {
      StoredMeta meta = stored("Cache-Control: max-age=10, " + never);
      assertThat(reuse(meta, 11, "Cache-Control: max-stale")).isEqualTo(Reuse.VALIDATE);
      assertThat(Reuse.staleOnError(meta.freshness(), errorTaken(), 0, NOW + 11_000)).isFalse();
    }
  }

  @Test
  void onlyIfCachedGivesAStoredResponseOr504() {
    StoredMeta meta = stored("Cache-Control: max-age=10");
    assertThat(reuse(meta, 5, "Cache-Control: only-if-cached")).isEqualTo(Reuse.FRESH);
    assertThat(reuse(meta, 15, "Cache-Control: only-if-cached")).isEqualTo(Reuse.GATEWAY_TIMEOUT);
    assertThat(reuse(meta, 15, "Cache-Control: only-if-cached, max-stale"))
        .isEqualTo(Reuse.STALE_ACCEPTED);
    RequestDirectives only = RequestDirectives.of(Lines.of("Cache-Control: only-if-cached"));
    assertThat(Reuse.withoutStored(only)).isEqualTo(Reuse.GATEWAY_TIMEOUT);
    assertThat(Reuse.withoutStored(RequestDirectives.NONE)).isEqualTo(Reuse.FETCH);
  }

  @Test
  void staleWhileRevalidateAnswersForItsTime() {
    StoredMeta meta = stored("Cache-Control: max-age=10, stale-while-revalidate=5");
    assertThat(reuse(meta, 10)).isEqualTo(Reuse.STALE_WHILE_REVALIDATE);
    assertThat(reuse(meta, 14)).isEqualTo(Reuse.STALE_WHILE_REVALIDATE);
    assertThat(reuse(meta, 15)).isEqualTo(Reuse.VALIDATE);
    assertThat(reuse(meta, 12, "Cache-Control: no-cache")).isEqualTo(Reuse.VALIDATE);
    assertThat(reuse(meta, 12, "Cache-Control: max-age=60")).isEqualTo(Reuse.VALIDATE);
    assertThat(reuse(meta, 12, "Cache-Control: min-fresh=1")).isEqualTo(Reuse.VALIDATE);
  }

  @Test
  void staleIfErrorAnswersWhenTheServerFails() {
    Freshness stored = stored("Cache-Control: max-age=10, stale-if-error=5").freshness();
    for (int status : List.of(0, 500, 502, 503, 504)) {
      assertThat(Reuse.staleOnError(stored, RequestDirectives.NONE, status, NOW + 14_000)).isTrue();
    }
    for (int status : List.of(200, 404, 501, 505)) {
      assertThat(Reuse.staleOnError(stored, RequestDirectives.NONE, status, NOW + 14_000))
          .isFalse();
    }
    assertThat(Reuse.staleOnError(stored, RequestDirectives.NONE, 0, NOW + 15_000)).isFalse();
    Freshness plain = stored("Cache-Control: max-age=10").freshness();
    assertThat(Reuse.staleOnError(plain, RequestDirectives.NONE, 0, NOW + 11_000)).isFalse();
    assertThat(Reuse.staleOnError(plain, errorTaken(), 503, NOW + 11_000)).isTrue();
  }

  @Test
  void aSoftPurgeMakesAFreshResponseStaleAndNoMore() {
    Freshness graceful =
        stored("Cache-Control: max-age=10, stale-while-revalidate=5, stale-if-error=5").freshness();
    assertThat(Reuse.decide(graceful, RequestDirectives.NONE, true, NOW))
        .isEqualTo(Reuse.STALE_WHILE_REVALIDATE);
    Freshness plain = stored("Cache-Control: max-age=10", TAG).freshness();
    assertThat(Reuse.decide(plain, RequestDirectives.NONE, true, NOW)).isEqualTo(Reuse.VALIDATE);
    assertThat(Reuse.decide(plain, errorTaken(), true, NOW)).isEqualTo(Reuse.VALIDATE);
    assertThat(Reuse.staleOnError(plain, errorTaken(), 0, NOW)).isTrue();
  }

  @Test
  void aReloadOfWhatIsImmutableIsAnsweredUnlessItIsForced() {
    StoredMeta meta = stored("Cache-Control: max-age=10, immutable", TAG);
    assertThat(reuse(meta, 5, "Cache-Control: max-age=0")).isEqualTo(Reuse.FRESH);
    assertThat(reuse(meta, 5, "Cache-Control: no-cache")).isEqualTo(Reuse.VALIDATE_AS_ASKED);
    assertThat(reuse(meta, 15, "Cache-Control: max-age=0")).isEqualTo(Reuse.VALIDATE);
  }

  private static RequestDirectives errorTaken() {
    return RequestDirectives.of(Lines.of("Cache-Control: stale-if-error=60"));
  }
}

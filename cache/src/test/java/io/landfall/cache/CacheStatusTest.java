package io.landfall.cache;

import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CacheStatus.Forwarded;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Cache-Status (RFC 9211), and who waits for whom. */
class CacheStatusTest {
  private final CacheStatus status = new CacheStatus("fra");

  @Test
  void aHitSaysForHowLongItIsFresh() {
    assertThat(status.hit(30)).isEqualTo("fra; hit; ttl=30");
    assertThat(status.hit(-3)).isEqualTo("fra; hit; ttl=-3");
    assertThat(status.hitPrefix() + 30).isEqualTo(status.hit(30));
  }

  @Test
  void aForwardedRequestSaysWhyAndWhatCame() {
    Forwarded miss = Forwarded.because(Forwarding.URI_MISS);
    assertThat(status.forwarded(miss)).isEqualTo("fra; fwd=uri-miss");
    assertThat(status.forwarded(miss.answered(200).storedFor(60)))
        .isEqualTo("fra; fwd=uri-miss; fwd-status=200; ttl=60; stored");
    assertThat(status.forwarded(Forwarded.because(Forwarding.STALE).answered(304).collapsedOnto()))
        .isEqualTo("fra; fwd=stale; fwd-status=304; collapsed");
    assertThat(status.forwarded(miss.answered(200).notStored(StoreRefusal.NO_STORE)))
        .isEqualTo("fra; fwd=uri-miss; fwd-status=200; detail=NO_STORE");
  }

  @Test
  void everyEntryIsAWellFormedItemWithParameters() {
    TreeSet<String> words = new TreeSet<>();
    for (Forwarding reason : Forwarding.values()) {
      for (StoreRefusal refusal : StoreRefusal.values()) {
        String entry = status.forwarded(Forwarded.because(reason).answered(200).notStored(refusal));
        assertThat(StructuredFields.dictionary(entry)).as(entry).hasSize(1);
        words.add(reason.word());
      }
    }
    assertThat(words)
        .containsExactly(
            "bypass", "method", "miss", "partial", "request", "stale", "uri-miss", "vary-miss");
  }

  @Test
  void aNameThatIsNoTokenIsAString() {
    assertThat(new CacheStatus("9 \"x\"").hit(1)).isEqualTo("\"9 \\\"x\\\"\"; hit; ttl=1");
    assertThat(CacheStatus.withKey("fra; hit", "a\"b\u00e4"))
        .isEqualTo("fra; hit; key=\"a\\\"b?\"");
  }

  @Test
  void theFirstLeadsAndTheOthersWait() {
    assertThat(decide(get(), false, CollapseRule.NEVER)).isEqualTo(CollapseRule.LEAD);
    assertThat(decide(get(), true, CollapseRule.NEVER)).isEqualTo(CollapseRule.JOIN);
  }

  @Test
  void noRequestWaitsWhereTheResponseIsNotForOthers() {
    assertThat(decide(get("Authorization: x"), false, CollapseRule.NEVER))
        .isEqualTo(CollapseRule.ALONE);
    for (CacheRequest alone :
        new CacheRequest[] {
          request("HEAD"),
          request("POST"),
          get("Cache-Control: no-store"),
          get("Cache-Control: no-cache"),
          new CacheRequest("GET", "/a", Lines.of(), true)
        }) {
      assertThat(decide(alone, true, CollapseRule.NEVER)).isEqualTo(CollapseRule.ALONE);
    }
  }

  @Test
  void aResponseThatIsNotStoredIsRememberedForAShortTime() {
    TtlPolicy ttl = TtlPolicy.DEFAULT;
    long until = CollapseRule.aloneUntilMillis(StoreRefusal.NO_STORE, ttl, 1000);
    assertThat(until).isEqualTo(11_000);
    assertThat(CollapseRule.aloneUntilMillis(StoreRefusal.AUTHORIZATION, ttl, 1000))
        .isEqualTo(CollapseRule.NEVER);
    Freshness validated = Exchanges.stored("Cache-Control: no-cache", "ETag: \"a\"").freshness();
    assertThat(CollapseRule.aloneUntilMillis(validated, ttl, 1000)).isEqualTo(11_000);
    Freshness fresh = Exchanges.stored("Cache-Control: max-age=9").freshness();
    assertThat(CollapseRule.aloneUntilMillis(fresh, ttl, Exchanges.NOW))
        .isEqualTo(CollapseRule.NEVER);
    RequestDirectives none = RequestDirectives.NONE;
    assertThat(CollapseRule.decide(get(), none, true, until, 10_999)).isEqualTo(CollapseRule.ALONE);
    assertThat(CollapseRule.decide(get(), none, true, until, 11_000)).isEqualTo(CollapseRule.JOIN);
  }

  private static CollapseRule decide(CacheRequest request, boolean fetching, long aloneUntil) {
    RequestDirectives directives = RequestDirectives.of(request.fields());
    return CollapseRule.decide(request, directives, fetching, aloneUntil, 0);
  }
}

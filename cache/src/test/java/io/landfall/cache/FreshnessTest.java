package io.landfall.cache;

import static io.landfall.cache.Exchanges.NOW;
import static io.landfall.cache.Exchanges.date;
import static io.landfall.cache.Exchanges.get;
import static io.landfall.cache.Exchanges.ok;
import static io.landfall.cache.Exchanges.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Lifetime and age (RFC 9111 sections 4.2.1 to 4.2.3). */
class FreshnessTest {
  @Test
  void sMaxageBeatsMaxAgeWhichBeatsExpires() {
    assertThat(lifetime("Cache-Control: max-age=5, s-maxage=9", "Expires: " + date(-9)))
        .isEqualTo(9000);
    assertThat(lifetime("Cache-Control: max-age=5", "Expires: " + date(99))).isEqualTo(5000);
    assertThat(lifetime("Cache-Control: max-age=5", "Expires: 0")).isEqualTo(5000);
    assertThat(lifetime("Cache-Control: s-maxage=1", "Cache-Control: max-age=9")).isEqualTo(1000);
  }

  @Test
  void expiresCountsFromDate() {
    assertThat(lifetime("Expires: " + date(30), "Date: " + date(10))).isEqualTo(20_000);
    assertThat(lifetime("Expires: " + date(30))).isEqualTo(30_000);
    assertThat(lifetime("Expires: " + date(30), "Date: foo")).isEqualTo(30_000);
  }

  @Test
  void anExpiresThatIsPastOrNoDateGivesNoTime() {
    String tag = "ETag: \"a\"";
    assertThat(lifetime("Expires: " + date(-30), tag)).isZero();
    assertThat(lifetime("Expires: " + date(0), "Date: " + date(0), tag)).isZero();
    assertThat(lifetime("Expires: " + date(300), "Date: " + date(400), tag)).isZero();
    assertThat(lifetime("Expires: 0", "Last-Modified: " + date(-9999))).isZero();
    assertThat(lifetime("Expires: " + date(9), "Expires: x", tag)).isZero();
    assertThat(lifetime("Expires: " + date(9), "Expires: " + date(5), tag)).isEqualTo(5000);
  }

  @Test
  void aTargetedFieldHidesCacheControlAndExpires() {
    assertThat(lifetime("CDN-Cache-Control: max-age=7", "Cache-Control: max-age=1"))
        .isEqualTo(7000);
    assertThat(lifetime("CDN-Cache-Control: public", "Expires: " + date(99), "ETag: \"a\""))
        .isZero();
  }

  @Test
  void theHeuristicIsATenthOfTheTimeSinceTheLastModificationUpToABound() {
    Freshness guessed = stored("Last-Modified: " + date(-1000), "Date: " + date(0)).freshness();
    assertThat(guessed.lifetimeMillis()).isEqualTo(100_000);
    assertThat(guessed.isHeuristic()).isTrue();
    assertThat(lifetime("Last-Modified: " + date(-100_000_000L))).isEqualTo(7 * 86_400_000L);
    assertThat(lifetime("Last-Modified: " + date(9), "ETag: \"a\"")).isZero();
    assertThat(lifetime("Last-Modified: x", "ETag: \"a\"")).isZero();
  }

  @Test
  void ageIsTheLargerOfWhatDateAndAgeTell() {
    assertThat(age("Date: " + date(-20), "Age: 5")).isEqualTo(20_000);
    assertThat(age("Date: " + date(-2), "Age: 5")).isEqualTo(5_000);
    assertThat(age("Date: " + date(20))).isZero();
    assertThat(age("Date: x")).isZero();
  }

  @Test
  void theTimeThatTheResponseTookCountsInFull() {
    FetchTimes slow = new FetchTimes(NOW - 1500, NOW, NOW);
    CacheResponse response = ok("Cache-Control: max-age=9", "Age: 3");
    StoreDecision decision = StoreRule.decide(get(), response, slow, CachePolicy.DEFAULT);
    Freshness freshness = ((StoreDecision.Store) decision).meta().freshness();
    assertThat(freshness.initialAgeMillis()).isEqualTo(4500);
    assertThat(freshness.ageSeconds(NOW + 600)).isEqualTo(5);
    assertThat(freshness.ttlMillis(NOW + 600)).isEqualTo(3900);
    assertThat(freshness.ttlSeconds(NOW + 10_000)).isEqualTo(-6);
  }

  @Test
  void anAgeThatCannotBeReliedOnIsAsOldAsCanBe() {
    for (String bad : List.of("abc", "-7200", "7200.0", "", "0, 0", "3600, 3600", "5;a=b", "5 6")) {
      assertThat(age("Age: " + bad)).as(bad).isEqualTo((1L << 31) * 1000);
    }
    assertThat(age("Age: 0", "Age: 7200")).isEqualTo((1L << 31) * 1000);
    assertThat(age("Age: 7200,0")).isEqualTo(7_200_000);
    assertThat(age("Age: 0,7200")).isZero();
    assertThat(age("Age: 99999999999")).isEqualTo((1L << 31) * 1000);
  }

  @Test
  void aClockThatStoodStillMakesNothingYounger() {
    Freshness freshness = stored("Cache-Control: max-age=9").freshness();
    assertThat(freshness.ageMillis(NOW - 5000)).isZero();
  }

  @Test
  void graceIsTheOriginsOrElseThePolicys() {
    CachePolicy graceful = CachePolicy.DEFAULT.withGrace(new GracePolicy(10, 20, false));
    Freshness ofPolicy = of(graceful, "Cache-Control: max-age=9");
    assertThat(ofPolicy.staleWhileRevalidateMillis()).isEqualTo(10_000);
    assertThat(ofPolicy.staleIfErrorMillis()).isEqualTo(20_000);
    Freshness ofOrigin =
        of(graceful, "Cache-Control: max-age=9, stale-while-revalidate=0, stale-if-error=3");
    assertThat(ofOrigin.staleWhileRevalidateMillis()).isZero();
    assertThat(ofOrigin.staleIfErrorMillis()).isEqualTo(3000);
    for (String never : List.of("must-revalidate", "proxy-revalidate", "s-maxage=9", "no-cache")) {
      Freshness strict =
          of(
              graceful,
              "ETag: \"a\"",
              "Cache-Control: max-age=9, stale-while-revalidate=5, stale-if-error=5, " + never);
      assertThat(strict.isNeverUsedStale()).as(never).isTrue();
      assertThat(strict.staleWhileRevalidateMillis() + strict.staleIfErrorMillis()).isZero();
    }
  }

  @Test
  void aPolicyMayLetAPermissionBeatSMaxageButNotMustRevalidate() {
    CachePolicy lenient = CachePolicy.DEFAULT.withGrace(new GracePolicy(0, 0, true));
    assertThat(
            of(lenient, "Cache-Control: s-maxage=9, stale-while-revalidate=5").isNeverUsedStale())
        .isFalse();
    assertThat(of(lenient, "Cache-Control: s-maxage=9").isNeverUsedStale()).isTrue();
    assertThat(
            of(lenient, "Cache-Control: s-maxage=9, must-revalidate, stale-while-revalidate=5")
                .isNeverUsedStale())
        .isTrue();
  }

  @Test
  void itTellsFromWhenOnItIsOfNoUse() {
    Freshness freshness =
        stored("Cache-Control: max-age=9, stale-if-error=5", "Age: 2").freshness();
    assertThat(freshness.uselessFromMillis()).isEqualTo(NOW + 12_000);
  }

  private static long lifetime(String... lines) {
    return stored(lines).freshness().lifetimeMillis();
  }

  private static long age(String... lines) {
    Lines all = Lines.of(lines);
    all.add("cache-control", "max-age=9");
    return stored(get(), new CacheResponse(200, all, 0), CachePolicy.DEFAULT)
        .freshness()
        .initialAgeMillis();
  }

  private static Freshness of(CachePolicy policy, String... lines) {
    return stored(get(), ok(lines), policy).freshness();
  }
}

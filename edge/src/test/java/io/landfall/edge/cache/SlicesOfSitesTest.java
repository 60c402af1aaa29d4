package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.RawClient;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slices of a cold site that a warm one gives, under purges of the fleet; and a held cache. */
class SlicesOfSitesTest {
  private static final CachePolicy POLICY = CachePolicy.DEFAULT.withSliceBytes(1000);

  private final RangedOrigin here = new RangedOrigin(10_500);
  private final RangedOrigin there = new RangedOrigin(10_500);
  private final TestSite fra = CachedSite.of("fra", 1, POLICY);
  private final TestSite nyc = CachedSite.of("nyc", 2, POLICY);

  @BeforeEach
  void fraIsColdAndNycWarm() {
    nyc.publish(Signal.UP, backends(there.backend), fra.candidate(Signal.COLD, 1));
    fra.publish(Signal.COLD, backends(here.backend), nyc.candidate(Signal.UP, 1));
  }

  @AfterEach
  void closes() {
    List.of(fra, nyc).forEach(TestSite::close);
    List.of(here, there).forEach(RangedOrigin::close);
  }

  private static RawClient.Answer ask(TestSite site, int version, int from, int to) {
    RawClient.Answer answer = CachedSite.ask(site, "/a", "Range: bytes=" + from + "-" + (to - 1));
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(RangedOrigin.text(version, from, to));
    return answer;
  }

  private static String last(RawClient.Answer answer) {
    return answer.all("cache-status").getLast();
  }

  private static void awaitStored(TestSite site, int keys) {
    TestSite.await("it is stored", () -> CachedSite.view(site).stored().keys() == keys);
  }

  @Test
  void aSliceThatTheColdSiteMissesIsAskedOfTheWarmOneAsAPartAndBothStoreIt() {
    RawClient.Answer miss = ask(fra, 1, 1003, 1006);
    assertThat(last(miss)).startsWith("fra.cdn.test; fwd=uri-miss").contains("; stored");
    fra.awaitLastDecision(Reason.WARM_ELSEWHERE);
    awaitStored(fra, 1);
    awaitStored(nyc, 1);
    assertThat(last(ask(fra, 1, 1900, 1999))).contains("; hit; ");
    assertThat(there.asked()).containsExactly("bytes=1000-1999");
    assertThat(here.asked()).isEmpty();
    assertThat(CachedSite.view(fra).filled().objects()).isEqualTo(1);
    assertThat(CachedSite.view(fra).filled().bytes()).isEqualTo(1000);
  }

  @Test
  void aSliceThatTheWarmSiteHasOfBeforeAPurgeIsNotKept() {
    ask(nyc, 1, 0, 10);
    awaitStored(nyc, 1);
    Purge url = new Purge.OfUrl("shop.test", "/a");
    fra.edge().purge(url, false).join();
    assertThat(last(ask(fra, 1, 0, 10))).doesNotContain("; stored").doesNotContain("hit; ");
    assertThat(last(ask(fra, 1, 0, 10))).doesNotContain("; stored");
    assertThat(CachedSite.view(fra).stored().keys()).isZero();
    there.version = 2;
    nyc.edge().purge(url, false).join();
    List.of(fra, nyc).forEach(site -> site.letPass(2_000));
    ask(fra, 2, 0, 10);
    awaitStored(fra, 1);
    assertThat(last(ask(fra, 2, 0, 10))).contains("; hit; ");
  }

  @Test
  void anOldSliceOfAnotherSiteMakesNoNewerOneInvalid() {
    ask(nyc, 1, 0, 10);
    awaitStored(nyc, 1);
    fra.edge().purge(new Purge.OfUrl("shop.test", "/a"), false).join();
    here.version = 2;
    fra.publish(Signal.COLD, backends(here.backend));
    ask(fra, 2, 1000, 1010);
    awaitStored(fra, 1);
    fra.publish(Signal.COLD, backends(here.backend), nyc.candidate(Signal.UP, 1));
    ask(fra, 1, 0, 10);
    assertThat(last(ask(fra, 2, 1000, 1010))).contains("; hit; ");
  }

  @Test
  void aHeldCacheAnswersWithNoSliceAndHasThemAgainThen() {
    ask(nyc, 1, 0, 10);
    awaitStored(nyc, 1);
    assertThat(last(ask(nyc, 1, 0, 10))).contains("; hit; ");
    nyc.edge().holdCache(true);
    assertThat(last(ask(nyc, 1, 0, 10))).contains("fwd=uri-miss");
    assertThat(there.asked()).hasSize(2);
    nyc.edge().holdCache(false);
    assertThat(last(ask(nyc, 1, 0, 10))).contains("; hit; ");
    assertThat(there.asked()).hasSize(2);
  }
}

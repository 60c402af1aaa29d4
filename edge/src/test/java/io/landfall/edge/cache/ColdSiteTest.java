package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A site whose cache is cold asks one warm site for what it misses, and then its own origin. */
class ColdSiteTest {
  private final AtomicInteger version = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);
  private final TestBackend here = origin();
  private final TestBackend there = origin();
  private final TestSite fra = CachedSite.of("fra", 1);
  private final TestSite nyc = CachedSite.of("nyc", 2);

  @AfterEach
  void closes() {
    never.countDown();
    List.of(fra, nyc).forEach(TestSite::close);
    List.of(here, there).forEach(TestBackend::close);
  }

  private TestBackend origin() {
    return new TestBackend(
        (request, in, out) -> {
          if (request.line().contains("/silent")) {
            TestBackend.holdUntil(never);
          }
          String more = request.line().contains("/private") ? "private" : "max-age=600";
          return TestBackend.raw(
              out,
              "HTTP/1.1 200 OK\r\nCache-Control: "
                  + more
                  + "\r\nETag: \"v"
                  + version.get()
                  + "\"\r\nSurrogate-Key: all\r\nCache-Groups: \"g\"\r\n"
                  + (request.line().startsWith("POST") ? "Cache-Group-Invalidation: \"g\"\r\n" : "")
                  + "Content-Length: 2\r\n\r\nv"
                  + version.get());
        });
  }

  private void fraIsColdAndNycWarm() {
    nyc.publish(Signal.UP, backends(there), fra.candidate(Signal.COLD, 1));
    fra.publish(Signal.COLD, backends(here), nyc.candidate(Signal.UP, 1));
  }

  private static void awaitStored(TestSite site, int keys) {
    TestSite.await("it is stored", () -> CachedSite.view(site).stored().keys() == keys);
  }

  private static String last(RawClient.Answer answer) {
    return answer.all("cache-status").getLast();
  }

  @Test
  void itsMissIsAHitOfTheWarmSiteAndThenOneOfItsOwn() {
    fraIsColdAndNycWarm();
    CachedSite.ask(nyc, "/a");
    awaitStored(nyc, 1);
    nyc.letPass(100_000);
    RawClient.Answer miss = CachedSite.ask(fra, "/a");
    assertThat(miss.body()).isEqualTo("v0");
    assertThat(miss.all("cache-status")).hasSize(2);
    assertThat(miss.all("cache-status").getFirst()).startsWith("nyc.cdn.test; hit; ttl=");
    assertThat(last(miss)).startsWith("fra.cdn.test; fwd=uri-miss").contains("; stored");
    assertThat(Long.parseLong(miss.field("age").orElseThrow())).isBetween(100L, 120L);
    assertThat(miss.all("via")).containsExactly("1.1 nyc", "2 fra");
    fra.awaitLastDecision(Reason.WARM_ELSEWHERE);
    awaitStored(fra, 1);
    RawClient.Answer hit = CachedSite.ask(fra, "/a");
    assertThat(last(hit)).contains("; hit; ");
    assertThat(Long.parseLong(hit.field("age").orElseThrow())).isBetween(100L, 120L);
    assertThat(here.received).isEmpty();
    assertThat(there.received).hasSize(1);
  }

  @Test
  void whatTheWarmSiteDoesNotHaveItFetchesOnceAndBothStoreIt() {
    fraIsColdAndNycWarm();
    RawClient.Answer miss = CachedSite.ask(fra, "/a");
    assertThat(miss.all("cache-status").getFirst())
        .startsWith("nyc.cdn.test; fwd=uri-miss")
        .contains("; stored");
    awaitStored(fra, 1);
    awaitStored(nyc, 1);
    assertThat(here.received).isEmpty();
    assertThat(there.received).hasSize(1);
  }

  @Test
  void whatGoesPastTheCacheOrIsForTheOriginOnlyStaysHere() {
    fraIsColdAndNycWarm();
    try (RawClient client = new RawClient(fra.http())) {
      client.send("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
      client.send(CachedSite.get("/a", "Authorization: Basic eDp5")).read();
      client.send(CachedSite.get("/a", "Cache-Control: no-cache")).read();
      client.send(CachedSite.get("/b", "If-Match: \"x\"")).read();
    }
    assertThat(here.received).hasSize(4);
    assertThat(there.received).isEmpty();
  }

  @Test
  void headAndRangesAskTheWarmSiteToo() {
    fraIsColdAndNycWarm();
    CachedSite.ask(nyc, "/a");
    awaitStored(nyc, 1);
    RawClient.Answer part = CachedSite.ask(fra, "/a", "Range: bytes=1-1");
    assertThat(part.body()).isEqualTo("0");
    try (RawClient client = new RawClient(fra.http())) {
      client.send("HEAD /a HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      assertThat(client.read(true).all("cache-status").getFirst()).startsWith("nyc.cdn.test; hit");
    }
    assertThat(here.received).isEmpty();
  }

  @Test
  void aResponseThatIsForOneClientIsNotStoredAndTheNextOneAsksTheOriginHere() {
    fraIsColdAndNycWarm();
    assertThat(last(CachedSite.ask(fra, "/private"))).contains("detail=PRIVATE");
    assertThat(there.received).hasSize(1);
    assertThat(last(CachedSite.ask(fra, "/private"))).contains("detail=PRIVATE");
    assertThat(here.received).hasSize(1);
    assertThat(CachedSite.view(fra).stored().keys()).isZero();
  }

  @Test
  void aWarmSiteThatDeclinesOrCannotBeReachedCostsOneTry() {
    fraIsColdAndNycWarm();
    nyc.publish(Signal.UP, List.of());
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("v0");
    fra.failDials(true);
    nyc.dropOverlay();
    assertThat(CachedSite.ask(fra, "/b").body()).isEqualTo("v0");
    assertThat(here.received).hasSize(2);
  }

  @Test
  void ofSeveralWarmSitesOneIsAskedOnly() {
    try (TestSite sin = CachedSite.of("sin", 3)) {
      nyc.publish(Signal.UP, List.of());
      sin.publish(Signal.UP, backends(there));
      fra.publish(
          Signal.COLD, backends(here), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("v0");
      assertThat(here.received).hasSize(1);
      assertThat(there.received).isEmpty();
    }
  }

  @Test
  void aWarmSiteThatIsSilentIsNotWaitedForLong() {
    fraIsColdAndNycWarm();
    try (TestBackend good = TestBackend.saying("ok")) {
      fra.publish(Signal.COLD, backends(good), nyc.candidate(Signal.UP, 1));
      assertThat(CachedSite.ask(fra, "/silent").body()).isEqualTo("ok");
      assertThat(good.received).hasSize(1);
      assertThat(there.received).hasSize(1);
    }
  }

  @Test
  void whatAnotherSiteStillHasOfBeforeAPurgeIsNotKept() {
    fraIsColdAndNycWarm();
    CachedSite.ask(nyc, "/a");
    awaitStored(nyc, 1);
    version.incrementAndGet();
    fra.edge().purge(new Purge.OfTag("shop", "all"), false).join();
    RawClient.Answer old = CachedSite.ask(fra, "/a");
    assertThat(old.body()).isEqualTo("v0");
    assertThat(last(old)).doesNotContain("; stored");
    nyc.edge().purge(new Purge.OfTag("shop", "all"), false).join();
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("v1");
    // What is asked for more than Age can be wrong by after a purge is kept.
    List.of(fra, nyc).forEach(site -> site.letPass(2_000));
    assertThat(CachedSite.ask(fra, "/b").body()).isEqualTo("v1");
    awaitStored(fra, 1);
  }

  @Test
  void whatAnotherSiteStillHasOfBeforeAnInvalidationOfAGroupIsNotKept() {
    // That is of one node, so only the Age of what another one has shows that it is older.
    fraIsColdAndNycWarm();
    CachedSite.ask(nyc, "/a");
    awaitStored(nyc, 1);
    version.incrementAndGet();
    try (RawClient client = new RawClient(fra.http())) {
      client.send("POST /b HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
    }
    RawClient.Answer old = CachedSite.ask(fra, "/a");
    assertThat(old.body()).isEqualTo("v0");
    assertThat(last(old)).doesNotContain("; stored");
  }

  @Test
  void whatAnotherSiteSaysIsRightOfBeforeASoftPurgeStaysPurged() {
    fraIsColdAndNycWarm();
    CachedSite.ask(fra, "/a");
    awaitStored(fra, 1);
    awaitStored(nyc, 1);
    version.incrementAndGet();
    fra.edge().purge(new Purge.OfTag("shop", "all"), true).join();
    RawClient.Answer old = CachedSite.ask(fra, "/a");
    assertThat(old.body()).isEqualTo("v0");
    assertThat(last(old)).contains("fwd=stale").doesNotContain("; stored");
    nyc.edge().purge(new Purge.OfTag("shop", "all"), false).join();
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("v1");
  }

  @Test
  void aSiteThatIsNotHostingTheServiceKeepsNothingOfBeforeAPurgeEither() {
    nyc.publish(Signal.UP, backends(there));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    CachedSite.ask(nyc, "/a");
    awaitStored(nyc, 1);
    version.incrementAndGet();
    fra.edge().purge(new Purge.OfUrl("shop.test", "/a"), false).join();
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("v0");
    nyc.edge().purge(new Purge.OfUrl("shop.test", "/a"), false).join();
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("v1");
  }
}

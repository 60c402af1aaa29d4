package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Caches at the landing node and at the node that it forwards to. */
class TwoSitesTest {
  private static TestBackend fresh() {
    return new TestBackend(
        (request, in, out) ->
            TestBackend.raw(
                out,
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nhello"));
  }

  @Test
  void bothStoreWhatIsForwardedAndTheLandingNodeAnswersThen() {
    try (TestBackend backend = fresh();
        TestSite fra = CachedSite.of("fra", 1);
        TestSite nyc = CachedSite.of("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      RawClient.Answer miss = CachedSite.ask(fra, "/a");
      assertThat(miss.body()).isEqualTo("hello");
      assertThat(miss.all("cache-status")).hasSize(2);
      assertThat(miss.all("cache-status").getFirst()).startsWith("nyc.cdn.test; fwd=uri-miss");
      assertThat(miss.all("cache-status").getLast()).startsWith("fra.cdn.test; fwd=uri-miss");
      assertThat(miss.all("via")).containsExactly("1.1 nyc", "2 fra");
      TestSite.await("it is stored", () -> CachedSite.view(fra).stored().keys() == 1);
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      assertThat(hit.all("cache-status").getLast()).contains("; hit; ");
      fra.awaitLastDecision(Reason.CACHE_FRESH);
      assertThat(CachedSite.view(nyc).stored().keys()).isEqualTo(1);
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void theOtherNodeAnswersFromItsCacheThoughItsBackendIsGone() {
    try (TestBackend backend = fresh();
        TestSite fra = CachedSite.of("fra", 1);
        TestSite sin = CachedSite.of("sin", 3);
        TestSite nyc = CachedSite.of("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      sin.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      CachedSite.ask(fra, "/a");
      TestSite.await("it is stored", () -> CachedSite.view(nyc).stored().keys() == 1);
      nyc.publish(Signal.UP, List.of());
      RawClient.Answer other = CachedSite.ask(sin, "/a");
      assertThat(other.body()).isEqualTo("hello");
      assertThat(other.all("cache-status").getFirst()).startsWith("nyc.cdn.test; hit; ttl=");
      assertThat(other.all("cache-status").getLast()).startsWith("sin.cdn.test; fwd=uri-miss");
    }
  }

  @Test
  void whatAnOriginSaysToTheCachesOfThisCdnReachesAllOfThemAndNoClient() {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out,
                        "HTTP/1.1 200 OK\r\n"
                            + CachedSite.joined(
                                "Cache-Control: no-store",
                                "Landfall-Cache-Control: max-age=60",
                                "Surrogate-Key: a b",
                                "Content-Length: 5")
                            + "\r\nhello"));
        TestSite fra = CachedSite.of("fra", 1);
        TestSite nyc = CachedSite.of("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      RawClient.Answer miss = CachedSite.ask(fra, "/a");
      TestSite.await("both store it", () -> CachedSite.view(fra).stored().keys() == 1);
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      assertThat(hit.all("cache-status").getLast()).contains("; hit; ");
      for (RawClient.Answer each : List.of(miss, hit)) {
        assertThat(each.field("landfall-cache-control")).isEmpty();
        assertThat(each.field("surrogate-key")).isEmpty();
        assertThat(each.field("cache-control")).contains("no-store");
      }
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void twoColdNodesThatSendEachOtherTheirMissesDoNotWaitForEachOther() {
    try (TestBackend backend = fresh();
        TestSite fra = CachedSite.of("fra", 1);
        TestSite nyc = CachedSite.of("nyc", 2)) {
      fra.publish(Signal.COLD, backends(backend), nyc.candidate(Signal.UP, 1));
      nyc.publish(Signal.COLD, backends(backend), fra.candidate(Signal.UP, 1));
      try (RawClient one = new RawClient(fra.http());
          RawClient other = new RawClient(nyc.http())) {
        for (int i = 0; i < 20; i++) {
          one.send(CachedSite.get("/" + i));
          other.send(CachedSite.get("/" + i));
          assertThat(one.read().body()).isEqualTo("hello");
          assertThat(other.read().body()).isEqualTo("hello");
        }
      }
    }
  }
}

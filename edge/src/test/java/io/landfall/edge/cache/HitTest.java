package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import org.junit.jupiter.api.Test;

/** A response that is stored, and used again. */
class HitTest {
  private static TestBackend fresh(String body) {
    return new TestBackend(
        (request, in, out) ->
            TestBackend.raw(
                out,
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body));
  }

  @Test
  void whatIsFreshIsAskedForOnceAndAnsweredFromMemory() {
    try (TestBackend backend = fresh("hello");
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer miss = CachedSite.ask(fra, "/a");
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      assertThat(miss.status()).isEqualTo(200);
      assertThat(miss.body()).isEqualTo("hello");
      assertThat(miss.all("cache-status"))
          .singleElement()
          .asString()
          .matches("fra\\.cdn\\.test; fwd=uri-miss; fwd-status=200; ttl=\\d+; stored");
      assertThat(miss.field("proxy-status")).contains("fra; next-hop=shop; details=\"LOCAL_UP\"");
      assertThat(hit.status()).isEqualTo(200);
      assertThat(hit.body()).isEqualTo("hello");
      assertThat(hit.all("cache-status").getFirst()).startsWith("fra.cdn.test; hit; ttl=");
      assertThat(hit.field("age")).isPresent();
      assertThat(hit.field("content-length")).contains("5");
      assertThat(hit.all("via")).containsExactly("1.1 fra");
      assertThat(hit.field("proxy-status")).contains("fra; details=\"CACHE_FRESH\"");
      assertThat(backend.received).hasSize(1);
      fra.awaitLastDecision(Reason.CACHE_FRESH);
      assertThat(CachedSite.view(fra).requests().hits()).isEqualTo(1);
    }
  }

  @Test
  void aServiceWithoutACacheKnowsNothingOfIt() {
    try (TestBackend backend = fresh("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      assertThat(CachedSite.ask(fra, "/a").field("cache-status")).isEmpty();
      assertThat(backend.received).hasSize(2);
    }
  }
}

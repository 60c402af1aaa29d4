package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.CacheViews.Requests;
import io.landfall.edge.CacheViews.Service;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is counted of a cache: what the metrics landfall_cache_* show. */
class CacheCountsTest {
  private static TestBackend backend() {
    return new TestBackend(
        (request, in, out) -> {
          String control = "max-age=10, stale-while-revalidate=60";
          if (request.line().contains("/private")) {
            control = "private";
          }
          boolean valid = !request.all("if-none-match").isEmpty();
          return TestBackend.raw(
              out,
              (valid ? "HTTP/1.1 304 Not Modified" : "HTTP/1.1 200 OK")
                  + "\r\nETag: \"v1\"\r\nCache-Control: "
                  + control
                  + (valid ? "\r\n\r\n" : "\r\nContent-Length: 3\r\n\r\none"));
        });
  }

  @Test
  void eachCountMovesByWhatItIsOf() {
    try (TestBackend backend = backend();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      Service missed = CachedSite.view(fra);
      assertThat(missed.requests()).isEqualTo(new Requests(0, 0, 1, 0, 0));
      assertThat(missed.fetches().begun()).isEqualTo(1);
      assertThat(missed.stored().keys()).isEqualTo(1);
      assertThat(missed.stored().bytes()).isPositive();
      CachedSite.ask(fra, "/a");
      assertThat(CachedSite.view(fra).requests()).isEqualTo(new Requests(1, 0, 1, 0, 0));
      fra.letPass(11_000);
      CachedSite.ask(fra, "/a");
      TestSite.await("it is freshened", () -> CachedSite.view(fra).fetches().freshened() == 1);
      assertThat(CachedSite.view(fra).requests()).isEqualTo(new Requests(2, 1, 1, 0, 0));
      assertThat(CachedSite.view(fra).fetches().begun()).isEqualTo(2);
      CachedSite.ask(fra, "/private");
      assertThat(CachedSite.view(fra).requests()).isEqualTo(new Requests(2, 1, 2, 0, 0));
      assertThat(CachedSite.view(fra).fetches().unstored()).isEqualTo(1);
      try (RawClient client = new RawClient(fra.http())) {
        client.send("POST /b HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
      }
      assertThat(CachedSite.view(fra).requests()).isEqualTo(new Requests(2, 1, 2, 1, 0));
      fra.publish(Signal.UP, List.of());
      CachedSite.ask(fra, "/gone");
      assertThat(CachedSite.view(fra).fetches().broken()).isEqualTo(1);
      assertThat(CachedSite.view(fra).stored().evictions()).isZero();
    }
  }
}

package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Surrogate-Key, Cache-Tag and Landfall-Cache-Control reach the nodes that may store a response,
 * and no client, whatever way the response takes.
 */
class FieldsForCachesTest {
  private static final List<String> FOR_CACHES =
      List.of("surrogate-key", "cache-tag", "landfall-cache-control");

  private volatile String control = "max-age=60";
  private final TestBackend backend =
      new TestBackend(
          (request, in, out) -> {
            boolean valid = !request.all("if-none-match").isEmpty();
            boolean head = request.line().startsWith("HEAD");
            return TestBackend.raw(
                out,
                "HTTP/1.1 "
                    + (valid ? "304 Not Modified" : "200 OK")
                    + "\r\n"
                    + CachedSite.joined(
                        "Landfall-Cache-Control: " + control,
                        "ETag: \"a\"",
                        "Surrogate-Key: one two",
                        "Cache-Tag: three",
                        "Content-Length: 5")
                    + "\r\n"
                    + (valid || head ? "" : "hello"));
          });

  @AfterEach
  void ends() {
    backend.close();
  }

  private static void assertNoneIn(RawClient.Answer answer) {
    for (String name : FOR_CACHES) {
      assertThat(answer.field(name)).as(name + " of " + answer.status()).isEmpty();
    }
  }

  private static RawClient.Answer asked(TestSite site, String method, String path, String... more) {
    try (RawClient client = new RawClient(site.http())) {
      return client
          .send(
              method
                  + " "
                  + path
                  + " HTTP/1.1\r\nHost: shop.test\r\n"
                  + CachedSite.joined(more)
                  + "\r\n")
          .read();
    }
  }

  /** Each way that a response may take through a site, twice: what is stored is a hit then. */
  private static void assertNoneOf(TestSite site) {
    for (int i = 0; i < 2; i++) {
      for (RawClient.Answer answer :
          List.of(
              asked(site, "GET", "/a"),
              asked(site, "GET", "/a", "If-None-Match: \"a\""),
              asked(site, "GET", "/a", "Range: bytes=0-1"),
              asked(site, "GET", "/a", "If-Match: \"a\""),
              asked(site, "GET", "/a", "Cache-Control: no-cache"),
              asked(site, "GET", "/b", "Connection: accept", "Accept: */*"),
              asked(site, "GET", "/c", "Connection: upgrade", "Upgrade: websocket", "Accept: a"),
              asked(site, "POST", "/d", "Content-Length: 0"))) {
        assertThat(answer.status()).isIn(200, 206, 304);
        assertNoneIn(answer);
      }
      try (RawClient client = new RawClient(site.http())) {
        client.send("HEAD /e HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        assertNoneIn(client.readHead());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"max-age=60", "max-age=0", "no-store", "private"})
  void noClientGetsThemWhateverBecomesOfTheResponse(String said) {
    control = said;
    try (TestSite fra = CachedSite.of("fra", 1);
        TestSite nyc = CachedSite.of("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      assertNoneOf(nyc);
      assertNoneOf(fra);
    }
  }

  @Test
  void aServiceThatIsNotCachedHereSendsNoneToClientsEither() {
    try (TestSite fra = new TestSite("fra", 1);
        TestSite nyc = CachedSite.of("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      assertNoneOf(fra);
      fra.publish(Signal.UP, backends(backend));
      assertNoneOf(fra);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, two", "true, three", "false, two", "false, three"})
  void anotherNodeGetsThemAndStoresByThem(boolean cachedThere, String tag) {
    try (TestSite fra = CachedSite.of("fra", 1);
        TestSite nyc = cachedThere ? CachedSite.of("nyc", 2) : new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      CachedSite.ask(fra, "/a");
      TestSite.await("it is stored", () -> CachedSite.view(fra).stored().keys() == 1);
      assertThat(CachedSite.ask(fra, "/a").all("cache-status").getLast()).contains("; hit");
      fra.edge().purge(new Purge.OfTag("shop", tag), false).join();
      assertThat(CachedSite.ask(fra, "/a").all("cache-status").getLast()).contains("fwd=uri-miss");
    }
  }
}

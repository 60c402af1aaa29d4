package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a stored response once it is stale, and of the conditions of clients. */
class RevalidationTest {
  private final AtomicInteger asked = new AtomicInteger();

  private TestSite site() {
    return CachedSite.of("fra", 1);
  }

  private static String response(String status, String body, String... lines) {
    return "HTTP/1.1 "
        + status
        + "\r\n"
        + CachedSite.joined(lines)
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** Answers its first request like that, and all others like that. */
  private TestBackend backend(String first, String then) {
    return new TestBackend(
        (request, in, out) -> TestBackend.raw(out, asked.getAndIncrement() == 0 ? first : then));
  }

  @Test
  void aStaleResponseIsValidatedWithItsTagAndFreshened() {
    String first = response("200 OK", "one", "Cache-Control: max-age=10", "ETag: \"v1\"", "X-N: 1");
    String then =
        "HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=10\r\nETag: \"v1\"\r\nX-N: 2\r\n\r\n";
    try (TestBackend backend = backend(first, then);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      RawClient.Answer validated = CachedSite.ask(fra, "/a");
      assertThat(validated.status()).isEqualTo(200);
      assertThat(validated.body()).isEqualTo("one");
      assertThat(validated.field("x-n")).contains("2");
      assertThat(validated.field("cache-status").orElseThrow())
          .startsWith("fra.cdn.test; fwd=stale; fwd-status=304; ttl=")
          .endsWith("; stored");
      assertThat(backend.received.get(1).all("if-none-match")).containsExactly("\"v1\"");
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      assertThat(hit.field("cache-status").orElseThrow()).contains("; hit; ");
      assertThat(hit.field("x-n")).contains("2");
      assertThat(backend.received).hasSize(2);
      assertThat(CachedSite.view(fra).fetches().freshened()).isEqualTo(1);
    }
  }

  @Test
  void whatChangedTakesThePlaceOfWhatWasStored() {
    String first = response("200 OK", "one", "Cache-Control: max-age=10", "ETag: \"v1\"");
    String then = response("200 OK", "two!", "Cache-Control: max-age=10", "ETag: \"v2\"");
    try (TestBackend backend = backend(first, then);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("two!");
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("two!");
      assertThat(backend.received).hasSize(2);
      assertThat(CachedSite.view(fra).stored().keys()).isEqualTo(1);
    }
  }

  @Test
  void aClientThatHasItAlreadyGets304FromTheStore() {
    String first =
        response(
            "200 OK",
            "one",
            "Cache-Control: max-age=10",
            "ETag: \"v1\"",
            "Content-Type: text/plain",
            "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT");
    try (TestBackend backend = backend(first, first);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      try (RawClient client = new RawClient(fra.http())) {
        for (String condition :
            List.of(
                "If-None-Match: W/\"v1\"",
                "If-None-Match: *",
                "If-Modified-Since: Wed, 16 Nov 1994 12:45:26 GMT")) {
          RawClient.Answer answer = client.send(CachedSite.get("/a", condition)).read();
          assertThat(answer.status()).as(condition).isEqualTo(304);
          assertThat(answer.field("etag")).contains("\"v1\"");
          assertThat(answer.field("content-type")).isEmpty();
        }
        assertThat(client.send(CachedSite.get("/a", "If-None-Match: \"v2\"")).read().body())
            .isEqualTo("one");
      }
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void theConditionsOfAClientDoNotGoUpstreamWithAFetch() {
    String first = response("200 OK", "one", "Cache-Control: max-age=10", "ETag: \"v1\"");
    try (TestBackend backend = backend(first, first);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer answer = CachedSite.ask(fra, "/a", "If-None-Match: \"v1\"");
      assertThat(answer.status()).isEqualTo(304);
      assertThat(backend.received.getFirst().all("if-none-match")).isEmpty();
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("one");
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void headIsAnsweredFromAStoredGet() {
    String first = response("200 OK", "one", "Cache-Control: max-age=10");
    try (TestBackend backend = backend(first, first);
        TestSite fra = site();
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      RawClient.Answer head = client.send("HEAD /a HTTP/1.1\r\nHost: shop.test\r\n\r\n").read(true);
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.field("content-length")).contains("3");
      assertThat(head.field("cache-status").orElseThrow()).contains("; hit; ");
      // Not a byte of the body came behind it.
      assertThat(client.send(CachedSite.get("/a")).read().body()).isEqualTo("one");
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void aStaleResponseIsTheAnswerWhileItIsValidatedOnce() {
    String first =
        response("200 OK", "one", "Cache-Control: max-age=10, stale-while-revalidate=60");
    String then = response("200 OK", "two", "Cache-Control: max-age=10");
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  if (asked.getAndIncrement() == 0) {
                    return TestBackend.raw(out, first);
                  }
                  CoalescingTest.await(mayAnswer);
                  return TestBackend.raw(out, then);
                });
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      for (int i = 0; i < 5; i++) {
        RawClient.Answer stale = CachedSite.ask(fra, "/a");
        assertThat(stale.body()).isEqualTo("one");
        assertThat(stale.field("cache-status").orElseThrow()).contains("; hit; ttl=-");
      }
      TestSite.await("it is asked for", () -> backend.received.size() == 2);
      mayAnswer.countDown();
      TestSite.await("it is new", () -> CachedSite.ask(fra, "/a").body().equals("two"));
      assertThat(backend.received).hasSize(2);
    }
  }

  @Test
  void aStaleResponseIsTheAnswerToAnErrorIfItMayBe() {
    String first = response("200 OK", "one", "Cache-Control: max-age=10, stale-if-error=60");
    String then = response("503 Service Unavailable", "no");
    try (TestBackend backend = backend(first, then);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      RawClient.Answer stale = CachedSite.ask(fra, "/a");
      assertThat(stale.status()).isEqualTo(200);
      assertThat(stale.body()).isEqualTo("one");
      assertThat(stale.field("cache-status").orElseThrow()).contains("fwd=stale; fwd-status=503");
      fra.publish(Signal.UP, List.of());
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("one");
      fra.publish(Signal.DOWN, List.of());
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("one");
      fra.letPass(60_000);
      assertThat(CachedSite.ask(fra, "/a").status()).isEqualTo(503);
    }
  }

  @Test
  void aStaleResponseThatMustBeValidatedIsNoAnswerToAnError() {
    String first =
        response("200 OK", "one", "Cache-Control: max-age=10, stale-if-error=60, must-revalidate");
    String then = response("503 Service Unavailable", "no");
    try (TestBackend backend = backend(first, then);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      assertThat(CachedSite.ask(fra, "/a").status()).isEqualTo(503);
    }
  }

  @Test
  void onlyIfCachedIsAnsweredFromTheStoreOrWith504() {
    String first = response("200 OK", "one", "Cache-Control: max-age=10");
    try (TestBackend backend = backend(first, first);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer none = CachedSite.ask(fra, "/a", "Cache-Control: only-if-cached");
      assertThat(none.status()).isEqualTo(504);
      assertThat(backend.received).isEmpty();
      CachedSite.ask(fra, "/a");
      assertThat(CachedSite.ask(fra, "/a", "Cache-Control: only-if-cached").body())
          .isEqualTo("one");
    }
  }

  @Test
  void onlyIfCachedIsNotForwardedByWhatGoesPastTheCacheEither() {
    String first = response("200 OK", "one", "Cache-Control: max-age=10");
    try (TestBackend backend = backend(first, first);
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer none =
          CachedSite.ask(
              fra, "/a", "Cache-Control: only-if-cached", "X-A: 1", "Connection: keep-alive, X-A");
      assertThat(none.status()).isEqualTo(504);
      assertThat(backend.received).isEmpty();
    }
  }

  @Test
  void aNodeThatCachesNothingOfAServiceForwardsOnlyIfCached() {
    String first = response("200 OK", "one", "Cache-Control: max-age=10");
    try (TestBackend backend = backend(first, first);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(CachedSite.ask(fra, "/a", "Cache-Control: only-if-cached").body())
          .isEqualTo("one");
      assertThat(backend.received.getFirst().all("cache-control"))
          .containsExactly("only-if-cached");
    }
  }

  @Test
  void a304AboutSomethingElseIsFollowedByARequestWithoutConditions() {
    String first =
        response(
            "200 OK",
            "one",
            "Cache-Control: max-age=10",
            "ETag: \"v1\"",
            "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT");
    String whole = response("200 OK", "two", "Cache-Control: max-age=10", "ETag: \"v2\"");
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out,
                        request.all("if-none-match").isEmpty()
                            ? asked.getAndIncrement() == 0 ? first : whole
                            : "HTTP/1.1 304 Not Modified\r\nETag: \"v2\"\r\n\r\n"));
        TestSite fra = site()) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("two");
      assertThat(backend.received).hasSize(3);
    }
  }
}

package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is purged is not used again, from the purger's answer on; nor what unsafe methods change.
 */
class PurgeTest {
  private final AtomicInteger version = new AtomicInteger();
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final TestBackend backend =
      new TestBackend(
          (request, in, out) -> {
            String body = "v" + version.get();
            if (request.line().startsWith("GET /slow")) {
              CoalescingTest.await(mayAnswer);
            }
            boolean post = request.line().startsWith("POST");
            return TestBackend.raw(
                out,
                "HTTP/1.1 "
                    + (request.line().contains("/fails") ? "400 Bad Request" : "200 OK")
                    + "\r\n"
                    + (post ? "Location: /moved\r\n" : "Cache-Control: max-age=60\r\n")
                    + "ETag: \""
                    + body
                    + "\"\r\nSurrogate-Key: all v\r\nContent-Length: 2\r\n\r\n"
                    + body);
          });
  private final TestSite fra = CachedSite.of("fra", 1);

  @BeforeEach
  void isUp() {
    fra.publish(Signal.UP, backends(backend));
  }

  @AfterEach
  void closes() {
    mayAnswer.countDown();
    fra.close();
    backend.close();
  }

  private String body(String path) {
    return CachedSite.ask(fra, path).body();
  }

  @Test
  void whatIsPurgedIsFetchedAgainAndNothingElse() {
    for (Purge purge :
        List.of(
            new Purge.OfUrl("shop.test", "/a/b?c"),
            new Purge.OfPrefix("shop.test", "/a"),
            new Purge.OfHost("shop.test"),
            new Purge.OfService("shop"),
            new Purge.OfTag("shop", "all"),
            new Purge.Everything())) {
      String before = "v" + version.get();
      assertThat(body("/a/b?c")).isEqualTo(before);
      assertThat(body("/other")).isEqualTo(before);
      version.incrementAndGet();
      assertThat(body("/a/b?c")).isEqualTo(before);
      fra.edge().purge(purge, false).join();
      assertThat(body("/a/b?c")).isEqualTo("v" + version.get());
      boolean narrow = purge instanceof Purge.OfUrl || purge instanceof Purge.OfPrefix;
      assertThat(body("/other")).isEqualTo(narrow ? before : "v" + version.get());
      fra.edge().purge(new Purge.Everything(), false).join();
    }
  }

  @Test
  void whatIsPurgedSoftlyIsValidated() {
    body("/a");
    fra.edge().purge(new Purge.OfTag("shop", "v"), true).join();
    assertThat(CachedSite.ask(fra, "/a").field("cache-status").orElseThrow()).contains("fwd=stale");
    assertThat(backend.received.getLast().all("if-none-match")).containsExactly("\"v0\"");
  }

  @Test
  void aPurgeCountsAgainstAFillThatWasUnderWay() {
    try (RawClient client = new RawClient(fra.http())) {
      client.send(CachedSite.get("/slow"));
      TestSite.await("it waits", () -> fra.edge().stats().requestsInProgress() == 2);
      TestSite.await("it is asked", () -> backend.received.size() == 1);
      fra.edge().purge(new Purge.Everything(), false).join();
      mayAnswer.countDown();
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(CachedSite.ask(fra, "/slow").field("cache-status").orElseThrow())
        .contains("fwd=uri-miss");
  }

  @Test
  void anUnsafeMethodMakesItsTargetInvalidAndWhatItNames() {
    body("/a");
    body("/moved");
    body("/other");
    version.incrementAndGet();
    try (RawClient client = new RawClient(fra.http())) {
      RawClient.Answer answer =
          client.send("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1\r\n\r\nx").read();
      assertThat(answer.field("cache-status").orElseThrow()).contains("fwd=method");
    }
    assertThat(body("/a")).isEqualTo("v1");
    assertThat(body("/moved")).isEqualTo("v1");
    assertThat(body("/other")).isEqualTo("v0");
  }

  @Test
  void whatAnUnsafeMethodChangesWhileItIsFetchedIsNotStored() {
    try (RawClient client = new RawClient(fra.http());
        RawClient other = new RawClient(fra.http())) {
      client.send(CachedSite.get("/slow"));
      TestSite.await("it is asked", () -> backend.received.size() == 1);
      version.incrementAndGet();
      other.send("POST /slow HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
      mayAnswer.countDown();
      assertThat(client.read().body()).isEqualTo("v0");
    }
    assertThat(body("/slow")).isEqualTo("v1");
    assertThat(backend.received).hasSize(3);
  }

  @Test
  void anUnsafeMethodThatFailsChangesNothing() {
    assertThat(body("/fails")).isEqualTo("v0");
    version.incrementAndGet();
    try (RawClient client = new RawClient(fra.http())) {
      client.send("POST /fails HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
    }
    CachedSite.ask(fra, "/ok");
    assertThat(CachedSite.view(fra).requests().bypasses()).isEqualTo(1);
  }

  @Test
  void whoComesBehindAPurgeDoesNotGetWhatWasAskedForBefore() {
    try (RawClient before = new RawClient(fra.http());
        RawClient after = new RawClient(fra.http())) {
      before.send(CachedSite.get("/slow"));
      TestSite.await("it is asked", () -> backend.received.size() == 1);
      version.incrementAndGet();
      fra.edge().purge(new Purge.Everything(), false).join();
      after.send(CachedSite.get("/slow"));
      TestSite.await("both wait", () -> fra.edge().stats().requestsInProgress() == 3);
      mayAnswer.countDown();
      assertThat(before.read().body()).isEqualTo("v0");
      assertThat(after.read().body()).isEqualTo("v1");
    }
    assertThat(body("/slow")).isEqualTo("v1");
    assertThat(backend.received).hasSize(2);
  }
}

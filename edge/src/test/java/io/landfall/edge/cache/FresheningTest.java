package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What of a validation's answer gets into what is stored, and to whom. */
class FresheningTest {
  private static final String NOT_MODIFIED = "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n";

  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch mayAnswer = new CountDownLatch(1);

  private static String first(String control) {
    return "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nCache-Control: "
        + control
        + "\r\nContent-Length: 3\r\n\r\none";
  }

  private TestBackend backend(String first, String then) {
    return new TestBackend(
        (request, in, out) -> {
          if (asked.getAndIncrement() == 0) {
            return TestBackend.raw(out, first);
          }
          CoalescingTest.await(mayAnswer);
          return TestBackend.raw(out, then);
        });
  }

  @Test
  void theAgeOfAValidationIsToldOnceAndGrows() {
    mayAnswer.countDown();
    String then = NOT_MODIFIED + "Cache-Control: max-age=60\r\nAge: 20\r\n\r\n";
    try (TestBackend backend = backend(first("max-age=10"), then);
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      CachedSite.ask(fra, "/a");
      fra.letPass(10_000);
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      assertThat(hit.all("age")).hasSize(1);
      assertThat(Integer.parseInt(hit.field("age").orElseThrow())).isBetween(30, 31);
      assertThat(backend.received).hasSize(2);
    }
  }

  @Test
  void aCookieThatIsForOneClientIsNotStoredWithAValidation() {
    mayAnswer.countDown();
    String then =
        NOT_MODIFIED
            + "Cache-Control: max-age=60, no-cache=\"set-cookie\"\r\nSet-Cookie: mine\r\n\r\n";
    try (TestBackend backend = backend(first("max-age=10"), then);
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      CachedSite.ask(fra, "/a");
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      assertThat(hit.body()).isEqualTo("one");
      assertThat(hit.field("set-cookie")).isEmpty();
      assertThat(backend.received).hasSize(2);
    }
  }

  @Test
  void whatPrivateOrNoCacheNamesIsForTheClientThatItWasFetchedForAlone() {
    mayAnswer.countDown();
    String named =
        CachedSite.joined(
            "Cache-Control: max-age=10, private=\"x-mine\", no-cache=\"x-too\"",
            "X-Mine: 1",
            "X-Too: 2");
    String first = "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\n" + named + "Content-Length: 3\r\n\r\none";
    try (TestBackend backend = backend(first, NOT_MODIFIED + named + "\r\n");
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (int fetched = 1; fetched <= 2; fetched++) {
        RawClient.Answer miss = CachedSite.ask(fra, "/a");
        assertThat(miss.all("x-mine")).containsExactly("1");
        assertThat(miss.all("x-too")).containsExactly("2");
        TestSite.await("it is stored", () -> CachedSite.view(fra).stored().keys() == 1);
        RawClient.Answer hit = CachedSite.ask(fra, "/a");
        assertThat(hit.body()).isEqualTo("one");
        assertThat(hit.field("x-mine")).isEmpty();
        assertThat(hit.field("x-too")).isEmpty();
        assertThat(backend.received).hasSize(fetched);
        fra.letPass(11_000);
      }
    }
  }

  @Test
  void headFreshensWhatIsStoredOrDropsIt() {
    mayAnswer.countDown();
    String tag = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\n";
    try (TestBackend backend =
            backend(first("max-age=10"), tag + "ETag: \"v1\"\r\nX-New: 1\r\n\r\n");
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      head(fra);
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      assertThat(hit.body()).isEqualTo("one");
      assertThat(hit.all("x-new")).containsExactly("1");
      assertThat(backend.received).hasSize(2);
      assertThat(CachedSite.view(fra).fetches().freshened()).isEqualTo(1);
    }
    asked.set(0);
    try (TestBackend backend = backend(first("max-age=10"), tag + "ETag: \"v2\"\r\n\r\n");
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      head(fra);
      assertThat(CachedSite.view(fra).stored().keys()).isZero();
    }
  }

  private static void head(TestSite site) {
    try (RawClient client = new RawClient(site.http())) {
      client.send("HEAD /a HTTP/1.1\r\nHost: shop.test\r\n\r\n").read(true);
    }
  }

  @Test
  void aClientWithCredentialsDoesNotThrowOutWhatIsStoredForAll() {
    mayAnswer.countDown();
    String then = NOT_MODIFIED + "Cache-Control: max-age=60\r\n\r\n";
    try (TestBackend backend = backend(first("max-age=60"), then);
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      CachedSite.ask(fra, "/a", "Authorization: x", "Cache-Control: no-cache");
      assertThat(CachedSite.ask(fra, "/a").field("cache-status").orElseThrow()).contains("; hit");
      assertThat(backend.received).hasSize(2);
    }
  }

  @Test
  void headDoesNotAskInPlaceOfGet() {
    mayAnswer.countDown();
    String then = NOT_MODIFIED + "Cache-Control: max-age=60\r\n\r\n";
    try (TestBackend backend = backend(first("max-age=10, stale-while-revalidate=60"), then);
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      try (RawClient client = new RawClient(fra.http())) {
        client.send("HEAD /a HTTP/1.1\r\nHost: shop.test\r\n\r\n").read(true);
      }
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("one");
      TestSite.await("it is asked", () -> backend.received.size() == 2);
      assertThat(backend.received.getLast().line()).startsWith("GET /a ");
    }
  }

  @Test
  void whatStandsInForAnErrorIsTheAnswerToAllWhoWait() {
    String then = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    List<RawClient> clients = new ArrayList<>();
    try (TestBackend backend = backend(first("max-age=10, stale-if-error=60"), then);
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      fra.letPass(11_000);
      for (int i = 0; i < 10; i++) {
        clients.add(new RawClient(fra.http()).send(CachedSite.get("/a")));
      }
      TestSite.await("all wait", () -> fra.edge().stats().requestsInProgress() == 11);
      mayAnswer.countDown();
      for (RawClient client : clients) {
        assertThat(client.read().body()).isEqualTo("one");
        client.close();
      }
      assertThat(backend.received).hasSize(2);
    }
  }
}

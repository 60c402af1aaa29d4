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
import org.junit.jupiter.api.Test;

/** Responses that fields of requests select (RFC 9111 section 4.1). */
class VaryTest {
  private static String colour(TestBackend.Received request) {
    return String.join("+", request.all("x-colour"));
  }

  private static String answer(TestBackend.Received request) {
    String body = "is " + colour(request);
    return "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nVary: X-Colour\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @Test
  void eachVariantIsStoredBesideTheOthers() {
    try (TestBackend backend =
            new TestBackend((request, in, out) -> TestBackend.raw(out, answer(request)));
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (int turn = 0; turn < 2; turn++) {
        for (String colour : List.of("red", "green", "blue")) {
          RawClient.Answer answer = CachedSite.ask(fra, "/a", "X-Colour: " + colour);
          assertThat(answer.body()).isEqualTo("is " + colour);
        }
      }
      assertThat(CachedSite.ask(fra, "/a").field("cache-status").orElseThrow())
          .contains("fwd=vary-miss");
      assertThat(backend.received).hasSize(4);
      assertThat(CachedSite.view(fra).stored().keys()).isEqualTo(1);
    }
  }

  @Test
  void theOldestOfTooManyVariantsGoes() {
    try (TestBackend backend =
            new TestBackend((request, in, out) -> TestBackend.raw(out, answer(request)));
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i <= Entry.MOST_VARIANTS; i++) {
        CachedSite.ask(fra, "/a", "X-Colour: " + i);
      }
      assertThat(CachedSite.ask(fra, "/a", "X-Colour: 1").field("cache-status").orElseThrow())
          .contains("; hit; ");
      assertThat(CachedSite.ask(fra, "/a", "X-Colour: 0").field("cache-status").orElseThrow())
          .contains("fwd=vary-miss");
    }
  }

  @Test
  void whoWaitsForAnotherVariantFetchesItsOwn() {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  CoalescingTest.await(mayAnswer);
                  return TestBackend.raw(out, answer(request));
                });
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        RawClient client = new RawClient(fra.http());
        clients.add(client);
        client.send(CachedSite.get("/a", "X-Colour: " + i % 2));
      }
      TestSite.await("all wait", () -> fra.edge().stats().requestsInProgress() == 11);
      TestSite.await("one is asked for", () -> backend.received.size() == 1);
      mayAnswer.countDown();
      for (int i = 0; i < 10; i++) {
        assertThat(clients.get(i).read().body()).isEqualTo("is " + i % 2);
        clients.get(i).close();
      }
      assertThat(backend.received).hasSize(2);
    }
  }
}

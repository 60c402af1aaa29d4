package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.h2.H2Origin;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a backend gives over HTTP/2 is stored, shared and validated as what one gives otherwise. */
class Http2OriginTest {
  private static final String TAG = "\"v1\"";

  @Test
  void whatIsFreshIsAskedForOnceAndThenAnsweredFromMemory() {
    try (H2Origin origin = H2Origin.saying("hello", "cache-control", "max-age=60");
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, List.of(origin.server()));
      RawClient.Answer miss = CachedSite.ask(fra, "/a");
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      assertThat(miss.body()).isEqualTo("hello");
      assertThat(miss.all("cache-status").getFirst()).contains("fwd=uri-miss").contains("stored");
      assertThat(hit.body()).isEqualTo("hello");
      assertThat(hit.all("cache-status").getFirst()).startsWith("fra.cdn.test; hit");
      assertThat(origin.requests()).isEqualTo(1);
    }
  }

  @Test
  void aStaleOneIsValidated() {
    try (H2Origin origin =
            H2Origin.saying("hello", "cache-control", "max-age=0, must-revalidate", "etag", TAG);
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, List.of(origin.server()));
      assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("hello");
      RawClient.Answer again = CachedSite.ask(fra, "/a");
      assertThat(again.status()).isEqualTo(200);
      assertThat(again.body()).isEqualTo("hello");
      assertThat(origin.requests()).isEqualTo(2);
      assertThat(origin.conditions()).containsExactly(TAG);
    }
  }

  @Test
  void clientsThatWaitShareOneFetch() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    try (H2Origin origin = H2Origin.sayingLate(go, "hello", "cache-control", "max-age=60");
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, List.of(origin.server()));
      List<String> bodies = new ArrayList<>();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      String body = CachedSite.ask(fra, "/a").body();
                      synchronized (bodies) {
                        bodies.add(body);
                      }
                    }));
      }
      TestSite.await("all wait", () -> fra.edge().stats().requestsInProgress() >= 8);
      go.countDown();
      for (Thread client : clients) {
        client.join();
      }
      assertThat(bodies).hasSize(8).containsOnly("hello");
      assertThat(origin.requests()).isEqualTo(1);
    }
  }
}

package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Which of the connections to another node carries a request. */
class SpreadRequestsTest {
  private static final int REQUESTS = 5 * H2ClientPool.SPREAD_STREAMS;

  /** One event loop, which has connections of its own to the other node. */
  @Test
  void requestsGoOnTheConnectionThatHasTheFewest() {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour holding =
        (request, in, out) -> {
          TestBackend.holdUntil(go);
          return TestBackend.ok(out, "ok");
        };
    List<RawClient> clients = new ArrayList<>();
    try (TestBackend backend = new TestBackend(holding);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1, TestSettings::oneLoop)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      for (int i = 1; i <= REQUESTS; i++) {
        int sent = i;
        clients.add(new RawClient(fra.http()).send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"));
        TestSite.await("it is at the backend", () -> backend.received.size() == sent);
      }
      assertThat(nyc.overlayChannels.size()).isGreaterThan(1);
      assertThat(nyc.overlayChannels)
          .allSatisfy(
              channel ->
                  assertThat(
                          channel
                              .pipeline()
                              .get(H2ServerConnection.class)
                              .connection()
                              .numActiveStreams())
                      .isLessThanOrEqualTo(REQUESTS / 2));
      go.countDown();
      for (RawClient client : clients) {
        assertThat(client.read().body()).isEqualTo("ok");
        client.close();
      }
    }
  }
}

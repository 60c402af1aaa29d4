package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An edge that has as many connections as it may have: who gets in, and who has to go. */
class FullEdgeTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final int MOST = 8;

  private static EdgeSettings small(EdgeSettings config) {
    return new EdgeSettings(
        config.node(),
        config.identity(),
        config.cdnId(),
        config.listeners(),
        1,
        config.limits().withClients(MOST),
        config.timeouts());
  }

  @Test
  void connectionsWithoutARequestMakeRoomForThoseThatHaveOne() {
    List<RawClient> silent = new ArrayList<>();
    try (TestBackend backend = new TestBackend((request, in, out) -> TestBackend.ok(out, "here"));
        TestSite fra = new TestSite("fra", 1, FullEdgeTest::small);
        RawClient first = new RawClient(fra.http())) {
      try {
        fra.publish(Signal.UP, backends(backend));
        assertThat(first.send(GET).read().body()).isEqualTo("here");
        for (int i = 0; i < 4 * MOST; i++) {
          RawClient next = new RawClient(fra.http());
          silent.add(next);
          if (i % 2 == 0) {
            // A head that never ends is no request either.
            next.send("GET / HTTP/1.1\r\n");
          }
        }
        for (int i = 0; i < 4 * MOST; i++) {
          assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("here");
        }
        // Who has had an answer keeps its connection.
        assertThat(first.send(GET).read().body()).isEqualTo("here");
      } finally {
        // Before the edge stops, so that it releases what it has of their heads.
        silent.forEach(RawClient::close);
      }
    }
  }
}

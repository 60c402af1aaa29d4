package io.landfall.edge.server;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.h2.H2Client;
import io.landfall.edge.h2.RawFrames;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that the gate refuses, and connections for which there is no room, are counted. */
class RefusedClientsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  private final TestBackend backend = TestBackend.saying("ok");
  private final TestSite fra = new TestSite("fra", 1, RefusedClientsTest::onePlace);

  RefusedClientsTest() {
    fra.publish(Signal.UP, backends(backend));
  }

  @AfterEach
  void stop() {
    fra.close();
    backend.close();
  }

  /** One event loop, on which one client may be connected. */
  private static EdgeSettings onePlace(EdgeSettings c) {
    return new EdgeSettings(
        c.node(),
        c.identity(),
        c.cdnId(),
        c.listeners(),
        1,
        c.limits().withClients(1),
        c.timeouts());
  }

  private Map<String, Long> refused() {
    Map<String, Long> counted = new LinkedHashMap<>(fra.edge().stats().refused().requests());
    counted.values().removeIf(count -> count == 0);
    return counted;
  }

  private void awaitNoClient() {
    TestSite.await("the client is gone", () -> fra.edge().stats().clientConnections() == 0);
  }

  private void refusedWith(int status, String request) {
    try (RawClient client = new RawClient(fra.http())) {
      assertThat(client.send(request).read().status()).isEqualTo(status);
    }
    awaitNoClient();
  }

  @Test
  void theGateCountsByTheRule() throws Exception {
    assertThat(refused()).isEmpty();
    refusedWith(400, "GET / HTTP/1.1\r\n\r\n");
    refusedWith(405, GET.replace("GET", "TRACE"));
    refusedWith(431, GET.replace("Host", "X: " + "a".repeat(70_000) + "\r\nHost"));
    assertThat(refused())
        .isEqualTo(Map.of("HOST_MISSING", 1L, "METHOD_TRACE", 1L, "HEAD_TOO_LARGE", 1L));
    // Behind the gate, in a body that a backend gets already.
    refusedWith(
        400, "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
    assertThat(refused()).containsEntry("CHUNK_SIZE", 1L);
    try (H2Client client = H2Client.open(fra.http())) {
      client.send(new RawFrames().headers(1, true, H2Client.request("TRACE", "/"))).awaitEnd(1);
      assertThat(client.statuses()).containsExactly("405");
    }
    assertThat(refused()).containsEntry("METHOD_TRACE", 2L).hasSize(4);
  }

  @Test
  void aConnectionWithoutAPlaceIsCounted() {
    try (RawClient first = new RawClient(fra.http())) {
      assertThat(first.send(GET).read().status()).isEqualTo(200);
      try (RawClient second = new RawClient(fra.http())) {
        assertThat(second.isEnded()).isTrue();
      }
      assertThat(fra.edge().stats().refused().withoutPlace()).isEqualTo(1);
      assertThat(fra.edge().stats().refused().madeRoom()).isZero();
    }
  }

  @Test
  void aConnectionThatGoesForANewerOneIsCounted() {
    try (RawClient silent = new RawClient(fra.http())) {
      TestSite.await("it is there", () -> fra.edge().stats().clientConnections() == 1);
      try (RawClient next = new RawClient(fra.http())) {
        assertThat(next.send(GET).read().status()).isEqualTo(200);
        assertThat(silent.isEnded()).isTrue();
      }
      assertThat(fra.edge().stats().refused().madeRoom()).isEqualTo(1);
      assertThat(fra.edge().stats().refused().withoutPlace()).isZero();
    }
  }
}

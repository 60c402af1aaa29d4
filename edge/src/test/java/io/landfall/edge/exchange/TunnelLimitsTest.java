package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.WebSockets;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounds of tunnels: of what waits in them, of silence, and of their number. */
class TunnelLimitsTest {
  private static final long ALL_BYTES = 160 << 20;
  private static final String GET = "GET /plain HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  /** What stands still between two looks is stopped: far less than all, for nobody takes it. */
  private static void assertStops(TestSite site, AtomicLong bytes) {
    long before = -1;
    for (int looks = 0; looks < 400 && (bytes.get() == 0 || bytes.get() != before); looks++) {
      before = bytes.get();
      site.letPass(0);
    }
    // Buffers of the system on the way, and of the sites.
    assertThat(bytes.get()).isLessThan(ALL_BYTES / 2);
  }

  private static long countTo(AtomicLong sent, Sending sending) throws IOException {
    byte[] piece = new byte[64 * 1024];
    while (sent.get() < ALL_BYTES) {
      sending.send(piece);
      sent.addAndGet(piece.length);
    }
    return sent.get();
  }

  private interface Sending {
    void send(byte[] piece) throws IOException;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatReadsNothingStopsTheBackendAndAllArrives(boolean forwarded) {
    AtomicLong sent = new AtomicLong();
    try (TestBackend backend = WebSockets.backend((in, out) -> countTo(sent, out::write));
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.open()) {
      assertStops(sites.landing, sent);
      long read = 0;
      byte[] some = new byte[64 * 1024];
      for (int n = client.read(some); n >= 0; n = client.read(some)) {
        read += n;
      }
      assertThat(read).isEqualTo(ALL_BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatReadsNothingStopsTheClientAndAllArrives(boolean forwarded) {
    AtomicLong sent = new AtomicLong();
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Long> read = new CompletableFuture<>();
    WebSockets.Talk lazy =
        (in, out) -> {
          TestBackend.holdUntil(go);
          read.complete(in.transferTo(OutputStream.nullOutputStream()));
        };
    try (TestBackend backend = WebSockets.backend(lazy);
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.open()) {
      CompletableFuture<Void> all =
          CompletableFuture.runAsync(
              () -> {
                try {
                  countTo(sent, client::send);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                client.endOutput();
              });
      assertStops(sites.landing, sent);
      go.countDown();
      assertThat(WebSockets.of(read)).isEqualTo(ALL_BYTES);
      WebSockets.of(all);
      assertThat(client.readToEnd()).isEmpty();
      sites.awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTunnelInWhichNothingMovesIsEndedInOrder(boolean forwarded) {
    CompletableFuture<Integer> first = new CompletableFuture<>();
    CompletableFuture<Integer> end = new CompletableFuture<>();
    WebSockets.Talk talk =
        (in, out) -> {
          first.complete(in.read());
          end.complete(in.read());
        };
    try (TestBackend backend = WebSockets.backend(talk);
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.open()) {
      // Longer than any time that an ordinary request has.
      sites.nyc.letPass(599_000);
      sites.fra.letPass(599_000);
      client.send("x");
      assertThat(WebSockets.of(first)).isEqualTo('x');
      sites.nyc.letPass(599_000);
      sites.fra.letPass(599_000);
      assertThat(sites.tunnels().open()).isEqualTo(1);
      sites.landing.letPass(2_000);
      assertThat(client.isReset()).isFalse();
      assertThat(WebSockets.of(end)).isEqualTo(-1);
      sites.awaitNone();
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(0, 1, 0, 1, 0, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void beyondTheMostThereMayBeIs503(boolean forwarded) {
    try (TestBackend backend = WebSockets.echo();
        TunnelSites sites = new TunnelSites(forwarded, backends(backend), TunnelSites.atMost(1));
        RawClient second = sites.client()) {
      try (RawClient first = sites.open()) {
        RawClient.Answer refused = second.send(WebSockets.REQUEST).read();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.all("proxy-status").toString())
            .contains("connection_limit_reached", "TOO_MANY_TUNNELS");
        assertThat(refused.field("retry-after")).isPresent();
        assertThat(sites.tunnels().refused()).isEqualTo(1);
        assertThat(backend.received).hasSize(1);
        assertThat(second.send(GET).read().body()).isEqualTo("plain");
        first.endOutput();
        assertThat(first.readToEnd()).isEmpty();
      }
      sites.awaitNone();
      assertThat(second.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
    }
  }

  @Test
  void aNodeAtItsMostHandsTheRequestBackToTheOneThatForwardedIt() {
    try (TestBackend backend = WebSockets.echo();
        TestSite nyc = new TestSite("nyc", 2, TunnelSites.atMost(1));
        TestSite sin = new TestSite("sin", 3);
        TestSite fra = new TestSite("fra", 1)) {
      nyc.publish(Signal.UP, backends(backend));
      sin.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      try (RawClient first = new RawClient(fra.http()).send(WebSockets.REQUEST);
          RawClient second = new RawClient(fra.http())) {
        assertThat(first.readHead().status()).isEqualTo(101);
        assertThat(second.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
        assertThat(nyc.edge().stats().tunnels().refused()).isEqualTo(1);
        assertThat(sin.edge().stats().tunnels().open()).isEqualTo(1);
      }
    }
  }
}

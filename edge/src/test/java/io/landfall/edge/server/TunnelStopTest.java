package io.landfall.edge.server;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.WebSockets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tunnels of an edge that leaves, and of one that stops. */
class TunnelStopTest {
  private static RawClient open(TestSite site) {
    RawClient client = new RawClient(site.http()).send(WebSockets.REQUEST);
    assertThat(client.readHead().status()).isEqualTo(101);
    return client;
  }

  @Test
  void anOpenTunnelGoesOnWhileANodeLeaves() {
    try (TestBackend backend = WebSockets.echo();
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (RawClient client = open(fra)) {
        fra.edge().leave();
        fra.letPass(EdgeTimeouts.defaults().clients().keepAliveMillis() + 1_000);
        assertThat(client.send("hello").readExactly(5)).asString().isEqualTo("hello");
      }
    }
  }

  @Test
  void aStopWaitsForTunnelsAndThenEndsThemInOrder() {
    CompletableFuture<String> heard = new CompletableFuture<>();
    WebSockets.Talk talk =
        (in, out) -> {
          out.write(in.readNBytes(5));
          out.flush();
          heard.complete("then " + in.read());
        };
    try (TestBackend backend = WebSockets.backend(talk);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (RawClient client = open(fra)) {
        CompletableFuture<Long> cut = CompletableFuture.supplyAsync(fra.edge()::drain);
        TestSite.await("no more is accepted", () -> StoppingTest.refuses(fra));
        assertThat(client.send("hello").readExactly(5)).asString().isEqualTo("hello");
        assertThat(fra.edge().stats().tunnels().open()).isEqualTo(1);
        fra.letPass(EdgeTimeouts.defaults().drainMillis() + 1_000);
        assertThat(WebSockets.of(cut)).isEqualTo(1);
        assertThat(client.isReset()).isFalse();
        assertThat(WebSockets.of(heard)).isEqualTo("then -1");
        assertThat(fra.edge().stats().tunnels().open()).isZero();
        assertThat(fra.edge().stats().tunnels().broken()).isZero();
      }
    }
  }
}

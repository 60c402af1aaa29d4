package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.HostedService;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TunnelSettings;
import io.landfall.edge.WebSockets;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.net.Socket;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * However a tunnel ends, it gives back its places: where there is one of each, the next one opens.
 */
class TunnelCyclesTest {
  private static final int CYCLES = 60;

  private enum End {
    CLIENT_ENDS,
    CLIENT_RESETS,
    BACKEND_ENDS,
    BACKEND_RESETS,
    BOTH_END
  }

  private static EdgeSettings one(EdgeSettings all) {
    return all.with(new TunnelSettings(1, 600_000, Collections.emptySortedMap()));
  }

  @Test
  void everyEndGivesBackThePlaces() throws IOException {
    Random random = new Random(7);
    try (TestBackend backend = WebSockets.echo();
        TestSite nyc = new TestSite("nyc", 2, TunnelCyclesTest::one);
        TestSite fra = new TestSite("fra", 1, TunnelCyclesTest::one)) {
      nyc.publish(Signal.UP, new HostedService(backends(backend), 1));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      for (int i = 0; i < CYCLES; i++) {
        TestSite landing = random.nextBoolean() ? nyc : fra;
        End how = End.values()[random.nextInt(End.values().length)];
        try (RawClient client = new RawClient(landing.http())) {
          client.send(WebSockets.REQUEST);
          assertThat(client.readHead().status()).as("%d: %s", i, how).isEqualTo(101);
          byte[] bytes = new byte[random.nextInt(5_000)];
          assertThat(client.send(bytes).readExactly(bytes.length)).isEqualTo(bytes);
          end(how, client, backend.accepted.getLast());
        }
        for (TestSite each : List.of(fra, nyc)) {
          TestSite.await(
              how + " is over",
              () ->
                  each.edge().stats().requestsInProgress() == 0
                      && each.edge().stats().tunnels().open() == 0);
        }
      }
      assertThat(nyc.edge().stats().tunnels().opened()).isEqualTo(CYCLES);
      TestSite.await("no connection is left", () -> backend.openConnections() == 0);
      assertThat(nyc.failures).isEmpty();
    }
  }

  /** A backend that sends on and on keeps no tunnel open for a client that has ended and left. */
  @Test
  void aClientThatHasEndedAndIsGoneLeavesNothingAtAnotherNode() {
    CompletableFuture<Integer> end = new CompletableFuture<>();
    WebSockets.Talk talk =
        (in, out) -> {
          end.complete(in.read());
          byte[] piece = new byte[4_096];
          // Until it cannot.
          while (true) {
            out.write(piece);
          }
        };
    try (TestBackend backend = WebSockets.backend(talk);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      assertThat(client.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
      client.endOutput();
      assertThat(WebSockets.of(end)).isEqualTo(-1);
      client.reset();
      for (TestSite each : List.of(fra, nyc)) {
        TestSite.await("all is over", () -> each.edge().stats().requestsInProgress() == 0);
        assertThat(each.edge().stats().tunnels().open()).isZero();
        assertThat(each.edge().stats().tunnels().broken()).isZero();
      }
      TestSite.await("its connection is closed", () -> backend.openConnections() == 0);
    }
  }

  private static void end(End how, RawClient client, Socket backend) throws IOException {
    switch (how) {
      case CLIENT_ENDS -> assertThat(client.endOutput().readToEnd()).isEmpty();
      case CLIENT_RESETS -> client.reset();
      case BACKEND_ENDS -> {
        backend.shutdownOutput();
        assertThat(client.readToEnd()).isEmpty();
      }
      case BACKEND_RESETS -> {
        backend.setSoLinger(true, 0);
        backend.close();
        assertThat(client.isReset()).isTrue();
      }
      case BOTH_END -> {
        backend.shutdownOutput();
        client.endOutput();
      }
    }
  }
}

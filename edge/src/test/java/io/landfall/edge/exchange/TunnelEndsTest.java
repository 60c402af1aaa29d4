package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.WebSockets;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How tunnels end, and one direction before the other. */
class TunnelEndsTest {
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatEndsItsDirectionGoesOnReading(boolean forwarded) {
    WebSockets.Talk talk =
        (in, out) -> {
          String all = text(in.readAllBytes());
          TestBackend.raw(out, "you said " + all);
        };
    try (TestBackend backend = WebSockets.backend(talk);
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.open()) {
      client.send("this").endOutput();
      assertThat(text(client.readToEnd())).isEqualTo("you said this");
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatEndsItsDirectionGoesOnReading(boolean forwarded) {
    CompletableFuture<String> heard = new CompletableFuture<>();
    try (TestBackend backend =
            new TestBackend(
                WebSockets.behaviour((in, out) -> heard.complete(text(in.readAllBytes()))));
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.open()) {
      Socket atBackend = backend.accepted.getLast();
      assertThat(halfClosed(atBackend)).isTrue();
      assertThat(client.readToEnd()).isEmpty();
      assertThat(sites.tunnels().open()).isEqualTo(1);
      client.send("late").send("r").endOutput();
      assertThat(WebSockets.of(heard)).isEqualTo("later");
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isZero();
    }
  }

  private static boolean halfClosed(Socket socket) {
    try {
      socket.shutdownOutput();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetOfTheClientIsOneAtTheBackend(boolean forwarded) {
    CompletableFuture<String> end = new CompletableFuture<>();
    WebSockets.Talk talk =
        (in, out) -> {
          try {
            end.complete("read " + in.read());
          } catch (IOException e) {
            end.complete(String.valueOf(e.getMessage()));
          }
        };
    try (TestBackend backend = WebSockets.backend(talk);
        TunnelSites sites = new TunnelSites(forwarded, backend)) {
      sites.open().reset();
      assertThat(WebSockets.of(end)).isEqualTo("Connection reset");
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isEqualTo(1);
      assertThat(sites.landing.edge().stats().aborted()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetOfTheBackendIsOneAtTheClient(boolean forwarded) throws IOException {
    try (TestBackend backend = WebSockets.echo();
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.open()) {
      Socket atBackend = backend.accepted.getLast();
      atBackend.setSoLinger(true, 0);
      atBackend.close();
      assertThat(client.isReset()).isTrue();
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isEqualTo(1);
      // The tunnel says nothing of the backend's health.
      assertThat(sites.nyc.failures).isEmpty();
    }
  }
}

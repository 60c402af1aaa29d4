package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A backend that means harm: heads, interim heads, chunks and trailers without end. */
class HostileBackendTest {
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";

  /** Sends the start, and then the rest again and again until nothing takes it. */
  private static TestBackend endless(String start, String rest) {
    byte[] again = rest.repeat(100).getBytes(StandardCharsets.US_ASCII);
    return new TestBackend(
        (request, in, out) -> {
          TestBackend.raw(out, start);
          return forever(out, again);
        });
  }

  private static boolean forever(OutputStream out, byte[] bytes) throws IOException {
    // Ends with the exception of a connection that the edge has closed.
    for (long sent = 0; sent < 1L << 32; sent += bytes.length) {
      out.write(bytes);
    }
    return false;
  }

  @Test
  void aResponseThatEndsWithAResetIsNotTakenForWhole() {
    try (TestBackend backend =
            TestBackend.resetting("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(1_000));
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      for (TestSite site : List.of(nyc, fra)) {
        for (int i = 0; i < 10; i++) {
          assertThatThrownBy(() -> RawClient.get(site.http(), "shop.test", "/"))
              .isInstanceOf(RuntimeException.class);
        }
      }
    }
  }

  @Test
  void anAnswerBeforeTheEndOfTheRequestArrivesThoughTheBackendClosesWithTheBodyUnread()
      throws InterruptedException {
    byte[] body = new byte[8 << 20];
    String head = "POST /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + body.length;
    TestBackend.Behaviour refuse =
        (request, in, out) -> {
          in.skipNBytes(256 * 1024);
          TestBackend.raw(out, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
          return false;
        };
    try (TestBackend backend = new TestBackend(refuse);
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      for (TestSite site : List.of(nyc, fra)) {
        for (int i = 0; i < 10; i++) {
          Thread upload;
          try (RawClient client = new RawClient(site.http())) {
            upload = Thread.ofVirtual().start(() -> upload(client, head, body));
            assertThat(client.read().status()).isEqualTo(413);
          }
          upload.join();
        }
      }
    }
  }

  private static void upload(RawClient client, String head, byte[] body) {
    try {
      client.send(head + "\r\n\r\n").send(body);
    } catch (UncheckedIOException e) {
      // It was answered before the end.
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      })
  void interimHeadsWithoutEndAreNoResponse(String interim) {
    try (TestBackend backend = endless("", interim);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(502);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: b\r\n", "a", "set-cookie: 1\r\n"})
  void aHeadWithoutEndIsNoResponse(String again) {
    try (TestBackend backend = endless("HTTP/1.1 200 OK\r\n", again);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(502);
    }
  }

  @Test
  void extensionsAndTrailersWithoutEndBreakTheResponseOff() {
    for (String start : new String[] {CHUNKED + "1;", CHUNKED + "0\r\n"}) {
      try (TestBackend backend =
              endless(start, "a: b\r\n".substring(0, start.endsWith(";") ? 1 : 6));
          TestSite fra = new TestSite("fra", 1);
          RawClient client = new RawClient(fra.http())) {
        fra.publish(Signal.UP, backends(backend));
        client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        TestSite.await("the response broke off", () -> fra.edge().stats().aborted() == 1);
        TestSite.await("it is over", () -> fra.edge().stats().requestsInProgress() == 0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Landfall-Decline: NOT_HERE", "Set-Cookie: a=b", "Content-Length: 1"})
  void aTrailerThatMustNotComeIsDropped(String trailer) {
    TestBackend.Behaviour chunked =
        (request, in, out) -> TestBackend.raw(out, CHUNKED + "0\r\n" + trailer + "\r\n\r\n");
    try (TestBackend backend = new TestBackend(chunked);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
      assertThat(fra.edge().stats().defences().droppedTrailers()).isEqualTo(1);
      assertThat(fra.edge().stats().aborted()).isZero();
    }
  }
}

package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend sends without being asked must never be the answer to the next request. */
class UnaskedResponsesTest {
  private static final String A = "GET /a HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final String B = "GET /b HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final String POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON";

  /** The size of the first read of a connection. */
  private static final int FIRST_READ_BYTES = 2048;

  private static String response(int bytes) {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: ";
    for (int body = bytes; ; body--) {
      String whole = head + body + "\r\n\r\n";
      if (whole.length() + body <= bytes) {
        return whole + "x".repeat(body);
      }
    }
  }

  /** Answers /a with these bytes, and all else truly. */
  private static TestBackend after(String bytes) {
    return new TestBackend(
        (request, in, out) ->
            request.line().contains("/a")
                ? TestBackend.raw(out, bytes)
                : TestBackend.ok(out, "true"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8, 16, 32})
  void whatFollowsAResponseThatFillsAReadIsNotTheAnswerToAPipelinedRequest(int reads) {
    String first = response(reads * FIRST_READ_BYTES);
    try (TestBackend backend = after(first + POISON);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 20; i++) {
        try (RawClient client = new RawClient(fra.http())) {
          client.send(A + B);
          assertThat(client.read().status()).isEqualTo(200);
          assertThat(client.read().body()).isEqualTo("true");
        }
      }
    }
  }

  @Test
  void whatComesOnAnIdleConnectionEndsItAndTheNextRequestHasItsOwnAnswer() throws Exception {
    CountDownLatch idle = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    TestBackend.Behaviour talkative =
        (request, in, out) -> {
          if (request.line().contains("/b")) {
            return TestBackend.ok(out, "true");
          }
          TestBackend.ok(out, "first");
          await(idle);
          TestBackend.raw(out, POISON);
          assertThat(in.read()).isNegative();
          closed.countDown();
          return false;
        };
    try (TestBackend backend = new TestBackend(talkative);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.send(A).read().body()).isEqualTo("first");
      idle.countDown();
      assertThat(closed.await(RawClient.DEADLINE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      assertThat(client.send(B).read().body()).isEqualTo("true");
    }
  }

  @Test
  void aBodyThatFollowsTheAnswerToAHeadRequestIsNotTheNextAnswer() throws Exception {
    for (String status : List.of("200 OK", "304 Not Modified")) {
      try (TestBackend backend =
              after("HTTP/1.1 " + status + "\r\nContent-Length: 45\r\n\r\n" + POISON);
          TestSite fra = new TestSite("fra", 1);
          RawClient client = new RawClient(fra.http())) {
        fra.publish(Signal.UP, backends(backend));
        client.send(A.replace("GET", "HEAD") + B);
        assertThat(client.read(true).fields()).isNotEmpty();
        assertThat(client.read().body()).isEqualTo("true");
      }
    }
  }

  @Test
  void aLargeUploadOnAStaleConnectionArrivesWholeAndOnceOrNotAtAll() throws Exception {
    // It closes each connection at its second request, having read some of that one's body or none.
    for (int length : new int[] {1, 1_000, 60_000, 70_000, 700_000}) {
      try (TestBackend backend =
              new TestBackend(
                  (request, in, out) ->
                      request.line().contains("/b") && TestBackend.ok(out, "ok"));
          TestSite fra = new TestSite("fra", 1)) {
        fra.publish(Signal.UP, backends(backend));
        try (RawClient client = new RawClient(fra.http())) {
          client.send(B).read();
          for (Socket socket : List.copyOf(backend.accepted)) {
            close(socket);
          }
          client.send(
              "PUT /b HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + length + "\r\n\r\n");
          client.send(new byte[length]);
          int status = client.read().status();
          assertThat(status).isIn(200, 502);
          long[] bodies =
              backend.received.stream()
                  .filter(r -> r.line().startsWith("PUT"))
                  .mapToLong(TestBackend.Received::bodyLength)
                  .toArray();
          if (status == 200) {
            assertThat(bodies).containsExactly(length);
          }
        }
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}

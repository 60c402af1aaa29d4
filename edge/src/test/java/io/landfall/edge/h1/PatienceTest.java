package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a connection may wait for its other end: no less than its limit, and hardly more. */
class PatienceTest {
  private static final EdgeTimeouts LIMITS = EdgeTimeouts.defaults();
  private static final long HEAD_MILLIS = LIMITS.clients().requestHeadMillis();
  private static final long KEEP_ALIVE_MILLIS = LIMITS.clients().keepAliveMillis();
  private static final long BODY_MILLIS = LIMITS.bodyIdleMillis();
  private static final long RESPONSE_MILLIS = LIMITS.servers().responseHeadMillis();

  /** What the test itself may take. */
  private static final long SLACK_MILLIS = 5_000;

  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  private final TestSite fra = new TestSite("fra", 1);

  @AfterEach
  void close() {
    fra.close();
  }

  private RawClient asked() {
    RawClient client = new RawClient(fra.http());
    assertThat(client.send(GET).read().status()).isEqualTo(200);
    return client;
  }

  @Test
  void aHeadHasItsTimeFromItsFirstByteOnHoweverOftenABitOfItComes() {
    try (TestBackend backend = TestBackend.saying("ok")) {
      fra.publish(Signal.UP, backends(backend));
      try (RawClient slow = new RawClient(fra.http())) {
        // In one piece, so that the start of the next head is there once the first is answered.
        assertThat(slow.send(GET + "GET / HTT").read().status()).isEqualTo(200);
        fra.letPass(HEAD_MILLIS - SLACK_MILLIS);
        slow.send("P/1.1\r\nHost: shop.test\r\n\r\nGET / HTT");
        assertThat(slow.read().status()).isEqualTo(200);
        fra.letPass(HEAD_MILLIS - SLACK_MILLIS);
        slow.send("P/1.1\r\nHost:");
        fra.letPass(SLACK_MILLIS + 1);
        assertThat(slow.read().status()).isEqualTo(408);
        assertThat(slow.isEnded()).isTrue();
      }
    }
  }

  @Test
  void anIdleConnectionIsKeptForItsTimeAndThenClosed() {
    try (TestBackend backend = TestBackend.saying("ok")) {
      fra.publish(Signal.UP, backends(backend));
      try (RawClient idle = asked()) {
        fra.letPass(KEEP_ALIVE_MILLIS - SLACK_MILLIS);
        assertThat(idle.send(GET).read().status()).isEqualTo(200);
        fra.letPass(KEEP_ALIVE_MILLIS - SLACK_MILLIS);
        assertThat(idle.send(GET).read().status()).isEqualTo(200);
        fra.letPass(KEEP_ALIVE_MILLIS + 1);
        assertThat(idle.isEnded()).isTrue();
      }
    }
  }

  @Test
  void anUploadHasItsTimeFromItsLastPieceOn() {
    AtomicInteger pieces = new AtomicInteger();
    TestBackend.Behaviour reading =
        (request, in, out) -> {
          for (int i = 0; i < 3; i++) {
            in.skipNBytes(5);
            pieces.incrementAndGet();
          }
          return false;
        };
    try (TestBackend backend = new TestBackend(reading);
        RawClient stuck = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      stuck.send("POST /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 50\r\n\r\n");
      for (int sent = 1; sent <= 2; sent++) {
        int expected = sent;
        stuck.send("hello");
        TestSite.await("the piece is at the backend", () -> pieces.get() == expected);
        fra.letPass(BODY_MILLIS - SLACK_MILLIS);
        assertThat(fra.edge().stats().requestsInProgress()).isEqualTo(1);
      }
      fra.letPass(SLACK_MILLIS + 1);
      assertThat(stuck.read().status()).isEqualTo(408);
      // The client is at fault, not the backend.
      assertThat(fra.failures).isEmpty();
    }
  }

  @Test
  void aBackendHasItsTimeForTheHeadAndIsReportedAfterIt() {
    CountDownLatch never = new CountDownLatch(1);
    TestBackend.Behaviour silent = (request, in, out) -> in.read() < 0 && never.getCount() == 0;
    try (TestBackend backend = new TestBackend(silent);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello");
      TestSite.await("the request is at the backend", () -> backend.received.size() == 1);
      fra.letPass(RESPONSE_MILLIS - SLACK_MILLIS);
      assertThat(fra.edge().stats().requestsInProgress()).isEqualTo(1);
      assertThat(fra.failures).isEmpty();
      fra.letPass(SLACK_MILLIS + 1);
      assertThat(client.read().status()).isEqualTo(504);
      assertThat(fra.failures).containsExactly(OriginFailure.RESPONSE_TIMEOUT);
      // What may have been done already is not asked for again.
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void aResponseThatStopsIsBrokenOffAfterItsTime() {
    TestBackend.Behaviour stopping =
        (request, in, out) ->
            TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
                && in.read() >= 0;
    try (TestBackend backend = new TestBackend(stopping);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      client.send(GET);
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.readExactly(5))
          .isEqualTo("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      fra.letPass(BODY_MILLIS - SLACK_MILLIS);
      assertThat(fra.edge().stats().requestsInProgress()).isEqualTo(1);
      fra.letPass(SLACK_MILLIS + 1);
      assertThat(client.isEnded()).isTrue();
      assertThat(fra.edge().stats().aborted()).isEqualTo(1);
    }
  }
}

package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that wait for a connection to another node while it is dialled. */
class WaitingForADialTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  /** So long that no request runs out of time by itself. */
  private static final long DIAL_MILLIS = 3_600_000;

  private final TestBackend there = TestBackend.saying("there");
  private final TestSite fra = new TestSite("fra", 1, WaitingForADialTest::patient);
  private final TestSite nyc = new TestSite("nyc", 2);

  /** One event loop, which dials once for all of its requests. */
  private static EdgeSettings patient(EdgeSettings c) {
    EdgeTimeouts usual = c.timeouts();
    EdgeTimeouts.Servers servers = usual.servers();
    return new EdgeSettings(
        c.node(),
        c.identity(),
        c.cdnId(),
        c.listeners(),
        1,
        c.limits(),
        new EdgeTimeouts(
            usual.clients(),
            new EdgeTimeouts.Servers(
                servers.backendConnectMillis(),
                DIAL_MILLIS,
                servers.responseHeadMillis(),
                servers.backendIdleMillis()),
            usual.bodyIdleMillis(),
            usual.drainMillis(),
            usual.retryAfterSeconds()));
  }

  @BeforeEach
  void oneNodeIsDialled() {
    nyc.publish(Signal.UP, backends(there));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    fra.dials.hold();
  }

  @AfterEach
  void stop() {
    fra.dials.release();
    fra.close();
    nyc.close();
    there.close();
  }

  private RawClient waiting() {
    RawClient client = new RawClient(fra.http()).send(GET);
    TestSite.await("it is dialled", () -> fra.dials.waiting() == 1);
    return client;
  }

  @Test
  void requestsNeedNotWaitForANodeThatIsGoneAndItsConnectionIsNotKept() {
    try (RawClient client = waiting()) {
      fra.edge().peerLost(nyc.identity);
      assertThat(client.read().status()).isGreaterThanOrEqualTo(500);
      fra.dials.release();
      TestSite.await("the other end has it", () -> nyc.overlayChannels.size() == 1);
      TestSite.await("it is closed", () -> !nyc.overlayChannels.getFirst().isOpen());
    }
  }

  @Test
  void requestsNeedNotWaitForANodeWhoseSessionIsOver() {
    try (RawClient client = waiting()) {
      fra.edge().peerLeft(nyc.identity);
      assertThat(client.read().status()).isGreaterThanOrEqualTo(500);
    }
  }

  @Test
  void requestsDoNotWaitLongerThanTheDialMayTakeThoughTheyCameLater() {
    try (RawClient client = waiting()) {
      fra.letPass(DIAL_MILLIS / 2);
      try (RawClient later = new RawClient(fra.http()).send(GET)) {
        TestSite.await("both wait", () -> fra.edge().stats().requestsInProgress() == 2);
        fra.letPass(DIAL_MILLIS / 2 + 1_000);
        assertThat(client.read().status()).isGreaterThanOrEqualTo(500);
        assertThat(later.read().status()).isGreaterThanOrEqualTo(500);
      }
    }
  }

  @Test
  void aRequestThatIsGivenUpMeanwhileIsNotSent() {
    try (RawClient client = waiting()) {
      client.reset();
      TestSite.await("it is over", () -> fra.edge().stats().requestsInProgress() == 0);
      fra.dials.release();
      assertThat(RawClient.get(fra.http(), "shop.test", "/second").body()).isEqualTo("there");
      assertThat(there.received)
          .singleElement()
          .satisfies(request -> assertThat(request.line()).contains("/second"));
    }
  }
}

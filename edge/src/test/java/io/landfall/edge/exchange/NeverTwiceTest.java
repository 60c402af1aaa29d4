package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What may have been done already, or cannot be sent whole, is not sent to a second place. */
class NeverTwiceTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello";
  private static final String GET = "GET /after HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final int KEPT_BYTES = EdgeLimits.defaults().attempts().replayBytes();

  private final CountDownLatch go = new CountDownLatch(1);
  private final TestBackend hanging =
      new TestBackend(
          (request, in, out) -> {
            TestBackend.holdUntil(go);
            return TestBackend.ok(out, "late");
          });
  private final TestBackend closing = new TestBackend((request, in, out) -> false);
  private final TestBackend good = TestBackend.saying("good");
  private final TestSite fra = new TestSite("fra", 1);
  private final TestSite nyc = new TestSite("nyc", 2);
  private final TestSite sin = new TestSite("sin", 3);

  @AfterEach
  void stop() {
    go.countDown();
    fra.close();
    nyc.close();
    sin.close();
    hanging.close();
    closing.close();
    good.close();
  }

  private void changed(TestSite site) {
    site.edge().servicesChanged(Set.of(TestSite.SHOP));
    // Another request on each event loop: what the change makes of the first is made by then.
    site.letPass(0);
  }

  /** What is changed at a site while a POST hangs moves the POST nowhere. */
  private void aPostInFlightStays(TestSite where, Runnable change) {
    try (RawClient client = new RawClient(fra.http())) {
      client.send(POST);
      TestSite.await("the request hangs", () -> hanging.received.size() == 1);
      change.run();
      changed(where);
      assertThat(good.received).isEmpty();
      go.countDown();
      assertThat(client.read().body()).isEqualTo("late");
      assertThat(hanging.received).hasSize(1);
      assertThat(good.received).isEmpty();
    }
  }

  @Test
  void aPostInFlightStaysWhereItIsWhenItsServiceGoesDownThere() {
    sin.publish(Signal.UP, backends(good));
    fra.publish(Signal.UP, backends(hanging), sin.candidate(Signal.UP, 1));
    aPostInFlightStays(
        fra, () -> fra.publish(Signal.DOWN, backends(hanging), sin.candidate(Signal.UP, 1)));
  }

  @Test
  void aPostInFlightStaysWhereItIsWhenItsBackendGoes() {
    sin.publish(Signal.UP, backends(good));
    fra.publish(Signal.UP, backends(hanging), sin.candidate(Signal.UP, 1));
    aPostInFlightStays(
        fra, () -> fra.publish(Signal.UP, backends(good), sin.candidate(Signal.UP, 1)));
  }

  @Test
  void aForwardedPostInFlightStaysWhereItIsWhenItsNodeIsNoCandidateAnyMore() {
    nyc.publish(Signal.UP, backends(hanging));
    sin.publish(Signal.UP, backends(good));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
    aPostInFlightStays(fra, () -> fra.publish(Signal.DOWN, List.of(), sin.candidate(Signal.UP, 2)));
  }

  @Test
  void aForwardedPostInFlightIsNotHandedBackWhenItsServiceGoesDownThere() {
    nyc.publish(Signal.UP, backends(hanging));
    sin.publish(Signal.UP, backends(good));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
    aPostInFlightStays(nyc, () -> nyc.publish(Signal.DOWN, List.of()));
  }

  @Test
  void aPostWhoseNodeDiesUnderItIsNotSentToTheNext() {
    nyc.publish(Signal.UP, backends(hanging));
    sin.publish(Signal.UP, backends(good));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
    try (RawClient client = new RawClient(fra.http())) {
      client.send(POST);
      TestSite.await("the request hangs", () -> hanging.received.size() == 1);
      nyc.dropOverlay();
      assertThat(client.read().status()).isEqualTo(502);
    }
    assertThat(good.received).isEmpty();
  }

  @Test
  void aPostThatANodeDeclinesAndOneWhoseNodeIsNotReachedGoToTheNext() {
    nyc.publish(Signal.DOWN, List.of());
    sin.publish(Signal.UP, backends(good));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
    try (RawClient client = new RawClient(fra.http())) {
      assertThat(client.send(POST).read().body()).isEqualTo("good");
      nyc.close();
      assertThat(client.send(POST).read().body()).isEqualTo("good");
    }
    assertThat(good.received).hasSize(2).allMatch(r -> r.bodyLength() == 5);
  }

  /** Below the bound it is repeated whole; above it, what is missing cannot be sent again. */
  @Test
  void aPutLargerThanWhatIsKeptIsNotSentAgainAndOneThatFitsIsWithAllOfItsBytes() {
    sin.publish(Signal.UP, backends(good));
    for (TestSite landing : List.of(fra, nyc)) {
      fra.publish(Signal.UP, backends(closing), sin.candidate(Signal.UP, 1));
      // The node that serves hands the request back; the landing node has kept it, or has not.
      nyc.publish(Signal.DOWN, List.of(), fra.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      try (RawClient client = new RawClient(landing.http())) {
        int before = good.received.size();
        assertThat(put(client, "/", KEPT_BYTES).body()).isEqualTo("good");
        assertThat(good.received).hasSize(before + 1);
        assertThat(good.received.getLast().bodyLength()).isEqualTo(KEPT_BYTES);
        assertThat(put(client, "/large", 4 * KEPT_BYTES).status()).isEqualTo(502);
        assertThat(sin.decisionsOn("/large")).isEmpty();
      }
    }
  }

  @Test
  void aLargePutIsNotSentToAnotherBackendOfItsServiceEither() {
    fra.publish(Signal.UP, backends(closing, good));
    int answered = 0;
    try (RawClient client = new RawClient(fra.http())) {
      for (int i = 0; i < 2; i++) {
        answered += put(client, "/large", 4 * KEPT_BYTES).status() == 200 ? 1 : 0;
      }
    }
    // They take turns: what one had and closed, the other was not offered.
    assertThat(answered).isEqualTo(good.received.size());
    assertThat(closing.received.size() + good.received.size()).isEqualTo(2);
    assertThat(closing.received).isNotEmpty();
  }

  @Test
  void aGetInFlightLeavesAServiceThatGoesDownThoughItsBackendIsThere() {
    sin.publish(Signal.UP, backends(good));
    fra.publish(Signal.UP, backends(hanging), sin.candidate(Signal.UP, 1));
    try (RawClient client = new RawClient(fra.http())) {
      client.send(GET);
      TestSite.await("the request hangs", () -> hanging.received.size() == 1);
      fra.publish(Signal.DOWN, backends(hanging), sin.candidate(Signal.UP, 1));
      changed(fra);
      assertThat(client.read().body()).isEqualTo("good");
    }
  }

  @Test
  void aGetInFlightLeavesABackendThatGoesThoughItsServiceIsUp() {
    OriginServer unhealthy = new OriginServer(hanging.address(), false);
    for (List<OriginServer> next :
        List.of(backends(good), List.of(unhealthy, backends(good).getFirst()))) {
      fra.publish(Signal.UP, backends(hanging));
      int before = hanging.received.size();
      try (RawClient client = new RawClient(fra.http())) {
        client.send(GET);
        TestSite.await("the request hangs", () -> hanging.received.size() == before + 1);
        fra.publish(Signal.UP, next);
        changed(fra);
        assertThat(client.read().body()).isEqualTo("good");
      }
    }
  }

  private static RawClient.Answer put(RawClient client, String path, int bytes) {
    client.send(
        "PUT " + path + " HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + bytes + "\r\n\r\n");
    return client.send(new byte[bytes]).read();
  }

  @Test
  void theConnectionOfAPutThatCouldNotBeRepeatedGoesOn() {
    fra.publish(Signal.UP, backends(closing));
    try (RawClient client = new RawClient(fra.http())) {
      assertThat(put(client, "/", 2 * KEPT_BYTES).status()).isEqualTo(502);
      fra.publish(Signal.UP, backends(good));
      assertThat(client.send(GET).read().body()).isEqualTo("good");
    }
  }
}

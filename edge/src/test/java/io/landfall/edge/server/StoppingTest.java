package io.landfall.edge.server;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How an edge ends, and how it takes the end of others. */
class StoppingTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  @Test
  void aStoppingEdgeFinishesWhatItHasAndForwardedRequestsToo() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour holding =
        (request, in, out) -> {
          TestBackend.holdUntil(go);
          return TestBackend.ok(out, "late");
        };
    try (TestBackend backend = new TestBackend(holding);
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2, TestSettings::oneLoop);
        RawClient idle = new RawClient(nyc.http());
        RawClient direct = new RawClient(nyc.http());
        RawClient forwarded = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      direct.send(GET);
      forwarded.send(GET);
      TestSite.await("both are at the backend", () -> backend.received.size() == 2);
      Thread stopper = Thread.ofPlatform().start(nyc.edge()::close);
      TestSite.await("nyc accepts no more", () -> refuses(nyc));
      // The listener is closed before the event loop is told.
      assertThat(idle.isEnded()).isTrue();
      go.countDown();
      RawClient.Answer answer = direct.read();
      assertThat(answer.body()).isEqualTo("late");
      assertThat(answer.field("connection")).contains("close");
      assertThat(forwarded.read().body()).isEqualTo("late");
      stopper.join();
    }
  }

  @Test
  void whatIsUnderWayIsWholeWhenTheSessionEndsOnBothNodesAndTheNextGoesElsewhere() {
    CountDownLatch go = new CountDownLatch(1);
    TestBackend.Behaviour inTwoParts =
        (request, in, out) -> {
          TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
          TestBackend.holdUntil(go);
          TestBackend.raw(out, "half");
          return true;
        };
    try (TestBackend slow = new TestBackend(inTwoParts);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3);
        RawClient client = new RawClient(fra.http());
        RawClient next = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(slow));
      sin.publish(Signal.UP, backends(good));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      client.send(GET);
      TestSite.await("it is being answered", () -> slow.received.size() == 1);
      nyc.letPeersWait();
      nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::refuse);
      fra.edge().peerLeft(nyc.identity);
      fra.publish(Signal.DOWN, List.of(), sin.candidate(Signal.UP, 2));
      assertThat(next.send(GET).read().body()).isEqualTo("good");
      go.countDown();
      assertThat(client.read().body()).isEqualTo("halfhalf");
      TestSite.await(
          "the connection ends after that",
          () -> nyc.overlayChannels.stream().noneMatch(c -> c.isActive()));
    }
  }

  @Test
  void aLostPeerTakesItsConnectionsWithItAndTheGetsGoElsewhere() {
    CountDownLatch never = new CountDownLatch(1);
    TestBackend.Behaviour hang =
        (request, in, out) -> {
          TestBackend.holdUntil(never);
          return false;
        };
    try (TestBackend hanging = new TestBackend(hang);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3);
        RawClient client = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(hanging));
      sin.publish(Signal.UP, backends(good));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      client.send(GET);
      TestSite.await("the request hangs", () -> hanging.received.size() == 1);
      fra.edge().peerLost(nyc.identity);
      assertThat(client.read().body()).isEqualTo("good");
      TestSite.await(
          "nyc's connection from fra is closed",
          () -> nyc.overlayChannels.stream().noneMatch(c -> c.isActive()));
      never.countDown();
    }
  }

  @Test
  void theOnlyPeerIsAskedOnceMoreWhenItsConnectionsEndAndAPostIsNot() {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    TestBackend.Behaviour hangsFirst =
        (request, in, out) -> {
          if (asked.incrementAndGet() == 2) {
            return TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
          }
          TestBackend.holdUntil(never);
          return false;
        };
    try (TestBackend backend = new TestBackend(hangsFirst);
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        RawClient client = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      client.send(GET);
      TestSite.await("the request hangs", () -> asked.get() == 1);
      fra.edge().peerLost(nyc.identity);
      assertThat(client.read().body()).isEqualTo("good");
      client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n");
      TestSite.await("the second one hangs", () -> asked.get() == 3);
      fra.edge().peerLost(nyc.identity);
      assertThat(client.read().status()).isEqualTo(502);
      never.countDown();
    }
  }

  @Test
  void aLostPeerTakesAlsoTheConnectionsWithItThatItHadSaidGoodbyeOn() {
    CountDownLatch never = new CountDownLatch(1);
    TestBackend.Behaviour hang =
        (request, in, out) -> {
          TestBackend.holdUntil(never);
          return false;
        };
    List<RawClient> later = new ArrayList<>();
    try (TestBackend hanging = new TestBackend(hang);
        TestBackend good = TestBackend.saying("good");
        TestSite fra = new TestSite("fra", 1, StoppingTest::onOneLoop);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3);
        RawClient client = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(hanging));
      sin.publish(Signal.UP, backends(good));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      client.send(GET);
      TestSite.await("the request hangs", () -> hanging.received.size() == 1);
      nyc.overlayChannels.forEach(nyc.edge().nodeConnections()::refuse);
      TestSite.await(
          "fra has seen the goodbye, and opens another connection",
          () -> {
            later.add(new RawClient(fra.http()).send(GET));
            return nyc.overlayChannels.size() > 1;
          });
      fra.edge().peerLost(nyc.identity);
      assertThat(client.read().body()).isEqualTo("good");
      never.countDown();
    } finally {
      later.forEach(RawClient::close);
    }
  }

  private static EdgeSettings onOneLoop(EdgeSettings config) {
    return new EdgeSettings(
        config.node(),
        config.identity(),
        config.cdnId(),
        config.listeners(),
        1,
        config.limits(),
        config.timeouts());
  }

  @Test
  void countersAndRecentDecisionsTellWhatHappened() {
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 3; i++) {
        assertThat(RawClient.get(fra.http(), "shop.test", "/" + i).status()).isEqualTo(200);
      }
      assertThat(RawClient.get(fra.http(), "nobody.test", "/").status()).isEqualTo(421);
      assertThat(fra.edge().traffic().services())
          .extracting(
              each -> each.service().map(s -> s.value()).orElse("-"),
              each -> each.reasons().toString())
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("-", "{UNKNOWN_HOST=1}"),
              org.assertj.core.groups.Tuple.tuple("shop", "{LOCAL_UP=3}"));
      List<DecisionRecord> recent = fra.edge().decisions(10);
      assertThat(recent).hasSize(4);
      assertThat(recent.stream().filter(d -> d.status() == 200).map(d -> d.request().path()))
          .containsExactlyInAnyOrder("/0", "/1", "/2");
    }
  }

  static boolean refuses(TestSite site) {
    try (RawClient probe = new RawClient(site.http())) {
      return probe.isEnded();
    } catch (java.io.UncheckedIOException e) {
      return true;
    }
  }
}

package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.BackendRules;
import io.landfall.edge.CircuitRules;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.RequestMatch;
import io.landfall.edge.RuledBackends;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Addresses that get no requests for what came of those that they had. */
class CircuitsTest {
  private static final long TIME_MILLIS = 3_600_000;
  private static final int REQUESTS = 20;
  private static final CircuitRules AFTER_TWO =
      new CircuitRules(2, TIME_MILLIS * 1_000_000, 50, List.of());

  private volatile String answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nill";
  private volatile boolean closes = true;
  private volatile CountDownLatch go = new CountDownLatch(0);
  private final TestBackend ill =
      new TestBackend(
          (request, in, out) -> {
            TestBackend.holdUntil(go);
            return !closes && TestBackend.raw(out, answer);
          });
  private final TestBackend well = TestBackend.saying("well");
  private final TestSite fra = new TestSite("fra", 1, TestSettings::oneLoop);
  private final TestSite nyc = new TestSite("nyc", 2, TestSettings::oneLoop);

  @AfterEach
  void stop() {
    go.countDown();
    fra.close();
    nyc.close();
    ill.close();
    well.close();
  }

  private static OriginServer up(TestBackend backend) {
    return new OriginServer(backend.address(), true);
  }

  private static void ask(TestSite site, int requests, int status) {
    for (int i = 0; i < requests; i++) {
      assertThat(RawClient.get(site.http(), "shop.test", "/").status()).isEqualTo(status);
    }
  }

  /** Requests until the backend whose requests fail is left out. */
  private void untilOneIsLeftOut() {
    fra.publish(Signal.UP, RuledBackends.circuits(AFTER_TWO, up(ill), up(well)));
    ask(fra, REQUESTS, 200);
  }

  /** The same, and its time is over: it holds the next request that it gets, its trial. */
  private void untilItsTrialIsHeld() {
    untilOneIsLeftOut();
    fra.letPass(TIME_MILLIS);
    closes = false;
    go = new CountDownLatch(1);
  }

  private long open() {
    return fra.edge().stats().attempts().openCircuits();
  }

  @Test
  void anAddressWhoseRequestsFailIsLeftOutAndAnswersOnTrialAgain() {
    untilOneIsLeftOut();
    assertThat(ill.received).hasSize(2);
    assertThat(open()).isEqualTo(1);
    assertThat(fra.edge().openCircuits(TestSite.SHOP)).containsExactly(ill.address());
    fra.letPass(TIME_MILLIS);
    closes = false;
    ask(fra, REQUESTS, 200);
    assertThat(ill.received).hasSizeGreaterThan(2 + REQUESTS / 4);
    assertThat(open()).isZero();
    assertThat(fra.edge().openCircuits(TestSite.SHOP)).isEmpty();
    assertThat(fra.edge().stats().attempts().openedCircuits()).isEqualTo(1);
  }

  @Test
  void whatFailsOnTrialIsLeftOutTwiceAsLong() {
    untilOneIsLeftOut();
    fra.letPass(TIME_MILLIS);
    ask(fra, REQUESTS, 200);
    assertThat(ill.received).hasSize(3);
    fra.letPass(TIME_MILLIS);
    ask(fra, REQUESTS, 200);
    assertThat(ill.received).hasSize(3);
    fra.letPass(TIME_MILLIS);
    ask(fra, REQUESTS, 200);
    assertThat(ill.received).hasSize(4);
    assertThat(open()).isEqualTo(1);
  }

  /** Sends requests until the backend that was left out has one, the third one. */
  private void sendUntilOneIsHeld(RawClient client) {
    while (ill.received.size() < 3) {
      int all = ill.received.size() + well.received.size();
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      TestSite.await("it is there", () -> ill.received.size() + well.received.size() > all);
      if (ill.received.size() < 3) {
        assertThat(client.read().body()).isEqualTo("well");
      }
    }
  }

  @Test
  void oneOnTrialIsAloneThere() {
    untilItsTrialIsHeld();
    try (RawClient trial = new RawClient(fra.http())) {
      sendUntilOneIsHeld(trial);
      ask(fra, REQUESTS, 200);
      assertThat(ill.received).hasSize(3);
      go.countDown();
      assertThat(trial.read().body()).isEqualTo("ill");
    }
    assertThat(open()).isZero();
  }

  @Test
  void aClientThatLeavesOnTrialMakesRoomForTheNextTrial() {
    untilItsTrialIsHeld();
    try (RawClient trial = new RawClient(fra.http())) {
      sendUntilOneIsHeld(trial);
      trial.reset();
    }
    TestSite.await("it has left", () -> fra.edge().stats().requestsInProgress() == 0);
    go.countDown();
    ask(fra, REQUESTS, 200);
    assertThat(open()).isZero();
    assertThat(ill.received).hasSizeGreaterThan(3);
  }

  @Test
  void anAddressThatIsNoBackendAnyMoreIsNotLeftOut() {
    untilOneIsLeftOut();
    assertThat(open()).isEqualTo(1);
    fra.publish(Signal.UP, RuledBackends.circuits(AFTER_TWO, up(well)));
    fra.edge().servicesChanged(Set.of(TestSite.SHOP));
    assertThat(open()).isZero();
    assertThat(fra.edge().openCircuits(TestSite.SHOP)).isEmpty();
  }

  @Test
  void whereThereAreNoCircuitsAnyMoreNoneIsOpen() {
    untilOneIsLeftOut();
    fra.publish(Signal.UP, List.of(up(ill), up(well)));
    fra.edge().servicesGone(Set.of(TestSite.SHOP));
    assertThat(open()).isZero();
  }

  @Test
  void aTrialAtAnAddressThatIsGoneMeanwhileCountsNoMore() {
    untilItsTrialIsHeld();
    try (RawClient trial = new RawClient(fra.http())) {
      sendUntilOneIsHeld(trial);
      fra.publish(Signal.UP, RuledBackends.circuits(AFTER_TWO, up(well)));
      fra.edge().servicesGone(Set.of(TestSite.SHOP));
      go.countDown();
      assertThat(trial.read().body()).isEqualTo("ill");
    }
    assertThat(open()).isZero();
  }

  @Test
  void neverMoreAreLeftOutThanMayBe() {
    try (TestBackend alsoIll = new TestBackend((request, in, out) -> false)) {
      fra.publish(Signal.UP, RuledBackends.circuits(AFTER_TWO, up(ill), up(alsoIll)));
      ask(fra, REQUESTS, 502);
      assertThat(open()).isEqualTo(1);
      assertThat(ill.received.size() + alsoIll.received.size()).isGreaterThanOrEqualTo(REQUESTS);
    }
  }

  @Test
  void theOnlyAddressIsNeverLeftOut() {
    fra.publish(Signal.UP, RuledBackends.circuits(AFTER_TWO, up(ill)));
    ask(fra, REQUESTS, 502);
    assertThat(open()).isZero();
    assertThat(ill.received).hasSize(REQUESTS);
  }

  private static final RequestMatch CANARY =
      new RequestMatch(RequestMatch.Part.FIELD, AsciiString.of("x-canary"), Optional.empty());

  /** Circuits where one more backend is kept for some requests. */
  private static HostedService withCanary(TestBackend canary, OriginServer... usual) {
    List<OriginServer> all = new ArrayList<>(List.of(usual));
    all.add(RuledBackends.kept(canary, true, CANARY));
    return new HostedService(
        all, 1000, new BackendRules(Optional.empty(), 0, Optional.of(AFTER_TWO), List.of(CANARY)));
  }

  @Test
  void theOnlyAddressForAnyRequestIsNotLeftOutForOneThatIsKeptForSome() {
    fra.publish(Signal.UP, withCanary(well, up(ill)));
    ask(fra, REQUESTS, 502);
    assertThat(open()).isZero();
    closes = false;
    ask(fra, REQUESTS, 200);
  }

  @Test
  void whereAllForARequestAreLeftOutNoneCountsAsThat() {
    try (TestBackend usual = TestBackend.saying("usual")) {
      fra.publish(Signal.UP, withCanary(well, up(ill), up(usual)));
      ask(fra, REQUESTS, 200);
      assertThat(open()).isEqualTo(1);
      closes = false;
      fra.publish(Signal.UP, withCanary(well, up(ill), new OriginServer(usual.address(), false)));
      ask(fra, REQUESTS, 200);
      assertThat(well.received).isEmpty();
    }
  }

  @Test
  void whereAllThatAreUpAreLeftOutNoneCountsAsThat() {
    untilOneIsLeftOut();
    closes = false;
    fra.publish(
        Signal.UP,
        RuledBackends.circuits(AFTER_TWO, up(ill), new OriginServer(well.address(), false)));
    ask(fra, REQUESTS, 200);
    assertThat(ill.received).hasSize(2 + REQUESTS);
  }

  @Test
  void aStatusCountsOnlyIfItIsConfigured() {
    closes = false;
    answer = "HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n";
    fra.publish(Signal.UP, RuledBackends.circuits(AFTER_TWO, up(ill), up(well)));
    for (int i = 0; i < REQUESTS; i++) {
      RawClient.get(fra.http(), "shop.test", "/");
    }
    assertThat(ill.received).hasSize(REQUESTS / 2);
    CircuitRules with503 = new CircuitRules(2, TIME_MILLIS * 1_000_000, 50, List.of(502, 503));
    fra.publish(Signal.UP, RuledBackends.circuits(with503, up(ill), up(well)));
    for (int i = 0; i < REQUESTS; i++) {
      RawClient.get(fra.http(), "shop.test", "/");
    }
    assertThat(ill.received).hasSize(REQUESTS / 2 + 2);
  }

  @Test
  void aForwardedRequestCountsWhereItIsServed() {
    nyc.publish(Signal.UP, RuledBackends.circuits(AFTER_TWO, up(ill), up(well)));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    ask(fra, REQUESTS, 200);
    assertThat(ill.received).hasSize(2);
    assertThat(nyc.edge().stats().attempts().openCircuits()).isEqualTo(1);
    assertThat(open()).isZero();
  }

  @Test
  void whatThisNodeLacksTellsNothingOfABackend() {
    try (TestSite poor = TestSite.withoutDescriptors("ams", 3)) {
      poor.publish(Signal.UP, RuledBackends.circuits(AFTER_TWO, up(ill), up(well)));
      for (int i = 0; i < REQUESTS; i++) {
        RawClient.get(poor.http(), "shop.test", "/");
      }
      assertThat(poor.edge().stats().attempts().openCircuits()).isZero();
    }
  }
}

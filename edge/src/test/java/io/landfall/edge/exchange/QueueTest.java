package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests beyond what a service may have in progress here wait for a place. */
class QueueTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Semaphore mayAnswer = new Semaphore(0);
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicInteger busiest = new AtomicInteger();
  private final TestBackend backend =
      opened(
          new TestBackend(
              (request, in, out) -> {
                busiest.accumulateAndGet(busy.incrementAndGet(), Math::max);
                mayAnswer.acquireUninterruptibly();
                busy.decrementAndGet();
                return TestBackend.ok(out, "ok");
              }));
  private final TestBackend there = opened(TestBackend.saying("there"));
  private final TestSite nyc = opened(new TestSite("nyc", 2));

  @AfterEach
  void stop() throws Exception {
    mayAnswer.release(1_000);
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.addFirst(each);
    return each;
  }

  /** A site where one request may be in progress. */
  private TestSite site(int mostWaiting, long mostWaitMillis) {
    TestSite fra =
        opened(new TestSite("fra", 1, Rules.of(Rules.queue(mostWaiting, mostWaitMillis))));
    fra.publish(Signal.UP, new HostedService(backends(backend), 1));
    return fra;
  }

  private void andElsewhere(TestSite fra) {
    nyc.publish(Signal.UP, backends(there));
    fra.publish(Signal.UP, new HostedService(backends(backend), 1), nyc.candidate(Signal.UP, 1));
  }

  private RawClient asks(TestSite site, String path) {
    return opened(new RawClient(site.http()))
        .send("GET " + path + " HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  }

  private static EdgeStats.Queued queued(TestSite site) {
    return site.edge().stats().defences().queued();
  }

  private static void awaitWaiting(TestSite site, long count) {
    TestSite.await("so many wait: " + count, () -> queued(site).now() == count);
  }

  private void awaitAtBackend(int count) {
    TestSite.await("the backend has it", () -> backend.received.size() == count);
  }

  private List<String> paths() {
    return backend.received.stream().map(each -> each.line().split(" ")[1]).toList();
  }

  @Test
  void whoWaitsIsServedInTurnAndTheBackendHasNoMoreThanItMay() {
    TestSite fra = site(100, 60_000);
    RawClient first = asks(fra, "/1");
    awaitAtBackend(1);
    List<RawClient> others = new ArrayList<>();
    for (int i = 2; i < 20; i++) {
      others.add(asks(fra, "/" + i));
      awaitWaiting(fra, i - 1);
    }
    assertThat(backend.received).hasSize(1);
    mayAnswer.release(19);
    assertThat(first.read().status()).isEqualTo(200);
    // They are on both event loops: a place that one of them frees reaches the other.
    for (RawClient each : others) {
      assertThat(each.read().body()).isEqualTo("ok");
    }
    assertThat(busiest.get()).isEqualTo(1);
    awaitWaiting(fra, 0);
    assertThat(queued(fra)).isEqualTo(new EdgeStats.Queued(0, 18, 0));
    TestSite.await("all are over", () -> fra.edge().stats().requestsInProgress() == 0);
    // Every place was given back.
    mayAnswer.release();
    assertThat(asks(fra, "/last").read().status()).isEqualTo(200);
    assertThat(queued(fra).all()).isEqualTo(18);
  }

  @Test
  void oneWhoseTimeIsOverMayBeFollowedByTheFirstOneOfAnotherQueue() {
    ServiceName media = new ServiceName("media");
    TestSite fra =
        opened(
            new TestSite(
                "fra",
                1,
                usual ->
                    TestSettings.oneLoop(usual)
                        .with(
                            new TrafficSettings(
                                new TreeMap<>(
                                    Map.of(
                                        TestSite.SHOP,
                                        Rules.queue(9, 2_000),
                                        media,
                                        Rules.queue(9, 2_000)))))));
    fra.publish(Signal.UP, new HostedService(backends(backend), 1));
    fra.publishBeside(media, "media.test", new HostedService(backends(there), 1));
    asks(fra, "/1");
    awaitAtBackend(1);
    RawClient second = asks(fra, "/2").send("GET /3 HTTP/1.1\r\nHost: media.test\r\n\r\n");
    awaitWaiting(fra, 1);
    fra.letPass(2_100);
    assertThat(second.read().status()).isEqualTo(503);
    assertThat(second.read().body()).isEqualTo("there");
    RawClient third = asks(fra, "/4");
    awaitWaiting(fra, 1);
    fra.letPass(2_100);
    assertThat(third.read().status()).as("the time of the loop goes on").isEqualTo(503);
  }

  @Test
  void aFullQueueSendsRequestsToTheNextSiteOrRefusesThem() {
    TestSite fra = site(1, 60_000);
    asks(fra, "/1");
    awaitAtBackend(1);
    RawClient second = asks(fra, "/2");
    awaitWaiting(fra, 1);
    RawClient.Answer refused = asks(fra, "/3").read();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.field("proxy-status").orElseThrow()).contains("OVERLOADED");
    andElsewhere(fra);
    assertThat(asks(fra, "/4").read().body()).isEqualTo("there");
    fra.awaitLastDecision(Reason.LOCAL_FULL);
    mayAnswer.release(2);
    assertThat(second.read().body()).isEqualTo("ok");
  }

  @Test
  void whoHasWaitedForTooLongGoesToTheNextSiteOrIsRefused() {
    TestSite fra = site(10, 400);
    asks(fra, "/1");
    awaitAtBackend(1);
    RawClient second = asks(fra, "/2");
    awaitWaiting(fra, 1);
    fra.letPass(500);
    RawClient.Answer refused = second.read();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.field("proxy-status").orElseThrow()).contains("OVERLOADED");
    assertThat(queued(fra)).isEqualTo(new EdgeStats.Queued(0, 1, 1));
    andElsewhere(fra);
    RawClient third = asks(fra, "/3");
    awaitWaiting(fra, 1);
    fra.letPass(500);
    assertThat(third.read().body()).isEqualTo("there");
    assertThat(backend.received).hasSize(1);
  }

  @Test
  void theOldestIsNextUntilItHasWaitedForHalfOfItsTimeAndThenTheNewest() {
    TestSite fra =
        opened(
            new TestSite(
                "fra", 1, c -> Rules.of(Rules.queue(10, 4_000)).apply(TestSettings.oneLoop(c))));
    fra.publish(Signal.UP, new HostedService(backends(backend), 1));
    List<RawClient> clients = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      clients.add(asks(fra, "/" + i));
      awaitWaiting(fra, i - 1);
    }
    awaitAtBackend(1);
    mayAnswer.release();
    awaitAtBackend(2);
    fra.letPass(2_100);
    mayAnswer.release();
    awaitAtBackend(3);
    mayAnswer.release();
    awaitAtBackend(4);
    fra.letPass(2_000);
    // The limit of the others has come.
    awaitWaiting(fra, 0);
    mayAnswer.release(10);
    assertThat(clients.get(2).read().status()).isEqualTo(503);
    assertThat(clients.get(3).read().status()).isEqualTo(503);
    assertThat(clients.get(5).read().status()).isEqualTo(200);
    assertThat(paths()).containsExactly("/1", "/2", "/6", "/5");
  }

  @Test
  void aClientThatLeavesLeavesTheQueue() {
    TestSite fra = site(1, 60_000);
    RawClient first = asks(fra, "/1");
    awaitAtBackend(1);
    RawClient second = asks(fra, "/2");
    awaitWaiting(fra, 1);
    second.reset();
    awaitWaiting(fra, 0);
    RawClient third = asks(fra, "/3");
    awaitWaiting(fra, 1);
    mayAnswer.release(2);
    assertThat(first.read().status()).isEqualTo(200);
    assertThat(third.read().status()).isEqualTo(200);
    assertThat(paths()).containsExactly("/1", "/3");
  }

  @Test
  void theBodyOfARequestThatWaitsArrivesWhole() {
    TestSite fra = site(10, 60_000);
    RawClient first = asks(fra, "/1");
    awaitAtBackend(1);
    RawClient second = opened(new RawClient(fra.http()));
    second.send("POST /2 HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 200000\r\n\r\n");
    second.send("x".repeat(200_000));
    awaitWaiting(fra, 1);
    mayAnswer.release(2);
    assertThat(first.read().status()).isEqualTo(200);
    assertThat(second.read().status()).isEqualTo(200);
    assertThat(backend.received.getLast().bodyLength()).isEqualTo(200_000);
  }

  @Test
  void whoWaitsForAServiceThatIsGoneGoesToAnotherSite() {
    TestSite fra = site(10, 60_000);
    asks(fra, "/1");
    awaitAtBackend(1);
    RawClient second = asks(fra, "/2");
    awaitWaiting(fra, 1);
    nyc.publish(Signal.UP, backends(there));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    fra.edge().servicesChanged(Set.of(TestSite.SHOP));
    assertThat(second.read().body()).isEqualTo("there");
    awaitWaiting(fra, 0);
  }

  @Test
  void aPlaceThatIsNotUsedIsGivenBack() {
    TestSite fra = site(10, 60_000);
    OriginServer sick = new OriginServer(backend.address(), false);
    fra.publish(Signal.UP, new HostedService(List.of(sick), 1));
    assertThat(asks(fra, "/1").read().status()).isEqualTo(503);
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.UP, new HostedService(List.of(sick), 1), nyc.candidate(Signal.UP, 1));
    RawClient second = asks(fra, "/2");
    awaitAtBackend(1);
    fra.publish(Signal.UP, new HostedService(backends(there), 1));
    assertThat(asks(fra, "/3").read().body()).isEqualTo("there");
    assertThat(queued(fra).all()).isZero();
    mayAnswer.release();
    assertThat(second.read().body()).isEqualTo("ok");
  }

  @Test
  void requestsOfOtherNodesWaitToo() {
    TestSite sin = opened(new TestSite("sin", 3));
    TestSite fra = site(10, 60_000);
    sin.publish(Signal.DOWN, List.of(), fra.candidate(Signal.UP, 1));
    RawClient first = asks(fra, "/1");
    awaitAtBackend(1);
    RawClient second = asks(sin, "/2");
    awaitWaiting(fra, 1);
    mayAnswer.release(2);
    assertThat(first.read().status()).isEqualTo(200);
    assertThat(second.read().body()).isEqualTo("ok");
  }

  @Test
  void withoutAQueueNobodyWaits() {
    TestSite fra = opened(new TestSite("fra", 1));
    fra.publish(Signal.UP, new HostedService(backends(backend), 1));
    asks(fra, "/1");
    awaitAtBackend(1);
    assertThat(asks(fra, "/2").read().status()).isEqualTo(503);
  }
}

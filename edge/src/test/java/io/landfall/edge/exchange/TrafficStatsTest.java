package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.SHOP;
import static io.landfall.edge.server.TestSite.backends;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.core.SocketText;
import io.landfall.decision.Reason;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.ResultClass;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrafficStats;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What an edge counts of requests by service, by node and by backend. */
class TrafficStatsTest {
  private static final ServiceName OTHER = new ServiceName("other");

  private static TrafficStats.OfService of(TestSite site, Optional<ServiceName> service) {
    return site.edge().traffic().services().stream()
        .filter(each -> each.service().equals(service))
        .findFirst()
        .orElseThrow();
  }

  private static TrafficStats.OfOutcome outcome(TestSite site, Reason.Outcome outcome) {
    return requireNonNull(of(site, Optional.of(SHOP)).outcomes().get(outcome));
  }

  private static Map<ResultClass, Long> results(TestSite site, Reason.Outcome outcome) {
    return outcome(site, outcome).results();
  }

  private static List<Optional<ServiceName>> services(TestSite site) {
    return site.edge().traffic().services().stream().map(TrafficStats.OfService::service).toList();
  }

  private static void awaitEnd(CountDownLatch mayEnd) {
    try {
      mayEnd.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitNone(TestSite site) {
    TestSite.await("all are over", () -> site.edge().stats().requestsInProgress() == 0);
  }

  @Test
  void aRequestIsCountedWithItsServiceStatusTimesAndBytes() {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    request.line().contains("/missing")
                        ? TestBackend.raw(
                            out, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone")
                        : TestBackend.ok(out, "hello"));
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      client.send("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(client.read().body()).isEqualTo("hello");
      client.send("GET /missing HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(404);
      client.send("GET / HTTP/1.1\r\nHost: anything-that-a-client-sends.test\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(421);
      awaitNone(fra);

      TrafficStats.OfService shop = of(fra, Optional.of(SHOP));
      TrafficStats.OfOutcome served = outcome(fra, Reason.Outcome.SERVE);
      assertThat(shop.outcomes()).containsOnlyKeys(Reason.Outcome.SERVE);
      assertThat(served.results())
          .isEqualTo(Map.of(ResultClass.SUCCESS, 1L, ResultClass.CLIENT_ERROR, 1L));
      assertThat(served.durations().count()).isEqualTo(2);
      assertThat(served.durations().sumMicros()).isPositive();
      assertThat(shop.firstByte().count()).isEqualTo(2);
      assertThat(shop.firstByte().sumMicros())
          .isPositive()
          .isLessThanOrEqualTo(served.durations().sumMicros());
      assertThat(shop.bytes()).isEqualTo(new TrafficStats.Bytes(3, 9));
      assertThat(shop.inProgress()).isZero();
      assertThat(shop.reasons()).isEqualTo(Map.of(Reason.LOCAL_UP, 2L));
      assertThat(of(fra, Optional.empty()).reasons()).isEqualTo(Map.of(Reason.UNKNOWN_HOST, 1L));
      assertThat(services(fra)).containsExactly(Optional.empty(), Optional.of(SHOP));
      TrafficStats.OfBackend asked = fra.edge().traffic().backends().getFirst();
      assertThat(asked.service()).isEqualTo(SHOP);
      assertThat(asked.backend()).isEqualTo(SocketText.of(backend.address()));
      assertThat(asked.up()).isTrue();
      assertThat(asked.attempts().results()).isEqualTo(served.results());
      assertThat(asked.attempts().firstByte().count()).isEqualTo(2);
    }
  }

  @Test
  void aClientThatLeavesAndAResponseThatBreaksOffAreNoSuccess() {
    CountDownLatch mayEnd = new CountDownLatch(1);
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  TestBackend.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
                  if (request.line().contains("/wait")) {
                    awaitEnd(mayEnd);
                  }
                  return false;
                });
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (RawClient client = new RawClient(fra.http())) {
        client.send("GET /broken HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        TestSite.await("it is over", () -> fra.edge().stats().aborted() == 1);
      }
      awaitNone(fra);
      assertThat(results(fra, Reason.Outcome.SERVE)).isEqualTo(Map.of(ResultClass.ABORTED, 1L));
      RawClient leaving = new RawClient(fra.http());
      leaving.send("GET /wait HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      TestSite.await("it waits", () -> of(fra, Optional.of(SHOP)).inProgress() == 1);
      TestSite.await("the backend has it", () -> backend.received.size() == 2);
      leaving.close();
      awaitNone(fra);
      assertThat(results(fra, Reason.Outcome.SERVE))
          .isEqualTo(Map.of(ResultClass.ABORTED, 1L, ResultClass.CLIENT_CLOSED, 1L));
      assertThat(of(fra, Optional.of(SHOP)).inProgress()).isZero();
      assertThat(fra.edge().traffic().backends().getFirst().attempts().results())
          .containsEntry(ResultClass.FAILED, 1L);
    } finally {
      mayEnd.countDown();
    }
  }

  @Test
  void aBackendThatFailsIsCountedApartFromTheOneThatAnswersThen() throws IOException {
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = new TestSite("fra", 1)) {
      InetSocketAddress closed = closedPort();
      fra.publish(
          Signal.UP,
          List.of(new OriginServer(closed, true), new OriginServer(backend.address(), true)));
      for (int i = 0; i < 4; i++) {
        assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
      }
      awaitNone(fra);
      Map<String, Map<ResultClass, Long>> all = new TreeMap<>();
      fra.edge()
          .traffic()
          .backends()
          .forEach(each -> all.put(each.backend(), each.attempts().results()));
      assertThat(all).containsOnlyKeys(SocketText.of(closed), SocketText.of(backend.address()));
      assertThat(all.get(SocketText.of(closed))).containsOnlyKeys(ResultClass.FAILED);
      assertThat(all.get(SocketText.of(backend.address())))
          .isEqualTo(Map.of(ResultClass.SUCCESS, 4L));
    }
  }

  private static InetSocketAddress closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
  }

  @Test
  void aForwardedRequestIsCountedWithTheNodeThatWasAsked() {
    try (TestBackend backend = TestBackend.saying("there");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("there");
      awaitNone(fra);
      assertThat(results(fra, Reason.Outcome.FORWARD)).isEqualTo(Map.of(ResultClass.SUCCESS, 1L));
      assertThat(fra.edge().traffic().nodes())
          .singleElement()
          .satisfies(
              node -> {
                assertThat(node.node()).isEqualTo("nyc");
                assertThat(node.attempts().results()).isEqualTo(Map.of(ResultClass.SUCCESS, 1L));
                assertThat(node.attempts().firstByte().count()).isEqualTo(1);
              });
      awaitNone(nyc);
      TrafficStats.OfOutcome there = outcome(nyc, Reason.Outcome.SERVE);
      assertThat(there.results()).isEmpty();
      assertThat(there.resultsForNodes()).isEqualTo(Map.of(ResultClass.SUCCESS, 1L));
      assertThat(there.durations().count()).as("the other node measures the whole").isZero();
      assertThat(nyc.edge().traffic().nodes()).isEmpty();
    }
  }

  @Test
  void aServiceThatLeavesTheConfigLosesItsCountsAndOthersKeepTheirs() {
    CountDownLatch mayEnd = new CountDownLatch(1);
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  if (request.line().contains("/wait")) {
                    awaitEnd(mayEnd);
                  }
                  return TestBackend.ok(out, "ok");
                });
        TestSite fra = new TestSite("fra", 1);
        RawClient waiting = new RawClient(fra.http())) {
      fra.publish(Signal.UP, backends(backend));
      fra.publishBeside(OTHER, "other.test", new HostedService(backends(backend), 10));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
      assertThat(RawClient.get(fra.http(), "other.test", "/").status()).isEqualTo(200);
      waiting.send("GET /wait HTTP/1.1\r\nHost: other.test\r\n\r\n");
      TestSite.await("it is there", () -> backend.received.size() == 3);
      assertThat(services(fra)).contains(Optional.of(OTHER), Optional.of(SHOP));
      fra.publish(Signal.UP, backends(backend));
      fra.edge().servicesGone(Set.of(OTHER));
      TestSite.await("it is gone", () -> !services(fra).contains(Optional.of(OTHER)));
      mayEnd.countDown();
      assertThat(waiting.read().status()).isEqualTo(200);
      awaitNone(fra);
      assertThat(services(fra)).containsExactly(Optional.empty(), Optional.of(SHOP));
      assertThat(results(fra, Reason.Outcome.SERVE)).isEqualTo(Map.of(ResultClass.SUCCESS, 1L));
      assertThat(fra.edge().traffic().backends()).hasSize(1);
    } finally {
      mayEnd.countDown();
    }
  }

  @Test
  void aBackendThatLeavesTheConfigAndComesBackBeginsAnew() {
    try (TestBackend backend = TestBackend.saying("ok");
        TestBackend other = TestBackend.saying("ok");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
      awaitNone(fra);
      assertThat(attempts(fra)).isEqualTo(1);
      fra.publish(Signal.UP, backends(other));
      fra.edge().servicesChanged(Set.of(SHOP));
      assertThat(attempts(fra)).isZero();
      // Behind the change on each event loop.
      for (int i = 0; i < 4; i++) {
        assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
      }
      fra.publish(Signal.UP, backends(backend));
      assertThat(attempts(fra)).isZero();
    }
  }

  private static long attempts(TestSite site) {
    return site.edge().traffic().backends().stream()
        .flatMap(each -> each.attempts().results().values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }
}

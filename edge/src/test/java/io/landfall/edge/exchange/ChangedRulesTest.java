package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.HostedService;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.TrafficSettings.Service;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Rules of a service that change while the edge runs. */
class ChangedRulesTest {
  private static final RateLimit TWO = new RateLimit(Optional.empty(), 2, 86_400_000, 2, false);

  private static TestSite site(TestBackend backend, Service rules) {
    TestSite site = new TestSite("fra", 1, Rules.of(rules));
    site.publish(Signal.UP, backends(backend));
    return site;
  }

  private static void change(TestSite site, Service... rules) {
    change(site, 0, rules);
  }

  private static void change(TestSite site, int generation, Service... rules) {
    TreeMap<ServiceName, Service> all = new TreeMap<>();
    for (Service each : rules) {
      all.put(TestSite.SHOP, each);
    }
    EdgeSettings.Policies none = EdgeSettings.Policies.NONE;
    site.change(
        new EdgeSettings.Policies(
            none.claims(), none.cache(), none.tunnels(), none.retries(), new TrafficSettings(all)),
        generation);
  }

  private static int ask(TestSite site) {
    return RawClient.get(site.http(), "shop.test", "/").status();
  }

  @Test
  void whatClientsHaveUsedOfALimitThatStaysIsUsed() {
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = site(backend, Rules.limits(TWO))) {
      assertThat(ask(fra)).isEqualTo(200);
      assertThat(ask(fra)).isEqualTo(200);
      change(
          fra,
          Rules.all(Rules.limits(TWO), Rules.access(List.of(), Rules.networks("192.0.2.0/24"))));
      assertThat(ask(fra)).as("the same limit").isEqualTo(429);
      RateLimit byField =
          new RateLimit(Optional.of(AsciiString.cached("x-key")), 9, 86_400_000, 9, false);
      change(fra, Rules.limits(byField, TWO));
      assertThat(ask(fra)).as("the same limit behind another one").isEqualTo(429);
      RateLimit three = new RateLimit(Optional.empty(), 3, 86_400_000, 3, false);
      change(fra, Rules.limits(three));
      assertThat(ask(fra)).as("another limit").isEqualTo(200);
    }
  }

  @Test
  void aLimitThatStaysIsUsedWhereOneBesideItChanges() {
    RateLimit many = new RateLimit(Optional.empty(), 1_000, 86_400_000, 1_000, false);
    RateLimit more = new RateLimit(Optional.empty(), 2_000, 86_400_000, 2_000, false);
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = site(backend, Rules.limits(TWO, many))) {
      assertThat(ask(fra)).isEqualTo(200);
      assertThat(ask(fra)).isEqualTo(200);
      change(fra, Rules.limits(more, TWO));
      assertThat(ask(fra)).isEqualTo(429);
    }
  }

  @Test
  void rulesComeAndGoFromOneRequestToTheNext() {
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = site(backend, Rules.limits(TWO))) {
      change(fra, Rules.access(List.of(), Rules.networks("127.0.0.0/8")));
      assertThat(ask(fra)).isEqualTo(403);
      change(fra);
      for (int i = 0; i < 4; i++) {
        assertThat(ask(fra)).isEqualTo(200);
      }
    }
  }

  @Test
  void aServiceThatLeavesTheConfigIsClosedAsLongAsRequestsAreRoutedToIt() {
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = site(backend, Rules.access(List.of(), Rules.networks("127.0.0.0/8")))) {
      change(fra, 1);
      assertThat(ask(fra)).as("the rules are gone, the snapshot is the one before").isEqualTo(403);
      fra.generation(1);
      assertThat(ask(fra)).isEqualTo(200);
      change(fra, 2, Rules.access(List.of(), Rules.networks("127.0.0.0/8")));
      assertThat(ask(fra)).isEqualTo(200);
      fra.generation(2);
      assertThat(ask(fra)).isEqualTo(403);
    }
  }

  @Test
  void aRequestThatWaitsGoesOnWithoutItsQueue() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    try (TestBackend backend = holding(held);
        TestSite fra = new TestSite("fra", 1, Rules.of(Rules.queue(5, 60_000)));
        RawClient first = busy(fra, backend);
        RawClient second = waiting(fra)) {
      change(fra);
      held.countDown();
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).isEqualTo(200);
    }
  }

  @Test
  void whoWaitsGoesOnWhenThereAreMorePlaces() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    try (TestBackend backend = holding(held);
        TestSite fra = new TestSite("fra", 1, Rules.of(Rules.queue(5, 60_000)));
        RawClient first = busy(fra, backend);
        RawClient second = waiting(fra)) {
      fra.publish(Signal.UP, new HostedService(backends(backend), 2));
      fra.edge().servicesChanged(Set.of(TestSite.SHOP));
      assertThat(second.read().status()).isEqualTo(200);
      held.countDown();
      assertThat(first.read().status()).isEqualTo(200);
    }
  }

  @Test
  void whoWaitsForAServiceThatLeavesTheConfigIsAnsweredAtOnce() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    try (TestBackend backend = holding(held);
        TestSite fra = new TestSite("fra", 1, Rules.of(Rules.queue(5, 60_000)));
        RawClient first = busy(fra, backend);
        RawClient second = waiting(fra)) {
      fra.forget();
      fra.edge().servicesChanged(Set.of());
      assertThat(second.read().status()).isEqualTo(421);
      held.countDown();
      assertThat(first.read().status()).isEqualTo(200);
    }
  }

  /** A client whose request waits for the one that is held. */
  private static RawClient waiting(TestSite fra) {
    RawClient client = new RawClient(fra.http());
    client.send("GET /next HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    TestSite.await("it waits", () -> fra.edge().stats().defences().queued().now() == 1);
    return client;
  }

  private static TestBackend holding(CountDownLatch held) {
    return new TestBackend(
        (request, in, out) -> {
          if (request.line().contains("/held")) {
            await(held);
          }
          return TestBackend.ok(out, "ok");
        });
  }

  private static RawClient busy(TestSite fra, TestBackend backend) {
    fra.publish(Signal.UP, new HostedService(backends(backend), 1));
    RawClient client = new RawClient(fra.http());
    client.send("GET /held HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    TestSite.await("it is there", () -> !backend.received.isEmpty());
    return client;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

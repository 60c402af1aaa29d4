package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.SHOP;
import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Shield;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.HostedService;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.TrafficSettings.Service;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A request waits, and is held to other rules when it goes on: those of who answers it. */
class MovedHostTest {
  private static final ServiceName BLOG = new ServiceName("blog");
  private static final Service CLOSED =
      Rules.access(List.of(), Rules.networks("127.0.0.0/8", "::1/128"));
  private static final RateLimit TWO = new RateLimit(Optional.empty(), 2, 86_400_000, 2, false);

  private final CountDownLatch held = new CountDownLatch(1);
  private final TestBackend backend =
      new TestBackend(
          (request, in, out) -> {
            if (request.line().contains("/held")) {
              await(held);
            }
            return TestBackend.ok(out, "ok");
          });

  @AfterEach
  void stop() {
    held.countDown();
    backend.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static TrafficSettings rules(Map<ServiceName, Service> services) {
    return new TrafficSettings(new TreeMap<>(services));
  }

  private static UnaryOperator<EdgeSettings> with(Map<ServiceName, Service> services) {
    return settings -> settings.with(rules(services));
  }

  private static void change(TestSite site, Service shop) {
    EdgeSettings.Policies none = EdgeSettings.Policies.NONE;
    site.change(
        new EdgeSettings.Policies(
            none.claims(), none.cache(), none.tunnels(), none.retries(), rules(Map.of(SHOP, shop))),
        0);
  }

  /** From now on shop.test is the blog's. */
  private void move(TestSite site) {
    HostedService hosted = new HostedService(backends(backend), 1);
    site.publish(List.of("other.test"), Shield.NONE, Signal.UP, hosted);
    site.publishBeside(BLOG, "shop.test", new HostedService(backends(backend), 100));
  }

  private static RawClient ask(TestSite site, String path) {
    return new RawClient(site.http()).send("GET " + path + " HTTP/1.1\r\nHost: shop.test\r\n\r\n");
  }

  /** A site whose one place is taken, and a request that waits for it. */
  private RawClient busy(TestSite site) {
    site.publish(Signal.UP, new HostedService(backends(backend), 1));
    RawClient first = ask(site, "/held");
    TestSite.await("it is there", () -> !backend.received.isEmpty());
    return first;
  }

  private static RawClient waiting(TestSite site) {
    RawClient client = ask(site, "/next");
    TestSite.await("it waits", () -> site.edge().stats().defences().queued().now() == 1);
    return client;
  }

  @Test
  void aRequestHeldAtTheStartIsHeldToTheRulesOfTheServiceThatAnswers() {
    try (TestSite fra = new TestSite("fra", 1, with(Map.of(BLOG, CLOSED)))) {
      fra.publish(Signal.DOWN, List.of());
      fra.starting(true);
      try (RawClient client = ask(fra, "/")) {
        TestSite.await("it is held", () -> fra.edge().stats().requestsInProgress() == 1);
        move(fra);
        fra.edge().servicesChanged(Set.of(SHOP));
        RawClient.Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("CLIENT_DENIED", "blog");
      }
      assertThat(backend.received).isEmpty();
    }
  }

  @Test
  void aRequestThatLeavesAQueueIsHeldToTheRulesOfTheServiceThatAnswers() {
    try (TestSite fra =
            new TestSite("fra", 1, with(Map.of(SHOP, Rules.queue(5, 60_000), BLOG, CLOSED)));
        RawClient first = busy(fra);
        RawClient second = waiting(fra)) {
      move(fra);
      held.countDown();
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).isEqualTo(403);
      assertThat(backend.received).hasSize(1);
    }
  }

  /** Neither the request nor the place that it waited for is left behind. */
  @Test
  void aRequestWhoseServiceIsNowhereLeavesTheQueueOfTheFirst() {
    try (TestSite fra = new TestSite("fra", 1, with(Map.of(SHOP, Rules.queue(5, 60_000))));
        RawClient first = busy(fra);
        RawClient second = waiting(fra)) {
      HostedService hosted = new HostedService(backends(backend), 1);
      fra.publish(List.of("other.test"), Shield.NONE, Signal.UP, hosted);
      fra.publishBeside(BLOG, "shop.test", Signal.DOWN, new HostedService(List.of(), 100));
      fra.edge().servicesChanged(Set.of(SHOP));
      assertThat(second.read().status()).isEqualTo(503);
      assertThat(fra.edge().stats().defences().queued().now()).isZero();
      held.countDown();
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(RawClient.get(fra.http(), "other.test", "/").status()).isEqualTo(200);
      TestSite.await("no place is held", () -> fra.edge().stats().requestsInProgress() == 0);
    }
  }

  @Test
  void aRequestDoesNotJoinWhatIsFetchedForTheServiceBefore() {
    CacheSettings cached =
        CacheSettings.of(16 << 20, Map.of(SHOP, CachePolicy.DEFAULT, BLOG, CachePolicy.DEFAULT));
    try (TestBackend other = TestBackend.saying("blog");
        TestSite fra = new TestSite("fra", 1, settings -> settings.with(cached))) {
      fra.publish(Signal.UP, new HostedService(backends(backend), 9));
      try (RawClient first = ask(fra, "/held")) {
        TestSite.await("it is there", () -> !backend.received.isEmpty());
        HostedService hosted = new HostedService(backends(backend), 9);
        fra.publish(List.of("other.test"), Shield.NONE, Signal.UP, hosted);
        fra.publishBeside(BLOG, "shop.test", new HostedService(backends(other), 9));
        try (RawClient second = ask(fra, "/held")) {
          assertThat(second.read().body()).isEqualTo("blog");
        }
        held.countDown();
        assertThat(first.read().body()).isEqualTo("ok");
      }
    }
  }

  @Test
  void fieldsAreThoseOfTheServiceThatAnswers() {
    Service fields = Rules.responseFields(Rules.changes(List.of("x-by: blog")));
    try (TestSite fra =
            new TestSite("fra", 1, with(Map.of(SHOP, Rules.queue(5, 60_000), BLOG, fields)));
        RawClient first = busy(fra);
        RawClient second = waiting(fra)) {
      move(fra);
      held.countDown();
      assertThat(first.read().all("x-by")).isEmpty();
      RawClient.Answer answer = second.read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.all("x-by")).containsExactly("blog");
      TestSite.await("no place is held", () -> fra.edge().stats().requestsInProgress() == 0);
    }
  }

  @Test
  void rulesThatChangeWhileARequestWaitsHoldForIt() {
    Service queue = Rules.queue(5, 60_000);
    try (TestSite fra = new TestSite("fra", 1, with(Map.of(SHOP, queue)));
        RawClient first = busy(fra);
        RawClient second = waiting(fra)) {
      change(fra, CLOSED);
      held.countDown();
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).isEqualTo(403);
    }
  }

  @Test
  void whatWaitedIsCountedOnceByALimitThatStays() {
    Service queued = withQueue(Rules.limits(TWO));
    try (TestSite fra = new TestSite("fra", 1, with(Map.of(SHOP, queued)));
        RawClient first = busy(fra);
        RawClient second = waiting(fra)) {
      change(fra, Rules.limits(TWO));
      held.countDown();
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).as("it was counted when it came").isEqualTo(200);
      try (RawClient third = ask(fra, "/")) {
        assertThat(third.read().status()).isEqualTo(429);
      }
    }
  }

  private static Service withQueue(Service rules) {
    Service queue = Rules.queue(5, 60_000);
    return new Service(
        rules.access(),
        rules.rateLimits(),
        rules.maintenance(),
        rules.redirects(),
        rules.requestFields(),
        rules.responseFields(),
        queue.queue());
  }
}

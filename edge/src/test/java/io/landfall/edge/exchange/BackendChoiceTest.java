package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which of several backends of one service gets a request. */
class BackendChoiceTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final int REQUESTS = 20;

  private final CountDownLatch go = new CountDownLatch(1);
  private final TestBackend one = new TestBackend((request, in, out) -> held(request, out, "one"));
  private final TestBackend other =
      new TestBackend((request, in, out) -> held(request, out, "other"));

  // One event loop: the least busy is that of a loop's own connections.
  private final TestSite fra = new TestSite("fra", 1, TestSettings::oneLoop);
  private final TestSite nyc = new TestSite("nyc", 2);

  private boolean held(TestBackend.Received request, java.io.OutputStream out, String name)
      throws java.io.IOException {
    if (request.line().contains("/hold")) {
      TestBackend.holdUntil(go);
    }
    return TestBackend.ok(out, name);
  }

  @AfterEach
  void stop() {
    go.countDown();
    fra.close();
    nyc.close();
    one.close();
    other.close();
  }

  private static OriginServer unhealthy(TestBackend backend) {
    return new OriginServer(backend.address(), false);
  }

  private static OriginServer healthy(TestBackend backend) {
    return new OriginServer(backend.address(), true);
  }

  @Test
  void anUnhealthyBackendGetsNothingWhileAHealthyOneAnswers() {
    for (List<OriginServer> backends :
        List.of(List.of(unhealthy(one), healthy(other)), List.of(healthy(other), unhealthy(one)))) {
      fra.publish(Signal.UP, backends);
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("other");
      }
    }
    assertThat(one.received).isEmpty();
  }

  @Test
  void whereNoBackendIsHealthyTheNextSiteIsAsked() {
    nyc.publish(Signal.UP, backends(other));
    fra.publish(Signal.UP, List.of(unhealthy(one)), nyc.candidate(Signal.UP, 1));
    assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("other");
    assertThat(one.received).isEmpty();
  }

  @Test
  void backendsThatAreEquallyBusyTakeTurns() {
    fra.publish(Signal.UP, backends(one, other));
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
    }
    assertThat(one.received).hasSize(REQUESTS / 2);
    assertThat(other.received).hasSize(REQUESTS / 2);
  }

  @Test
  void theLeastBusyBackendIsAsked() {
    fra.publish(Signal.UP, backends(one));
    List<RawClient> holders = new ArrayList<>();
    for (int i = 1; i <= REQUESTS; i++) {
      int held = i;
      holders.add(new RawClient(fra.http()).send(GET.replace("/ ", "/hold ")));
      TestSite.await("it is held", () -> one.received.size() == held);
    }
    fra.publish(Signal.UP, backends(one, other));
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("other");
    }
    go.countDown();
    for (RawClient holder : holders) {
      assertThat(holder.read().body()).isEqualTo("one");
      holder.close();
    }
    // All are done: both take turns again.
    int before = one.received.size();
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
    }
    assertThat(one.received).hasSize(before + REQUESTS / 2);
  }

  @Test
  void requestsThatWereGivenUpDoNotCountAgainstTheirBackend() {
    fra.publish(Signal.UP, backends(one));
    List<RawClient> holders = new ArrayList<>();
    for (int i = 1; i <= REQUESTS; i++) {
      int held = i;
      holders.add(new RawClient(fra.http()).send(GET.replace("/ ", "/hold ")));
      TestSite.await("it is held", () -> one.received.size() == held);
    }
    holders.forEach(RawClient::reset);
    TestSite.await("none is left", () -> fra.edge().stats().requestsInProgress() == 0);
    fra.publish(Signal.UP, backends(one, other));
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
    }
    assertThat(one.received).hasSize(REQUESTS + REQUESTS / 2);
  }

  @Test
  void aRequestIsTriedSoOftenAndNotOnceMore() {
    int most = EdgeLimits.defaults().attempts().maxAttempts();
    List<TestBackend> closing = new ArrayList<>();
    for (int i = 0; i <= most; i++) {
      closing.add(new TestBackend((request, in, out) -> false));
    }
    fra.publish(Signal.UP, backends(closing.toArray(TestBackend[]::new)));
    assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(502);
    assertThat(closing).extracting(each -> each.received.size()).containsOnlyOnce(0);
    assertThat(closing.stream().mapToInt(each -> each.received.size()).sum()).isEqualTo(most);
    closing.forEach(TestBackend::close);
  }

  private static OriginServer weighing(TestBackend backend, int weight) {
    return new OriginServer(new OriginPlace(backend.address(), Optional.empty()), true, weight);
  }

  @Test
  void aBackendGetsRequestsByItsWeightAndNoneWithWeightZero() {
    fra.publish(Signal.UP, List.of(weighing(one, 3), weighing(other, 1)));
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
    }
    assertThat(one.received).hasSize(REQUESTS * 3 / 4);
    assertThat(other.received).hasSize(REQUESTS / 4);
    fra.publish(Signal.UP, List.of(weighing(one, 0), weighing(other, 1)));
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("other");
    }
  }

  @Test
  void whatADrainedBackendHasIsFinishedThoughTheServiceGoesDownForIt() {
    nyc.publish(Signal.UP, backends(other));
    fra.publish(Signal.UP, List.of(weighing(one, 1)), nyc.candidate(Signal.UP, 1));
    try (RawClient holder = new RawClient(fra.http()).send(GET.replace("/ ", "/hold "))) {
      TestSite.await("it is held", () -> one.received.size() == 1);
      fra.publish(Signal.DOWN, List.of(weighing(one, 0)), nyc.candidate(Signal.UP, 1));
      fra.edge().servicesChanged(Set.of(TestSite.SHOP));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("other");
      go.countDown();
      assertThat(holder.read().body()).isEqualTo("one");
    }
    assertThat(one.received).hasSize(1);
  }
}

package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.RetryBudgets;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.server.TestSite;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How many attempts may be repeats. */
class RetryBudgetTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  private static TestSite site(String name, int number) {
    return new TestSite(
        name,
        number,
        settings -> TestSettings.oneLoop(settings.with(RetryBudgets.of(Map.of(TestSite.SHOP, 0)))));
  }

  @Test
  void beyondItTheFirstFailureIsTheAnswer() {
    CountDownLatch go = new CountDownLatch(1);
    Set<InputStream> used = ConcurrentHashMap.newKeySet();
    try (TestBackend closing = new TestBackend((request, in, out) -> false);
        TestBackend slow =
            new TestBackend(
                (request, in, out) -> {
                  TestBackend.holdUntil(go);
                  return TestBackend.ok(out, "ok");
                });
        TestBackend once =
            new TestBackend((request, in, out) -> used.add(in) && TestBackend.ok(out, "first"));
        TestSite nyc = site("nyc", 2);
        TestSite fra = site("fra", 1)) {
      nyc.publish(Signal.UP, backends(slow));
      fra.publish(Signal.UP, backends(closing), nyc.candidate(Signal.UP, 1));
      List<RawClient> repeated = new ArrayList<>();
      for (int i = 1; i <= RetryBudgets.LEAST; i++) {
        int all = i;
        repeated.add(new RawClient(fra.http()).send(GET));
        TestSite.await("it is repeated", () -> slow.received.size() == all);
      }
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(502);
      assertThat(slow.received).hasSize(RetryBudgets.LEAST);
      assertThat(fra.edge().stats().attempts().refusedRepeats()).isEqualTo(1);
      fra.publish(Signal.UP, backends(once));
      try (RawClient client = new RawClient(fra.http())) {
        assertThat(client.send(GET).read().body()).isEqualTo("first");
        // Another connection to the same backend is no such repeat.
        assertThat(client.send(GET).read().body()).isEqualTo("first");
      }
      assertThat(once.received).hasSize(3);
      fra.publish(Signal.UP, backends(closing), nyc.candidate(Signal.UP, 1));
      go.countDown();
      for (RawClient client : repeated) {
        assertThat(client.read().status()).isEqualTo(200);
        client.close();
      }
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(200);
    }
  }

  @Test
  void aPartOfTheAttemptsInProgressMayBeRepeats() {
    RepeatBudget budget = new RepeatBudget();
    budget.allow(20);
    for (int i = 0; i < 100; i++) {
      budget.begin(false);
    }
    int repeats = 0;
    while (budget.allows()) {
      budget.begin(true);
      repeats++;
    }
    // A fifth of 137, and ten.
    assertThat(repeats).isEqualTo(37);
    budget.end(true);
    assertThat(budget.allows()).isTrue();
  }
}

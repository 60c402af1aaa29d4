package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.QueueUse;
import io.landfall.edge.RawClient;
import io.landfall.edge.RequestSpans;
import io.landfall.edge.RuledBackends;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Sampled requests are one trace over two nodes and the backend, each span below the one before.
 */
class SampledRequestsTest {
  private final TestBackend backend = TestBackend.saying("hello");
  private final Collected near = new Collected(1);
  private final Collected far = new Collected(0);
  private final TestSite fra = TestSite.tracing("fra", 1, near, UnaryOperator.identity());
  private final TestSite nyc = TestSite.tracing("nyc", 2, far, UnaryOperator.identity());

  private static EdgeSettings cached(EdgeSettings settings) {
    return settings.with(CacheSettings.of(16 << 20, Map.of(TestSite.SHOP, CachePolicy.DEFAULT)));
  }

  /** Keeps what is sampled. */
  private static final class Collected implements RequestSpans {
    private final List<FinishedRequest> all = new CopyOnWriteArrayList<>();
    private volatile double share;

    Collected(double share) {
      this.share = share;
    }

    @Override
    public double share() {
      return share;
    }

    @Override
    public void over(FinishedRequest request) {
      all.add(request);
    }

    @Override
    public Stats stats() {
      return new Stats(all.size(), 0, 0, Optional.empty());
    }

    @Override
    public QueueUse queue() {
      return new QueueUse(0, 1);
    }

    @Override
    public void close() {}

    List<FinishedRequest> await(int count) {
      TestSite.await("sampled", () -> all.size() >= count);
      assertThat(all).hasSize(count);
      return all;
    }
  }

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    backend.close();
  }

  private static void ask(TestSite site, String head) {
    try (RawClient client = new RawClient(site.http())) {
      assertThat(client.send(RawClient.wire(head)).read().status()).isEqualTo(200);
    }
  }

  private String parentAtBackend() {
    List<String> all = backend.received.getLast().all("traceparent");
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  @Test
  void aRepeatAtAStickyServiceHasTheSpanOfItsOwnAttempt() {
    try (TestBackend closing = new TestBackend((request, in, out) -> false)) {
      fra.publish(
          Signal.UP,
          RuledBackends.sticky(
              0, RuledBackends.sticky(closing, true, 1), RuledBackends.sticky(backend, true, 1)));
      String chosen = RuledBackends.COOKIE + "=" + RuledBackends.cookieOf(closing);
      ask(fra, "GET /a HTTP/1.1\nHost: shop.test\nCookie: " + chosen + "\n\n");
      FinishedRequest here = near.await(1).getFirst();
      assertThat(here.tried()).hasSizeGreaterThan(1);
      assertThat(parentAtBackend())
          .isEqualTo("00-%s-%016x-01".formatted(here.ids().trace(), here.tried().getLast().span()));
    }
  }

  @Test
  void bothNodesAndTheBackendAreOneTrace() {
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    ask(fra, "GET /a HTTP/1.1\nHost: shop.test\n\n");
    FinishedRequest here = near.await(1).getFirst();
    FinishedRequest there = far.await(1).getFirst();
    assertThat(here.ids().parent()).isZero();
    assertThat(here.tried()).hasSize(1);
    assertThat(there.ids().parent()).isEqualTo(here.tried().getFirst().span()).isPositive();
    assertThat(there.ids().trace()).isEqualTo(here.ids().trace());
    assertThat(parentAtBackend())
        .isEqualTo("00-%s-%016x-01".formatted(here.ids().trace(), there.tried().getFirst().span()));
  }

  @Test
  void whatTheCacheFetchesIsBelowTheRequestThatWaits() {
    try (TestSite sin = TestSite.tracing("sin", 3, near, SampledRequestsTest::cached)) {
      nyc.publish(Signal.UP, backends(backend));
      sin.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      ask(sin, "GET /cached HTTP/1.1\nHost: shop.test\n\n");
      near.await(2);
    }
    List<FinishedRequest> here = near.all;
    FinishedRequest fetch =
        here.stream().filter(each -> each.asked().by().cache()).findFirst().orElseThrow();
    assertThat(here).extracting(each -> each.ids().span()).containsOnly(fetch.ids().span());
    assertThat(far.await(1).getFirst().ids().parent()).isEqualTo(fetch.tried().getFirst().span());
  }

  @Test
  void theLandingNodeDecidesForBothAndWhatIsNotSampledIsPassedOn() {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    near.share = 0;
    far.share = 1;
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    ask(
        fra,
        "GET /a HTTP/1.1\nHost: shop.test\nlandfall-sampled: 1\ntraceparent: " + parent + "\n\n");
    assertThat(parentAtBackend()).isEqualTo(parent);
    assertThat(backend.received.getLast().all("landfall-sampled")).isEmpty();
    TestSite.await("both keep it", () -> !fra.edge().requests(id()).isEmpty());
    assertThat(near.all).isEmpty();
    assertThat(far.all).isEmpty();
  }

  private String id() {
    return backend.received.getLast().all("x-request-id").getFirst();
  }
}

package io.landfall.edge.server;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits and waits change while the edge runs; what is connected stays so. */
class ChangedLimitsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  private final TestBackend backend = TestBackend.saying("ok");
  private final TestSite fra = new TestSite("fra", 1);

  ChangedLimitsTest() {
    fra.publish(Signal.UP, backends(backend));
  }

  @AfterEach
  void stop() {
    fra.close();
    backend.close();
  }

  private static UnaryOperator<EdgeSettings> with(UnaryOperator<EdgeLimits> change) {
    return all -> all.with(change.apply(all.limits()), all.timeouts());
  }

  private RawClient connected() {
    RawClient client = new RawClient(fra.http()).send(GET);
    assertThat(client.read().status()).isEqualTo(200);
    return client;
  }

  @Test
  void aBoundForOneClientHoldsFromThenOnAndGoesAgain() {
    RawClient before = connected();
    fra.change(with(limits -> limits.withPerClient(1)), 0);
    RawClient first = connected();
    try (RawClient second = new RawClient(fra.http())) {
      assertThat(second.isEnded()).isTrue();
    }
    assertThat(before.send(GET).read().status()).isEqualTo(200);
    fra.change(with(limits -> limits.withPerClient(Integer.MAX_VALUE)), 0);
    connected().close();
    first.close();
    before.close();
  }

  @Test
  void aLongerHeadIsTakenOnceItIsAllowed() {
    String longField = "X-Long: " + "a".repeat(40_000) + "\r\n";
    String request = GET.substring(0, GET.length() - 2) + longField + "\r\n";
    try (RawClient client = new RawClient(fra.http()).send(request)) {
      assertThat(client.read().status()).isEqualTo(431);
    }
    fra.change(
        with(
            limits ->
                limits.with(
                    new EdgeLimits.Messages(
                        limits.messages().maxTargetBytes(),
                        64 * 1024,
                        limits.messages().inputMemoryBytes(),
                        limits.messages().maxFields()))),
        0);
    try (RawClient client = new RawClient(fra.http()).send(request)) {
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void fewerPlacesLeaveWhoIsThereAndKeepOutTheNext() {
    try (TestSite small = new TestSite("nyc", 2, ChangedLimitsTest::oneLoop)) {
      small.publish(Signal.UP, backends(backend));
      RawClient one = new RawClient(small.http()).send(GET);
      assertThat(one.read().status()).isEqualTo(200);
      small.change(with(limits -> limits.withClients(1)), 0);
      try (RawClient next = new RawClient(small.http())) {
        assertThat(next.isEnded()).isTrue();
      }
      assertThat(one.send(GET).read().status()).isEqualTo(200);
      one.close();
    }
  }

  private static EdgeSettings oneLoop(EdgeSettings c) {
    return new EdgeSettings(
        c.node(), c.identity(), c.cdnId(), c.listeners(), 1, c.limits(), c.timeouts());
  }

  @Test
  void anIdleConnectionIsKeptForAsLongAsIsConfiguredNow() {
    RawClient idle = connected();
    fra.change(
        all -> {
          EdgeTimeouts usual = all.timeouts();
          return all.with(
              all.limits(),
              new EdgeTimeouts(
                  new EdgeTimeouts.Clients(
                      usual.clients().tlsHandshakeMillis(),
                      usual.clients().requestHeadMillis(),
                      1_000),
                  usual.servers(),
                  usual.bodyIdleMillis(),
                  usual.drainMillis(),
                  usual.retryAfterSeconds()));
        },
        0);
    fra.letPass(2_000);
    assertThat(idle.isEnded()).isTrue();
    idle.close();
  }
}

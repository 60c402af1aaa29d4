package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A finished request is found by its id, at each node that had it, with what was tried. */
class KeptRequestsTest {
  @TempDir Path folder;
  private final TestBackend backend = TestBackend.saying("hello");
  private AccessLog log;
  private TestSite fra;
  private TestSite nyc;

  @BeforeEach
  void twoSites() throws IOException {
    log = AccessLog.open(Optional.of(folder.resolve("log")), AccessLog.Format.COMBINED, 1 << 20);
    fra = TestSite.logging("fra", 1, log);
    nyc = TestSite.logging("nyc", 2, log);
  }

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    backend.close();
    log.close();
  }

  private String ask(TestSite site, String head) {
    int before = backend.received.size();
    try (RawClient client = new RawClient(site.http())) {
      assertThat(client.send(RawClient.wire(head)).read().status()).isEqualTo(200);
    }
    assertThat(backend.received).hasSize(before + 1);
    return backend.received.getLast().all("x-request-id").getFirst();
  }

  private static List<FinishedRequest> kept(TestSite site, String id, int count) {
    TestSite.await("it is kept", () -> site.edge().requests(id).size() >= count);
    assertThat(site.edge().requests(id)).hasSize(count);
    return site.edge().requests(id);
  }

  @Test
  void aForwardedRequestIsKeptAtBothNodesWithWhatWasTried() throws IOException {
    TestBackend gone = TestBackend.saying("never");
    gone.close();
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.UP, backends(gone), nyc.candidate(Signal.UP, 1));
    String id = ask(fra, "GET /x?q=1 HTTP/1.1\nHost: Shop.test\n\n");

    FinishedRequest near = kept(fra, id, 1).getFirst();
    assertThat(near.ids().trace()).isEqualTo(id);
    assertThat(near.asked())
        .isEqualTo(
            new FinishedRequest.Asked(
                new FinishedRequest.By("127.0.0.1", Optional.empty(), "HTTP/1.1", false),
                "GET",
                "http",
                "shop.test",
                "/x?q=1"));
    assertThat(near.decided())
        .isEqualTo(
            new FinishedRequest.Decided(
                Optional.of(new ServiceName("shop")), Reason.REMOTE_UP, "nyc"));
    assertThat(near.answer().status()).isEqualTo(200);
    assertThat(near.answer().bytesSent()).isEqualTo(5);
    assertThat(near.tried()).hasSize(2);
    FinishedRequest.Tried refused = near.tried().getFirst();
    assertThat(refused.isNode()).isFalse();
    assertThat(refused.status()).isZero();
    assertThat(refused.failure().orElseThrow())
        .isEqualTo(new FinishedRequest.Failure("REFUSED", "the connection was refused"));
    assertThat(refused.during().answeredMicros()).isEqualTo(-1);
    FinishedRequest.Tried answered = near.tried().getLast();
    assertThat(answered.place()).isEqualTo("nyc");
    assertThat(answered.isNode()).isTrue();
    assertThat(answered.status()).isEqualTo(200);
    assertThat(answered.failure()).isEmpty();
    assertThat(answered.during().beganMicros())
        .isBetween(refused.during().endedMicros(), answered.during().answeredMicros());
    assertThat(answered.during().endedMicros())
        .isBetween(answered.during().answeredMicros(), near.times().micros());

    FinishedRequest far = kept(nyc, id, 1).getFirst();
    assertThat(far.asked().by().from()).contains(new NodeName("lander"));
    assertThat(far.asked().by().protocol()).isEqualTo("HTTP/2.0");
    assertThat(far.decided().reason()).isEqualTo(Reason.LOCAL_UP);
    assertThat(far.tried()).singleElement().matches(each -> !each.isNode());
  }

  @Test
  void whatTheCacheFetchesIsKeptUnderTheIdOfTheRequestThatWaits() throws IOException {
    CacheSettings cached = CacheSettings.of(16 << 20, Map.of(TestSite.SHOP, CachePolicy.DEFAULT));
    try (TestSite sin = TestSite.logging("sin", 3, log, settings -> settings.with(cached))) {
      nyc.publish(Signal.UP, backends(backend));
      sin.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      assertFetched(sin, ask(sin, "GET /cached HTTP/1.1\nHost: shop.test\n\n"));
    }
  }

  private void assertFetched(TestSite sin, String id) {
    List<FinishedRequest> near = kept(sin, id, 2);
    FinishedRequest fetch =
        near.stream().filter(each -> each.asked().by().cache()).findFirst().orElseThrow();
    assertThat(fetch.tried()).singleElement().matches(each -> each.place().equals("nyc"));
    FinishedRequest client =
        near.stream().filter(each -> !each.asked().by().cache()).findFirst().orElseThrow();
    assertThat(client.answer().cacheStatus().orElseThrow())
        .startsWith("sin.cdn.test; fwd=uri-miss");
    assertThat(client.tried()).isEmpty();
    assertThat(kept(nyc, id, 1).getFirst().answer().status()).isEqualTo(200);
  }

  @Test
  void whatHasNoIdOrAnotherIsNotFound() {
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    ask(fra, "GET /x HTTP/1.1\nHost: shop.test\nX-Request-ID: mine\n\n");
    assertThat(fra.edge().requests("mine")).isEmpty();
    assertThat(fra.edge().requests("")).isEmpty();
    try (TestSite sin = new TestSite("sin", 3)) {
      assertThat(sin.edge().namesRequests()).isFalse();
      assertThat(fra.edge().namesRequests()).isTrue();
    }
  }
}

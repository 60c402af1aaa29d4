package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What failed at the node that a request was forwarded to is what its client is told. */
class CauseAcrossTheHopTest {
  private static final int TIMES = 5;
  private static final EdgeTimeouts QUICK =
      new EdgeTimeouts(
          new EdgeTimeouts.Clients(200, 5000, 5000),
          new EdgeTimeouts.Servers(1000, 3000, 300, 1000),
          5000,
          1000,
          2);

  private static RawClient.Answer forwarded(TestBackend backend) {
    try (TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      return RawClient.get(fra.http(), "shop.test", "/");
    }
  }

  private static void assertTold(RawClient.Answer answer, int status, String error) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.field("proxy-status").orElseThrow()).startsWith("fra; error=" + error + ";");
    assertThat(answer.all("landfall-cause")).isEmpty();
    assertThat(answer.all("landfall-decline")).isEmpty();
  }

  @Test
  void aResponseThatIsNotHttp() {
    try (TestBackend broken =
        new TestBackend((request, in, out) -> TestBackend.raw(out, "SSH-2.0-x\r\n\r\n"))) {
      assertTold(forwarded(broken), 502, "http_protocol_error");
    }
  }

  @Test
  void aConnectionThatEndsWithoutAResponse() {
    try (TestBackend closing = new TestBackend((request, in, out) -> false)) {
      assertTold(forwarded(closing), 502, "connection_terminated");
    }
  }

  @Test
  void aConnectionThatIsRefused() {
    TestBackend gone = TestBackend.saying("gone");
    gone.close();
    assertTold(forwarded(gone), 502, "connection_refused");
  }

  @Test
  void aServiceAtItsLimitThereIsOverloadAndTheNextNodeIsAskedFirst() {
    try (TestBackend backend = TestBackend.saying("late");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3)) {
      nyc.publish(Signal.UP, new HostedService(backends(backend), 0));
      sin.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/");
      assertTold(answer, 503, "connection_limit_reached");
      assertThat(answer.field("proxy-status").orElseThrow()).contains("details=\"OVERLOADED");
      assertThat(answer.field("retry-after")).isPresent();
      nyc.awaitLastDecision(Reason.OVERLOADED);
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      for (int i = 0; i < TIMES; i++) {
        assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("late");
      }
    }
  }

  @Test
  void aDeclineOfTheNextNodeHidesNoCause() {
    try (TestBackend broken =
            new TestBackend((request, in, out) -> TestBackend.raw(out, "SSH-2.0-x\r\n\r\n"));
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite sin = new TestSite("sin", 3)) {
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      sin.publish(Signal.DOWN, List.of());
      nyc.publish(Signal.UP, new HostedService(backends(broken), 0));
      assertTold(RawClient.get(fra.http(), "shop.test", "/"), 503, "connection_limit_reached");
      nyc.publish(Signal.UP, backends(broken));
      assertTold(RawClient.get(fra.http(), "shop.test", "/"), 502, "http_protocol_error");
    }
  }

  @Test
  void aResponseThatDoesNotComeInTimeWhichTheNearNodeWaitsFor() {
    CountDownLatch never = new CountDownLatch(1);
    TestBackend.Behaviour hang =
        (request, in, out) -> {
          TestBackend.holdUntil(never);
          return false;
        };
    try (TestBackend hanging = new TestBackend(hang);
        TestSite fra = new TestSite("fra", 1, TestSite.waiting(QUICK));
        TestSite nyc = new TestSite("nyc", 2, TestSite.waiting(QUICK))) {
      nyc.publish(Signal.UP, backends(hanging));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      for (int i = 0; i < TIMES; i++) {
        assertTold(RawClient.get(fra.http(), "shop.test", "/"), 504, "http_response_timeout");
      }
      assertThat(nyc.failures).hasSize(TIMES).containsOnly(OriginFailure.RESPONSE_TIMEOUT);
      never.countDown();
    }
  }
}

package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The three outcomes, whole: real sockets, two sites. */
class ServeAndForwardTest {
  @Test
  void aServiceThatIsUpHereIsServedHere() {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/a?b=c");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("hello");
      assertThat(answer.field("proxy-status")).contains("fra; next-hop=shop; details=\"LOCAL_UP\"");
      assertThat(answer.all("via")).containsExactly("1.1 fra");
      assertThat(answer.field("date")).isPresent();
      TestBackend.Received received = backend.received.getFirst();
      assertThat(received.line()).isEqualTo("GET /a?b=c HTTP/1.1");
      assertThat(received.all("host")).containsExactly("shop.test");
      assertThat(received.all("via")).containsExactly("1.1 fra");
      assertThat(received.all("cdn-loop")).containsExactly("fra.cdn.test");
      assertThat(received.all("forwarded"))
          .containsExactly("for=127.0.0.1;by=_fra;host=\"shop.test\";proto=http");
      fra.awaitLastDecision(Reason.LOCAL_UP);
    }
  }

  @Test
  void aServiceThatIsElsewhereIsForwardedOneHop() {
    try (TestBackend backend = TestBackend.saying("from nyc");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/x");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("from nyc");
      assertThat(answer.all("proxy-status"))
          .containsExactly(
              "nyc; next-hop=shop; details=\"LOCAL_UP\"",
              "fra; next-hop=nyc; details=\"REMOTE_UP\"");
      assertThat(answer.all("via")).containsExactly("1.1 nyc", "2 fra");
      TestBackend.Received received = backend.received.getFirst();
      assertThat(received.line()).isEqualTo("GET /x HTTP/1.1");
      assertThat(received.all("via")).containsExactly("1.1 fra", "2 nyc");
      assertThat(received.all("cdn-loop")).containsExactly("fra.cdn.test", "nyc.cdn.test");
      fra.awaitLastDecision(Reason.REMOTE_UP);
      assertThat(fra.lastDecision().target()).isEqualTo("nyc");
    }
  }

  @Test
  void manyRequestsShareOneConnectionToTheOtherNode() {
    try (TestBackend backend = TestBackend.saying("again");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient(fra.http())) {
        for (int i = 0; i < 50; i++) {
          assertThat(
                  client.send("GET /" + i + " HTTP/1.1\r\nHost: shop.test\r\n\r\n").read().body())
              .isEqualTo("again");
        }
      }
      assertThat(nyc.overlayChannels).hasSize(1);
    }
  }

  @Test
  void anUnknownHostIsMisdirected() {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, List.of());
      RawClient.Answer answer = RawClient.get(fra.http(), "nobody.test", "/");
      assertThat(answer.status()).isEqualTo(421);
      assertThat(answer.field("proxy-status").orElseThrow())
          .startsWith("fra; error=destination_not_found; details=\"UNKNOWN_HOST: ");
      assertThat(answer.body()).contains("nobody.test").contains("fra").contains("UNKNOWN_HOST");
    }
  }

  @Test
  void aSiteThatAdvertisesAndCannotBeReachedIsToldFromNoSite() {
    try (TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      fra.publish(Signal.DOWN, List.of(), nyc.unreachable(false));
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.field("retry-after")).isPresent();
      assertThat(answer.field("proxy-status").orElseThrow())
          .startsWith("fra; error=destination_unavailable; details=\"NO_PATH: ");
    }
  }

  @Test
  void aSiteToWhichThePathIsHeldForDeadIsTriedBeforeDeclining() {
    try (TestBackend backend = TestBackend.saying("alive after all");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.unreachable(true));
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("alive after all");
    }
  }

  @Test
  void aServiceWithoutASiteIsUnavailable() {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.field("retry-after")).isPresent();
      assertThat(answer.field("proxy-status").orElseThrow())
          .startsWith("fra; error=destination_unavailable; details=\"NO_SITE: ");
    }
  }
}

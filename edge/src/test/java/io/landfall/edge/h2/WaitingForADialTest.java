package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that wait for a connection to another node while it is dialled. */
class WaitingForADialTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  private final TestBackend there = TestBackend.saying("there");
  private final TestSite fra = new TestSite("fra", 1);
  private final TestSite nyc = new TestSite("nyc", 2);

  @BeforeEach
  void oneNodeIsDialled() {
    nyc.publish(Signal.UP, backends(there));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    fra.dials.hold();
  }

  @AfterEach
  void stop() {
    fra.dials.release();
    fra.close();
    nyc.close();
    there.close();
  }

  private RawClient waiting() {
    RawClient client = new RawClient(fra.http()).send(GET);
    TestSite.await("it is dialled", () -> fra.dials.waiting() == 1);
    return client;
  }

  @Test
  void theyNeedNotWaitForANodeThatIsGoneAndItsConnectionIsNotKept() {
    try (RawClient client = waiting()) {
      fra.edge().peerLost(nyc.identity);
      assertThat(client.read().status()).isGreaterThanOrEqualTo(500);
      fra.dials.release();
      TestSite.await("the other end has it", () -> nyc.overlayChannels.size() == 1);
      TestSite.await("it is closed", () -> !nyc.overlayChannels.getFirst().isOpen());
    }
  }

  @Test
  void theyDoNotWaitLongerThanADialMayTake() {
    try (RawClient client = waiting()) {
      fra.letPass(EdgeTimeouts.defaults().servers().peerConnectMillis() + 1);
      assertThat(client.read().status()).isGreaterThanOrEqualTo(500);
    }
  }

  @Test
  void oneThatIsGivenUpMeanwhileIsNotSent() {
    try (RawClient client = waiting()) {
      client.reset();
      TestSite.await("it is over", () -> fra.edge().stats().requestsInProgress() == 0);
      fra.dials.release();
      assertThat(RawClient.get(fra.http(), "shop.test", "/second").body()).isEqualTo("there");
      assertThat(there.received)
          .singleElement()
          .satisfies(request -> assertThat(request.line()).contains("/second"));
    }
  }
}

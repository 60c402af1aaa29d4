package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.SHOP;
import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that land on a node that has just started and does not know yet what there is. */
class StartingNodeTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello";

  private final TestBackend atNyc = TestBackend.saying("nyc");
  private final TestSite fra = new TestSite("fra", 1);
  private final TestSite nyc = new TestSite("nyc", 2);

  @BeforeEach
  void fraHasHeardOfNoSite() {
    nyc.publish(Signal.UP, backends(atNyc));
    fra.publish(Signal.DOWN, List.of());
    fra.starting(true);
  }

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    atNyc.close();
  }

  private void awaitHeld(int requests) {
    TestSite.await("requests are held", () -> fra.edge().stats().requestsInProgress() == requests);
  }

  @Test
  void aRequestWaitsUntilASiteAdvertisesItsService() {
    try (RawClient client = new RawClient(fra.http()).send(POST)) {
      awaitHeld(1);
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      fra.edge().servicesChanged(Set.of(SHOP));
      assertThat(client.read().body()).isEqualTo("nyc");
    }
    assertThat(atNyc.received.getFirst().bodyLength()).isEqualTo(5);
  }

  @Test
  void aRequestIsDeclinedOnceTheNodeKnowsThatNoSiteAdvertisesItsService() {
    try (RawClient client = new RawClient(fra.http()).send(GET)) {
      awaitHeld(1);
      fra.starting(false);
      fra.edge().started();
      assertThat(client.read().status()).isEqualTo(503);
    }
  }

  @Test
  void aRequestWaitsForANodeThatGoesOnInAnotherProcess() {
    fra.starting(false);
    fra.publishAwaited(nyc.candidate(Signal.UP, 1));
    try (RawClient there = new RawClient(fra.http()).send(GET)) {
      assertThat(there.read().body()).as("what is known of other nodes counts").isEqualTo("nyc");
    }
    fra.publishAwaited();
    try (RawClient client = new RawClient(fra.http()).send(POST)) {
      awaitHeld(1);
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      fra.edge().servicesChanged(Set.of(SHOP));
      assertThat(client.read().body()).isEqualTo("nyc");
    }
    fra.publishAwaited();
    try (RawClient client = new RawClient(fra.http()).send(GET)) {
      awaitHeld(1);
      fra.publish(Signal.DOWN, List.of());
      fra.edge().servicesChanged(Set.of(SHOP));
      assertThat(client.read().status()).as("it did not come").isEqualTo(503);
    }
  }

  @Test
  void aHostOfNoServiceIsDeclinedAtOnce() {
    try (RawClient client =
        new RawClient(fra.http()).send("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n")) {
      assertThat(client.read().status()).isEqualTo(421);
    }
  }

  @Test
  void aClientThatLeavesMeanwhileLeavesNothing() {
    RawClient leaves = new RawClient(fra.http()).send(GET);
    awaitHeld(1);
    leaves.reset();
    awaitHeld(0);
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    fra.edge().servicesChanged(Set.of(SHOP));
    try (RawClient client = new RawClient(fra.http()).send(GET)) {
      assertThat(client.read().body()).isEqualTo("nyc");
    }
    assertThat(atNyc.received).hasSize(1);
  }
}

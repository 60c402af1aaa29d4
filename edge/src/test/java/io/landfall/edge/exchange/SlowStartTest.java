package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.OriginServer;
import io.landfall.edge.OriginServer.Traits;
import io.landfall.edge.RawClient;
import io.landfall.edge.RuledBackends;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A backend that came up gets its weight bit by bit. */
class SlowStartTest {
  private static final int REQUESTS = 110;
  private static final long SLOW_MILLIS = 3_600_000;

  private final TestBackend old = TestBackend.saying("old");
  private final TestBackend fresh = TestBackend.saying("fresh");
  private final TestSite fra = new TestSite("fra", 1, TestSettings::oneLoop);

  @AfterEach
  void stop() {
    fra.close();
    old.close();
    fresh.close();
  }

  private static OriginServer upSince(TestBackend backend, long nanos) {
    return RuledBackends.with(
        backend, true, 1, new Traits(AsciiString.EMPTY_STRING, Optional.empty(), nanos));
  }

  /** How many of the requests the one that came up gets. */
  private int share() {
    int before = fresh.received.size();
    try (RawClient client = new RawClient(fra.http())) {
      for (int i = 0; i < REQUESTS; i++) {
        client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read();
      }
    }
    return fresh.received.size() - before;
  }

  @Test
  void itBeginsWithATenthAndGetsAllAfterTheTimeOfIt() {
    long now = System.nanoTime();
    fra.publish(
        Signal.UP,
        RuledBackends.slow(
            SLOW_MILLIS * 1_000_000, upSince(old, Traits.ALWAYS), upSince(fresh, now)));
    // Of 110 turns 100 to 10, as long as the tests' own time makes less than a percent.
    assertThat(share()).isBetween(9, 12);
    fra.letPass(SLOW_MILLIS / 2);
    // 100 to 55.
    assertThat(share()).isBetween(37, 41);
    fra.letPass(SLOW_MILLIS / 2);
    assertThat(share()).isBetween(REQUESTS / 2 - 1, REQUESTS / 2 + 1);
  }

  @Test
  void whatIsUpAloneGetsAll() {
    fra.publish(
        Signal.UP, RuledBackends.slow(SLOW_MILLIS * 1_000_000, upSince(fresh, System.nanoTime())));
    assertThat(share()).isEqualTo(REQUESTS);
  }
}

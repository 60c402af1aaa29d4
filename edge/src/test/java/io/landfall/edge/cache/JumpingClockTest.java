package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A time of day that is set forward or back by an hour changes nothing that the edge waits for. */
class JumpingClockTest {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final String FRESH_FOR_A_MINUTE =
      "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\n\r\none";

  private final TestBackend origin =
      new TestBackend((request, in, out) -> TestBackend.raw(out, FRESH_FOR_A_MINUTE));
  private final TestSite fra = CachedSite.of("fra", 1);

  @BeforeEach
  void isUp() {
    fra.publish(Signal.UP, TestSite.backends(origin));
  }

  @AfterEach
  void closes() {
    fra.close();
    origin.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {HOUR_MILLIS, -HOUR_MILLIS})
  void whatIsStoredStaysFreshForItsTimeAndNoLonger(long byMillis) {
    CachedSite.ask(fra, "/a");
    fra.setTimeOfDayBy(byMillis);
    RawClient.Answer hit = CachedSite.ask(fra, "/a");
    assertThat(hit.body()).isEqualTo("one");
    assertThat(Integer.parseInt(hit.field("age").orElseThrow())).isLessThan(60);
    assertThat(origin.received).as("it was not asked again").hasSize(1);
    fra.letPass(61_000);
    CachedSite.ask(fra, "/a");
    assertThat(origin.received).as("it was asked again in its time").hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {HOUR_MILLIS, -HOUR_MILLIS})
  void aConnectionThatIsOpenStaysSo(long byMillis) {
    try (RawClient client = new RawClient(fra.http())) {
      String request = "GET /a HTTP/1.1\r\nHost: shop.test\r\n\r\n";
      assertThat(client.send(request).read().status()).isEqualTo(200);
      fra.setTimeOfDayBy(byMillis);
      // Every loop has looked for what is too late.
      fra.letPass(0);
      assertThat(client.send(request).read().status()).isEqualTo(200);
    }
  }

  @Test
  void theNewestDecisionIsTheFirstThoughTheClockWasSetBack() {
    for (String path : List.of("/first", "/second", "/third")) {
      int before = fra.edge().decisions(10).size();
      CachedSite.ask(fra, path);
      TestSite.await("it is recorded", () -> fra.edge().decisions(10).size() > before);
      fra.setTimeOfDayBy(-HOUR_MILLIS);
      fra.letPass(1);
    }
    assertThat(fra.edge().decisions(10).stream().map(each -> each.request().path()))
        .containsExactly("/third", "/second", "/first");
    assertThat(fra.edge().decisions(2))
        .extracting(DecisionRecord::reason)
        .as("the newest of a kind")
        .hasSize(2);
    assertThat(
            fra.edge()
                .decisions(each -> each.request().path().equals("/first"), 1)
                .getFirst()
                .status())
        .isEqualTo(200);
  }
}

package io.landfall.edge.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.decision.Reason;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.ResultClass;
import io.landfall.edge.TrafficStats;
import io.landfall.edge.exchange.TrafficTotals;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Responses that stand still until their time is over, and whose doing that is in the counts. */
class StandstillTest {
  private static final long IDLE_MILLIS = EdgeTimeouts.defaults().bodyIdleMillis();

  private final ByHand site = new ByHand(1);

  private Map<ResultClass, Long> results() {
    TrafficStats stats =
        TrafficTotals.of(List.of(site.exchanges.traffic()), site.runtime.ports().snapshot());
    return requireNonNull(stats.services().getLast().outcomes().get(Reason.Outcome.SERVE))
        .results();
  }

  @Test
  void aClientThatReadsNoMoreHasLeftAndAnOriginThatIsSilentHasBrokenOff() {
    ByHand.Client slow = site.asks("POST /a");
    slow.most = 1;
    ByHand.Asked answering = site.asked.getLast();
    answering.answer(200, -1);
    while (ByHand.isWanted(answering)) {
      answering.data(60_000);
    }
    site.letPass(IDLE_MILLIS + 2_000);
    assertThat(slow.aborted).isTrue();
    assertThat(results()).isEqualTo(Map.of(ResultClass.CLIENT_CLOSED, 1L));

    ByHand.Client other = site.asks("POST /a");
    ByHand.Asked silent = site.asked.getLast();
    silent.answer(200, -1);
    silent.data(60_000);
    site.letPass(IDLE_MILLIS + 2_000);
    assertThat(other.aborted).isTrue();
    assertThat(results()).isEqualTo(Map.of(ResultClass.CLIENT_CLOSED, 1L, ResultClass.ABORTED, 1L));
  }
}

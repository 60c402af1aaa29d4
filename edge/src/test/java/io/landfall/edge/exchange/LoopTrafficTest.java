package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.decision.View;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.ResultClass;
import io.landfall.edge.TrafficStats;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one event loop counts is bounded, and added up over event loops. */
class LoopTrafficTest {
  private static final EdgeSnapshot NOTHING =
      EdgeSnapshot.of(
          View.empty(new NodeName("fra"), new HostAddress(Block.parse("10.32.0.0/23"), 1)),
          Map.of());

  @Test
  void nodesBeyondTheBoundAreCountedTogether() {
    LoopTraffic traffic = new LoopTraffic();
    for (int i = 0; i < LoopTraffic.MOST_NODES + 10; i++) {
      traffic.node("identity " + i, "n" + i).ended(ResultClass.SUCCESS, 1);
    }
    // One that is known is counted by itself as before.
    traffic.node("identity 7", "n7").ended(ResultClass.FAILED, -1);
    TrafficStats stats = TrafficTotals.of(List.of(traffic), NOTHING);
    assertThat(stats.nodes()).hasSize(LoopTraffic.MOST_NODES + 1);
    assertThat(results(stats, TrafficStats.OTHER)).isEqualTo(Map.of(ResultClass.SUCCESS, 10L));
    assertThat(results(stats, "n7"))
        .isEqualTo(Map.of(ResultClass.SUCCESS, 1L, ResultClass.FAILED, 1L));
  }

  @Test
  void whatLoopsHaveCountedIsAddedUp() {
    LoopTraffic one = new LoopTraffic();
    LoopTraffic other = new LoopTraffic();
    one.node("identity", "nyc").ended(ResultClass.SUCCESS, 100);
    one.node("identity", "nyc").ended(ResultClass.SUCCESS, 101);
    other.node("identity", "nyc").ended(ResultClass.DECLINED, 20_000_000);
    TrafficStats stats = TrafficTotals.of(List.of(one, other), NOTHING);
    TrafficStats.Durations firstByte = stats.nodes().getFirst().attempts().firstByte();
    assertThat(firstByte.sumMicros()).isEqualTo(20_000_201);
    assertThat(firstByte.counts().subList(0, 2)).as("a bound is inclusive").containsExactly(1L, 1L);
    assertThat(firstByte.counts().getLast()).as("above all bounds").isEqualTo(1);
    assertThat(firstByte.counts()).hasSize(firstByte.upperBoundsMicros().size() + 1);
    assertThat(results(stats, "nyc"))
        .isEqualTo(Map.of(ResultClass.SUCCESS, 2L, ResultClass.DECLINED, 1L));
  }

  private static Map<ResultClass, Long> results(TrafficStats stats, String node) {
    return stats.nodes().stream()
        .filter(each -> each.node().equals(node))
        .findFirst()
        .orElseThrow()
        .attempts()
        .results();
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.metrics.RefusedCounts;
import io.landfall.edge.EdgeStats;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the edge turns away is in a scrape of the node. */
class EdgeRefusalsTest {
  @TempDir Path folder;

  @Test
  void eachNumberIsItsOwn() {
    TreeMap<String, Long> requests = new TreeMap<>(Map.of("HOST_MISSING", 3L));
    assertThat(EdgeRefusals.of(new EdgeStats.Refused(requests, 1, 2)))
        .isEqualTo(new RefusedCounts(requests, 1, 2));
  }

  @Test
  void aRequestThatTheGateRefusesIsInAScrape() {
    try (TestWorld world = new TestWorld(folder)) {
      TestSite fra = world.site("fra", 1).start();
      assertThat(HttpWire.get(fra.http, "shop.test", "/a/../b").status()).isEqualTo(400);
      assertThat(HttpWire.get(fra.socket(), "localhost", "/metrics").body().lines())
          .contains(
              "landfall_edge_requests_refused_total{rule=\"DOT_SEGMENT\"} 1.0",
              "landfall_edge_requests_refused_total{rule=\"HOST_MISSING\"} 0.0",
              "landfall_edge_connections_refused_total{why=\"made-room\"} 0.0");
    }
  }
}

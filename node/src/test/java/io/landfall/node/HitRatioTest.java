package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The share of requests that a cache has answered, as a scrape has it. */
class HitRatioTest {
  @TempDir Path folder;

  private static String metrics(TestSite site) {
    return HttpWire.get(site.socket(), "localhost", "/metrics").body();
  }

  @Test
  void itIsHitsOfHitsAndMissesAndThereIsNoneBeforeTheFirst() {
    try (TestWorld world = new TestWorld(folder)) {
      TestOrigin backend = world.origin("stored", 1);
      TestSite fra =
          world
              .site("fra", 1)
              .hostsWith(
                  "shop",
                  10,
                  """
                  backends: ["%s"]
                  probe: {tcp: true, interval: 300ms, timeout: 300ms}
                  cache: {default-ttl: 10m}
                  """
                      .formatted(backend.url()))
              .start();
      fra.awaitServed("shop");
      assertThat(metrics(fra))
          .contains("landfall_cache_hits_total{service=\"shop\"} 0")
          .doesNotContain("landfall_cache_hit_ratio{");
      for (int i = 0; i < 4; i++) {
        assertThat(HttpWire.get(fra.http, "shop.test", "/a").status()).isEqualTo(200);
      }
      assertThat(metrics(fra)).contains("landfall_cache_hit_ratio{service=\"shop\"} 0.75");
    }
  }
}

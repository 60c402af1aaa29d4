package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real nodes advertise whether their caches are cold, and a cold one asks a warm one; the shields
 * of a service ask its origin for all.
 */
class WarmthEndToEndTest {
  private static final String PROBE =
      "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}\n    cache: ";

  /** Warm with the second response that it stores, and not by time. */
  private static final String BY_OBJECTS = "{default-ttl: 10m, warmth: {objects: 2, limit: 1h}}";

  @TempDir Path folder;
  private TestWorld world;

  @BeforeEach
  void aWorld() {
    world = new TestWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static String statuses(TestSite site, String target) {
    HttpWire.Answer answer = HttpWire.get(site.http, "shop.test", target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.field("cache-status").orElseThrow();
  }

  /** Waits until a site sees these signals of the service at each site that has it. */
  private static void awaitSignals(TestSite site, Map<String, String> wanted) {
    Await.until(
        site.name + " sees " + wanted,
        () -> {
          for (Map<String, Object> route : site.rows("routes")) {
            if (site.service(10).equals(route.get("address"))) {
              List<Map<String, Object>> paths =
                  ParsedJson.rows(route.getOrDefault("paths", List.of()));
              return paths.size() == wanted.size()
                  && paths.stream()
                      .allMatch(
                          path ->
                              String.valueOf(path.get("signal"))
                                  .equals(wanted.get(String.valueOf(path.get("nextHop")))));
            }
          }
          return false;
        },
        () -> site.show("show/routes"));
  }

  private static Map<String, Object> cached(TestSite site) {
    Map<String, Object> cache = ParsedJson.object(ParsedJson.parse(site.show("show/cache")));
    return ParsedJson.rows(cache.getOrDefault("services", List.of())).getFirst();
  }

  private static String metrics(TestSite site) {
    return HttpWire.get(site.socket(), "localhost", "/metrics").body();
  }

  @Test
  void aColdNodeAsksItsWarmNeighbourAndIsWarmItselfThenUntilAllIsPurged() {
    TestOrigin atFra = world.origin("shop-fra", 1);
    TestOrigin atNyc = world.origin("shop-nyc", 2);
    TestSite nyc = world.site("nyc", 2).hosts("shop", 10, PROBE + BY_OBJECTS, atNyc).start();
    TestSite fra =
        world
            .site("fra", 1)
            .hosts("shop", 10, PROBE + BY_OBJECTS, atFra)
            .dials(nyc.overlay)
            .start();
    awaitSignals(fra, Map.of("10.32.0.1", "COLD", "10.32.0.2", "COLD"));
    assertThat(statuses(nyc, "/a")).contains("nyc.landfall.test; fwd=uri-miss");
    statuses(nyc, "/b");
    awaitSignals(fra, Map.of("10.32.0.1", "COLD", "10.32.0.2", "UP"));
    assertThat(fra.show("explain?url=shop.test/a"))
        .contains("\"reason\":\"WARM_ELSEWHERE\"", "\"holds\":\"nothing\"", "its cache is cold");
    assertThat(fra.show("show/cache?url=shop.test/a")).contains("\"stored\":[]");

    assertThat(statuses(fra, "/a"))
        .contains("nyc.landfall.test; hit; ttl=", "fra.landfall.test; fwd=uri-miss", "stored");
    assertThat(statuses(fra, "/a")).contains("fra.landfall.test; hit");
    assertThat(atFra.requests()).isEmpty();
    Await.until(
        "fra knows how far its cache is",
        () -> String.valueOf(cached(fra).get("cold")).contains("1 of 2 responses stored"),
        () -> fra.show("show/cache"));
    assertThat(metrics(fra))
        .contains(
            "landfall_cache_cold{service=\"shop\"} 1",
            "landfall_cache_hits_total{service=\"shop\"} 1",
            "landfall_cache_misses_total{service=\"shop\"} 1",
            "landfall_cache_filled_objects_total{service=\"shop\"} 1",
            "landfall_cache_stored_keys{service=\"shop\"} 1",
            "landfall_cache_budget_bytes{service=\"shop\"} ",
            "landfall_cache_emptied_total{service=\"shop\"} 0");
    assertThat(fra.show("explain?url=shop.test/a"))
        .contains("\"reason\":\"CACHE_FRESH\"", "\"holds\":\"fresh\"");
    assertThat(fra.show("show/cache?url=shop.test/a"))
        .contains("\"url\":\"http://shop.test/a\",\"state\":\"fresh\"", "\"tier\":\"memory\"");
    assertThat(fra.show("show/services")).contains("COLD");

    statuses(fra, "/c");
    assertThat(atFra.requests()).isEmpty();
    awaitSignals(nyc, Map.of("10.32.0.1", "UP", "10.32.0.2", "UP"));
    assertThat(fra.show("show/cache")).contains("\"cold\":null");
    assertThat(metrics(fra)).contains("landfall_cache_cold{service=\"shop\"} 0");
    assertThat(statuses(fra, "/d")).doesNotContain("nyc");
    assertThat(atFra.requests()).hasSize(1);

    fra.command("POST", "purge", "{\"service\":\"shop\",\"all\":true}");
    // A purge is one of the whole fleet.
    awaitSignals(nyc, Map.of("10.32.0.1", "COLD", "10.32.0.2", "COLD"));
  }

  @Test
  void aMissAnywhereIsAskedOfTheOriginAtTheShieldOnly() {
    String shielded = PROBE + "{default-ttl: 10m, warmth: {limit: 0s}, shield: [nyc]}";
    TestOrigin atFra = world.origin("shop-fra", 1);
    TestOrigin atNyc = world.origin("shop-nyc", 2);
    TestSite nyc = world.site("nyc", 2).hosts("shop", 10, shielded, atNyc).start();
    TestSite fra =
        world.site("fra", 1).hosts("shop", 10, shielded, atFra).dials(nyc.overlay).start();
    TestSite sin =
        world
            .site("sin", 3)
            .hosts("shop", 10, shielded, world.origin("shop-sin", 3))
            .dials(nyc.overlay, fra.overlay)
            .start();
    Map<String, String> all = Map.of("10.32.0.1", "UP", "10.32.0.2", "UP", "10.32.0.3", "UP");
    List.of(fra, nyc, sin).forEach(site -> awaitSignals(site, all));
    assertThat(statuses(fra, "/a"))
        .contains("nyc.landfall.test; fwd=uri-miss", "fra.landfall.test; fwd=uri-miss");
    assertThat(statuses(sin, "/a"))
        .contains("nyc.landfall.test; hit", "sin.landfall.test; fwd=uri-miss");
    assertThat(statuses(fra, "/a")).contains("fra.landfall.test; hit");
    assertThat(atFra.requests()).isEmpty();
    assertThat(atNyc.requests()).hasSize(1);
    nyc.close();
    Await.until(
        "fra asks the origin itself",
        () -> statuses(fra, "/" + System.nanoTime()).startsWith("fra.landfall.test; fwd"),
        () -> fra.show("show/decisions"));
    assertThat(atFra.requests()).isNotEmpty();
  }
}

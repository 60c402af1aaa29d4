package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator purges at a real node is fetched again, from the answer on. */
class PurgeEndToEndTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestOrigin origin;

  @BeforeEach
  void aNodeThatCachesShop() {
    world = new TestWorld(folder);
    origin = world.origin("shop", 1);
    fra =
        world
            .site("fra", 1)
            .hosts(
                "shop",
                10,
                "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}\n"
                    + "    cache: {default-ttl: 10m, query: {keep: all-but, names: [utm]}}",
                origin)
            .hosts("api", 11, origin)
            .start();
    fra.awaitNextHops(10, "10.32.0.1");
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private String get(String target) {
    HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.field("cache-status").orElseThrow();
  }

  private HttpWire.Answer purge(String body) {
    return fra.command("POST", "purge", body);
  }

  @Test
  void whatWasAHitIsAMissBehindEachPurge() {
    for (String body :
        List.of(
            "{\"url\":\"shop.test/a/b?c=1&utm=x\"}",
            "{\"url\":\"https://SHOP.test:443/%61/b?c=1\"}",
            "{\"prefix\":\"shop.test/a\"}",
            "{\"host\":\"shop.test:80\"}",
            "{\"service\":\"shop\",\"all\":true}")) {
      get("/a/b?c=1");
      assertThat(get("/a/b?c=1")).as(body).contains("; hit");
      HttpWire.Answer answer = purge(body);
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).contains("\"node\":\"fra\"", "fra: purged ", "(hard: gone; ");
      assertThat(get("/a/b?c=1")).as(body).contains("fwd=uri-miss");
    }
  }

  @Test
  void whatIsPurgedSoftlyIsStaleAndOthersStay() {
    get("/a");
    get("/other");
    HttpWire.Answer answer = purge("{\"url\":\"shop.test/a\",\"soft\":true}");
    assertThat(answer.body()).contains("\"soft\":true", "(soft: stale from now on; service shop)");
    assertThat(get("/a")).contains("fwd=stale");
    assertThat(get("/other")).contains("; hit");
  }

  @Test
  void aPurgeOfWhatIsNotCachedIsRefusedWithItsFieldAndRule() {
    Map<String, String> missing =
        Map.of(
            "{\"service\":\"api\",\"all\":true}",
            "service api has no cache here; cached: shop",
            "{\"url\":\"api.test/\"}",
            "service api has no cache here; cached: shop",
            "{\"host\":\"api.test\"}",
            "no service that has a cache here answers for api.test; cached: shop",
            "{\"url\":\"other.test/\"}",
            "no service answers for other.test/");
    missing.forEach(
        (body, why) -> {
          assertThat(purge(body).status()).as(body).isEqualTo(404);
          assertThat(purge(body).body()).contains(why);
        });
    Map<String, String> wrong =
        Map.of(
            "{\"url\":\"ftp://shop.test/\"}",
            "'url': 'ftp://shop.test/' is no http or https URL",
            "{\"prefix\":\"shop.test/a?b\"}",
            "'prefix' must be a path without a query",
            "{\"prefix\":\"shop.test" + "/a".repeat(33) + "\"}",
            "at most 32 segments",
            "{\"host\":\"shop.test/a\"}",
            "'host' must be a host with or without a port",
            "{\"tag\":\" t\"}",
            "'tag' must be one tag, without blanks",
            "{\"tag\":\"a b\"}",
            "blanks separate tags in Surrogate-Key and Cache-Tag",
            "{\"tag\":\"a\\tb\"}",
            "'tag' must be one tag, without blanks",
            "{\"host\":\"shop test\"}",
            "'host': 'http://shop test/' is no http or https URL",
            "{\"prefix\":\"shop.test/a b\"}",
            "'prefix': 'http://shop.test/a b' is no http or https URL");
    wrong.forEach(
        (body, why) -> {
          assertThat(purge(body).status()).as(body).isEqualTo(400);
          assertThat(purge(body).body()).contains(why);
        });
    assertThat(purge("{\"tag\":\"t\"}").body()).contains("purged tag t");
  }

  @Test
  void theCacheIsShownWithHitsAndMisses() {
    get("/a");
    get("/a");
    Map<String, Object> cache = ParsedJson.object(ParsedJson.parse(fra.show("show/cache")));
    Map<String, Object> shop =
        ParsedJson.rows(cache.getOrDefault("services", List.of())).getFirst();
    assertThat(cache).containsEntry("node", "fra").containsEntry("fetchesInProgress", 0L);
    assertThat(shop).containsEntry("service", "shop").containsEntry("objects", 1L);
    assertThat(ParsedJson.object(shop.getOrDefault("requests", Map.of())))
        .containsEntry("hits", 1L)
        .containsEntry("misses", 1L);
  }
}

package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.metrics.MetricsText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Purges and the views of the cache as the API takes and gives them. */
class CacheApiTest {
  private final FakeBackend node = new FakeBackend();
  private final AdminApi api = new AdminApi(node, new MetricsText(FakeMetrics::new));

  private AdminAnswer ask(String method, String path, String body) {
    return api.handle(
        new AdminRequest(
            method, path, Map.of(), body, "", new AdminRequest.Caller.Local(Optional.empty())));
  }

  private AdminAnswer purge(String body) {
    return ask("POST", "/v1/purge", body);
  }

  @Test
  void eachScopeIsPurgedHardOrSoft() {
    assertThat(purge("{\"url\":\"shop.example/a\"}").body())
        .isEqualTo(
            "{\"node\":\"fra\",\"scope\":\"url\",\"what\":\"http://shop.example/a\","
                + "\"soft\":false,\"services\":[\"shop\"],\"nodes\":[{\"node\":\"fra\","
                + "\"outcome\":\"applied\",\"lagMillis\":0.0}],\"complete\":true,"
                + "\"message\":\"fra: purged\"}\n");
    purge("{\"prefix\":\"https://shop.example/a\",\"soft\":true}");
    purge("{\"host\":\"shop.example\",\"soft\":false}");
    purge("{\"tag\":\"t\",\"waitMillis\":70}");
    purge("{\"service\":\"shop\",\"all\":true}");
    assertThat(node.commands)
        .containsExactly(
            "purge Url[url=http://shop.example/a] false 5000",
            "purge Prefix[url=https://shop.example/a] true 5000",
            "purge Host[host=shop.example] false 5000",
            "purge Tag[tag=t] false 70",
            "purge Service[service=shop] false 5000");
  }

  @Test
  void aListOfTagsIsRefusedWithTheWayToPurgeThem() {
    AdminAnswer answer = purge("{\"tag\":\"a,b\"}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("without commas", "(landfall purge --tag a --tag b)");
  }

  @Test
  void aPurgeThatIsWrongNamesItsFieldAndRuleAndPurgesNothing() {
    Map<String, String> wrong =
        Map.of(
            "{}", "exactly one of url, prefix, host, tag, service",
            "{\"url\":\"a\",\"tag\":\"b\"}", "there are url and tag",
            "{\"service\":\"shop\"}", "'service' purges all of a service",
            "{\"tag\":\"t\",\"all\":true}", "'all' goes with 'service' only",
            "{\"service\":\"No!\",\"all\":true}", "'service': ",
            "{\"tag\":1}", "'tag' must be a text",
            "{\"tag\":\"\"}", "'tag' must have 1 to 16384 characters",
            "{\"tag\":\"t\",\"soft\":\"yes\"}", "'soft' must be true or false",
            "{\"tag\":\"t\",\"waitMillis\":60001}",
                "'waitMillis' must be a whole number from 0 to 60000",
            "{\"everything\":true}", "unknown key 'everything'");
    wrong.forEach(
        (body, why) -> {
          assertThat(purge(body).status()).as(body).isEqualTo(400);
          assertThat(purge(body).body()).contains(why);
        });
    assertThat(purge("{\"tag\":\"t\uFFFD\"}").body()).contains("is not UTF-8");
    assertThat(purge("{\"tag\":\"\\ud800\"}").body()).contains("half of a surrogate pair");
    assertThat(node.commands).isEmpty();
    assertThat(ask("GET", "/v1/purge", "").status()).isEqualTo(405);
    assertThat(ask("DELETE", "/v1/purge", "").status()).isEqualTo(405);
  }

  @Test
  void aServiceWithoutACacheIsNotFound() {
    AdminAnswer answer = purge("{\"service\":\"none\",\"all\":true}");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).contains("has no cache here; cached: shop");
  }

  @Test
  void theCacheIsShown() {
    assertThat(ask("GET", "/v1/show/cache", "").body())
        .isEqualTo(
            "{\"node\":\"fra\",\"memoryBytes\":1000,\"usedBytes\":200,"
                + "\"fetchesInProgress\":1,\"services\":[{\"service\":\"shop\",\"objects\":2,"
                + "\"bytes\":200,\"budgetBytes\":500,\"requests\":{\"hits\":3,\"misses\":1,"
                + "\"bypasses\":4,\"hitRatio\":0.75},\"fetches\":1,"
                + "\"cold\":\"its cache is cold: 2 responses stored\"}],"
                + "\"purges\":{\"log\":\"fra/7\","
                + "\"last\":5,\"entries\":9,\"held\":\"\",\"notKept\":\"\",\"nodes\":[{\"node\":\"nyc\","
                + "\"reached\":true,\"caughtUp\":true,\"applied\":5,\"lagMillis\":1.5}]},"
                + "\"disks\":[{\"path\":\"/var/cache/landfall\",\"state\":\"working\",\"why\":null,"
                + "\"content\":{\"objects\":3,\"bytes\":400,"
                + "\"limitBytes\":1000,\"indexBytes\":60},\"reads\":{\"found\":7,\"damaged\":0},"
                + "\"writes\":{\"stored\":8,\"dropped\":1},\"errors\":0}]}\n");
  }

  private AdminAnswer look(Map<String, List<String>> query, AdminRequest.Caller caller) {
    return api.handle(new AdminRequest("GET", "/v1/show/cache", query, "", "", caller));
  }

  @Test
  void whatIsStoredOfAUrlIsShownOnTheAdminSocketOnly() {
    AdminRequest.Caller local = new AdminRequest.Caller.Local(Optional.empty());
    Map<String, List<String>> url = Map.of("url", List.of("shop.example/a?b"));
    assertThat(look(url, local).body())
        .isEqualTo(
            "{\"node\":\"fra\",\"url\":\"http://shop.example/a?b\",\"service\":\"shop\",\"cold\":null,"
                + "\"stored\":[{\"url\":\"http://shop.example/a?b\",\"state\":\"fresh\","
                + "\"status\":200,\"bytes\":5,\"ageSeconds\":7,\"ttlSeconds\":53,\"selectedBy\":"
                + "{\"tier\":\"memory+disk\",\"varies\":[\"accept\"],\"tags\":[\"all\"],"
                + "\"variants\":[{\"coding\":\"br\",\"bytes\":3}]}}]}\n");
    assertThat(look(url, new AdminRequest.Caller.Loopback("localhost")).status()).isEqualTo(403);
    assertThat(look(Map.of("url", List.of("none.example/")), local).status()).isEqualTo(404);
    assertThat(look(Map.of("url", List.of("a", "b")), local).status()).isEqualTo(400);
    assertThat(look(Map.of("uri", List.of("a")), local).status()).isEqualTo(400);
  }
}

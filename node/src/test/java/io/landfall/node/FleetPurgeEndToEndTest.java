package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.trust.Credentials;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A purge at one of three real nodes is one at all, and the answer lists each. */
class FleetPurgeEndToEndTest {
  private static final String CACHED =
      "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}\n"
          + "    cache: {default-ttl: 10m}";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private TestSite sin;
  private Credentials ofNyc;

  @BeforeEach
  void threeNodesOfWhichTwoHostShop() {
    world = new TestWorld(folder);
    ofNyc = world.credentials("nyc", 2, "shop");
    fra = world.site("fra", 1).hosts("shop", 10, CACHED, world.origin("fra", 1));
    nyc = world.site("nyc", 2).hosts("shop", 10, CACHED, world.origin("nyc", 2)).with(ofNyc);
    sin = world.site("sin", 3).caches("shop", 10);
    fra.start();
    nyc.dials(fra.overlay).start();
    sin.dials(fra.overlay, nyc.overlay).start();
    for (TestSite site : List.of(fra, nyc, sin)) {
      site.awaitNextHops(10, "10.32.0.1", "10.32.0.2");
      awaitCaughtUp(site, 2);
    }
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static Map<String, Object> purges(TestSite site) {
    Map<String, Object> cache = ParsedJson.object(ParsedJson.parse(site.show("show/cache")));
    return ParsedJson.object(cache.getOrDefault("purges", Map.of()));
  }

  private static void awaitCaughtUp(TestSite site, int others) {
    Await.until(
        site.name + " has the purges of all",
        () -> {
          Map<String, Object> purges = purges(site);
          return "".equals(purges.get("held"))
              && ParsedJson.rows(purges.getOrDefault("nodes", List.of())).stream()
                      .filter(each -> Boolean.TRUE.equals(each.get("caughtUp")))
                      .count()
                  == others;
        },
        () -> site.show("show/cache"));
  }

  private static String get(TestSite site, String target) {
    HttpWire.Answer answer = HttpWire.get(site.http, "shop.test", target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.field("cache-status").orElse("");
  }

  private static void awaitHit(TestSite site, String target) {
    Await.until(
        site.name + " has stored " + target,
        () -> get(site, target).contains(site.name + ".landfall.test; hit"),
        () -> get(site, target));
  }

  @Test
  void aPurgeAtOneNodeIsAppliedAtAllBeforeItsAnswer() {
    for (TestSite giver : List.of(fra, nyc, sin)) {
      for (TestSite site : List.of(fra, nyc, sin)) {
        awaitHit(site, "/a");
        awaitHit(site, "/other");
      }
      HttpWire.Answer answer = giver.command("POST", "purge", "{\"url\":\"shop.test/a\"}");
      assertThat(answer.body())
          .contains("\"complete\":true", "applied at 3 of 3 nodes", "\"outcome\":\"applied\"");
      for (TestSite site : List.of(fra, nyc, sin)) {
        assertThat(get(site, "/a"))
            .as("%s at %s", giver.name, site.name)
            .contains(site.name + ".landfall.test; fwd=uri-miss");
        assertThat(get(site, "/other")).contains(site.name + ".landfall.test; hit");
      }
    }
  }

  @Test
  void aSoftPurgeIsSoftAtAll() {
    for (TestSite site : List.of(fra, nyc)) {
      awaitHit(site, "/a");
    }
    fra.command("POST", "purge", "{\"host\":\"shop.test\",\"soft\":true}");
    for (TestSite site : List.of(fra, nyc)) {
      assertThat(get(site, "/a")).contains("fwd=stale");
    }
  }

  @Test
  void aNodeThatIsAwayIsNamedAndTheOthersHaveItAndItCatchesUpWhenItIsBack() {
    sin.node().close();
    Await.until(
        "fra has lost sin",
        () -> {
          HttpWire.Answer answer =
              fra.command("POST", "purge", "{\"tag\":\"t\",\"waitMillis\":20000}");
          return answer
              .body()
              .contains("{\"node\":\"sin\",\"outcome\":\"unreachable\",\"lagMillis\":null}");
        },
        () -> fra.show("show/cache"));
    HttpWire.Answer answer = fra.command("POST", "purge", "{\"tag\":\"t\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\"complete\":false", "applied at 2 of 3 nodes");
    sin.start();
    awaitCaughtUp(sin, 2);
    awaitCaughtUp(fra, 2);
    Await.until(
        "fra knows that sin has all",
        () -> fra.command("POST", "purge", "{\"tag\":\"u\"}").body().contains("\"complete\":true"),
        () -> fra.show("show/cache"));
  }

  @Test
  void aClientOfAListedPrefixPurgesByMethodAndNoOtherDoes() {
    TestSite lon =
        world
            .site("lon", 4)
            .hosts("shop", 10, CACHED, world.origin("lon", 4))
            .config("cache: {purge-from: [127.0.0.1/32]}")
            .dials(fra.overlay, nyc.overlay)
            .start();
    // Sin dials lon as little as lon dials sin: it gets the purge of another.
    awaitCaughtUp(lon, 2);
    awaitHit(lon, "/a");
    awaitHit(fra, "/a");
    assertThat(HttpWire.send(lon.http, "PURGE", "shop.test", "/a", "").status()).isEqualTo(200);
    assertThat(get(lon, "/a")).contains("fwd=uri-miss");
    assertThat(get(fra, "/a")).contains("fwd=uri-miss");
    awaitHit(lon, "/a");
    awaitHit(fra, "/a");
    assertThat(
            HttpWire.send(lon.http, "PURGE", "shop.test", "/a", "", "Fastly-Soft-Purge: 1")
                .status())
        .isEqualTo(200);
    assertThat(get(lon, "/a")).contains("fwd=stale");
    assertThat(get(fra, "/a")).contains("fwd=stale");
    // Fra lists none, so it takes none.
    assertThat(HttpWire.send(fra.http, "PURGE", "shop.test", "/a", "").status()).isEqualTo(405);
    lon.node().close();
    TestSite mia =
        world
            .site("mia", 5)
            .hosts("shop", 10, CACHED, world.origin("mia", 5))
            .config("cache: {purge-from: [192.0.2.0/24]}")
            .dials(fra.overlay)
            .start();
    awaitHit(mia, "/a");
    assertThat(HttpWire.send(mia.http, "PURGE", "shop.test", "/a", "").status()).isEqualTo(403);
    assertThat(get(mia, "/a")).contains("; hit");
  }

  @Test
  void aNodeThatHasNotMetTheOthersYetDoesNotSayThatAllHaveAPurge() {
    nyc.node().close();
    TestSite lon =
        world
            .site("lon", 4)
            .hosts("shop", 10, CACHED, world.origin("lon", 4))
            .config("cache: {catch-up: 60s, purge-from: [127.0.0.1/32]}")
            .dials(nyc.overlay)
            .start();
    assertThat(lon.command("POST", "purge", "{\"url\":\"shop.test/a\"}").body())
        .contains("\"complete\":false", "has just started");
    assertThat(HttpWire.send(lon.http, "PURGE", "shop.test", "/a", "").status()).isEqualTo(202);
  }

  @Test
  void onlyANodeThatIsLiveIsAnsweredAboutPurges() {
    InetAddress here = nyc.overlay.getAddress();
    assertThat(H2Caller.askItself(fra.overlay, InetAddress.ofLiteral("127.0.0.1"), ofNyc))
        .isEqualTo("REFUSED_STREAM");
    // A live one is answered, and that what it asked is no question about purges.
    assertThat(H2Caller.askItself(fra.overlay, here, ofNyc)).isEqualTo("503");
  }

  @Test
  void whatIsKnownOfPurgesIsShownAndMeasured() {
    fra.command("POST", "purge", "{\"tag\":\"t\"}");
    Map<String, Object> purges = purges(fra);
    assertThat(purges).containsEntry("last", 1L).containsEntry("entries", 1L);
    assertThat(ParsedJson.rows(purges.getOrDefault("nodes", List.of())))
        .hasSize(2)
        .allSatisfy(
            each -> assertThat(each).containsEntry("applied", 1L).containsEntry("lagMillis", 0.0));
    assertThat(HttpWire.get(fra.socket(), "localhost", "/metrics").body())
        .contains(
            "landfall_purge_last_sequence 1.0",
            "landfall_purge_peer_sequence{peer=\"nyc\"} 1.0",
            "landfall_purge_peer_reached{peer=\"sin\"} 1.0",
            "landfall_purge_peer_lag_seconds{peer=\"nyc\"} 0.0");
    Await.until(
        "nyc counts it",
        () ->
            HttpWire.get(nyc.socket(), "localhost", "/metrics")
                .body()
                .contains("landfall_purge_applied_of_others_total 1.0"),
        () -> nyc.show("show/cache"));
  }
}

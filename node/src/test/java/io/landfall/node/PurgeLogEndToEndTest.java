package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log of purges keeps over restarts, for this node's disk and for other nodes. */
class PurgeLogEndToEndTest {
  private static final String CACHED =
      "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}\n"
          + "    cache: {default-ttl: 10m}";

  private static final String NOT_CACHED =
      "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private TestOrigin origin;

  @BeforeEach
  void twoNodesOfWhichOneHasADisk() {
    world = new TestWorld(folder);
    origin = world.origin("nyc", 2);
    fra =
        world
            .site("fra", 1)
            .hosts("shop", 10, CACHED, world.origin("fra", 1))
            .config("cache: {purge-log: \"" + folder.resolve("log-of-fra") + "\"}");
    nyc =
        world
            .site("nyc", 2)
            .hosts("shop", 10, CACHED, origin)
            .config(
                "cache: {catch-up: 60s, purge-log: \""
                    + folder.resolve("log-of-nyc")
                    + "\", disk: {path: \""
                    + folder.resolve("disk")
                    + "\", size: 256MiB}}");
    nyc.dials(fra.overlay);
    fra.start();
    nyc.start();
    awaitServes();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private String ofDisk(String what, String value) {
    return "landfall_cache_disk_" + what + "{disk=\"" + folder.resolve("disk") + "\"} " + value;
  }

  private static String metrics(TestSite site) {
    return HttpWire.get(site.socket(), "localhost", "/metrics").body();
  }

  /** Nyc has compared with fra and serves from its cache, and its disk works. */
  private void awaitServes() {
    Await.until(
        "nyc serves from its cache",
        () -> {
          String metrics = metrics(nyc);
          return metrics.contains("landfall_purge_cache_held 0.0")
              && metrics.contains("landfall_purge_peer_caught_up{peer=\"fra\"} 1.0")
              && metrics.contains(ofDisk("working", "1.0"));
        },
        () -> metrics(nyc));
  }

  private static String get(TestSite site, String target) {
    HttpWire.Answer answer = HttpWire.get(site.http, "shop.test", target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.field("cache-status").orElse("");
  }

  private void awaitOnDisk(int responses) {
    Await.until(
        "it is on nyc's disk",
        () -> metrics(nyc).contains(ofDisk("responses", responses + ".0")),
        () -> metrics(nyc));
  }

  private static String purge(TestSite site, String path) {
    return site.command("POST", "purge", "{\"url\":\"shop.test" + path + "\"}").body();
  }

  private void storesTwo() {
    get(nyc, "/a");
    get(nyc, "/b");
    awaitOnDisk(2);
  }

  @Test
  void aRestartKeepsTheDiskThoughTheFleetHasPurged() {
    assertThat(purge(fra, "/other")).contains("\"complete\":true");
    storesTwo();
    nyc.node().close();
    nyc.start();
    awaitServes();
    assertThat(get(nyc, "/a")).contains("nyc.landfall.test; hit");
    assertThat(get(nyc, "/b")).contains("nyc.landfall.test; hit");
  }

  @Test
  void aPurgeThatWasMissedTakesWhatItIsAboutAndNoMore() {
    storesTwo();
    nyc.node().close();
    purge(fra, "/a");
    nyc.start();
    awaitServes();
    assertThat(get(nyc, "/a")).contains("fwd=uri-miss");
    assertThat(get(nyc, "/b")).contains("nyc.landfall.test; hit");
  }

  @Test
  void aGiverThatRestartsStillGivesWhatOnlyItKnew() {
    storesTwo();
    nyc.node().close();
    assertThat(purge(fra, "/a")).contains("\"complete\":false");
    fra.node().close();
    fra.start();
    nyc.start();
    awaitServes();
    assertThat(get(nyc, "/a")).contains("fwd=uri-miss");
    assertThat(get(nyc, "/b")).contains("nyc.landfall.test; hit");
  }

  @Test
  void aLogThatIsRemovedWhileItsNodeRunsIsThereAgainWithAllThatOnlyThatNodeKnew()
      throws IOException {
    storesTwo();
    nyc.node().close();
    assertThat(purge(fra, "/a")).contains("\"complete\":false");
    Path file = folder.resolve("log-of-fra").resolve("purges");
    Files.delete(file);
    Await.until("it is there again", () -> Files.exists(file), () -> metrics(fra));
    fra.node().close();
    fra.start();
    nyc.start();
    awaitServes();
    assertThat(get(nyc, "/a")).contains("fwd=uri-miss");
    assertThat(get(nyc, "/b")).contains("nyc.landfall.test; hit");
  }

  @Test
  void aLogThatCannotBeKeptStopsNoPurge() throws IOException {
    Path log = folder.resolve("log-of-sin");
    TestSite sin =
        world
            .site("sin", 3)
            .hosts("shop", 10, CACHED, world.origin("sin", 3))
            .config("cache: {purge-log: \"" + log + "\"}")
            .dials(fra.overlay)
            .start();
    // It is made when there is something to keep.
    Files.writeString(log, "no folder");
    Await.until(
        "sin purges at fra too",
        () -> purge(sin, "/a").contains("applied at 2 of 2 nodes; it is not in the log on disk"),
        () -> sin.show("show/cache"));
  }

  /** Nyc runs once more, with its service cached or not, and what is purged then reaches it. */
  private void runsWhilePurged(String shop) {
    nyc.node().close();
    nyc.hosts("shop", 10, shop, origin).start();
    Await.until(
        "fra's purge is applied at nyc",
        () -> purge(fra, "/a").contains("applied at 2 of 2 nodes"),
        () -> metrics(nyc));
  }

  private void runsAgain() {
    nyc.node().close();
    nyc.hosts("shop", 10, CACHED, origin).start();
    awaitServes();
  }

  @Test
  void whatWasPurgedWhileNothingWasCachedIsNotServedFromTheDiskAfterThat() {
    storesTwo();
    runsWhilePurged(NOT_CACHED);
    runsAgain();
    assertThat(get(nyc, "/a")).contains("fwd=uri-miss");
  }

  @Test
  void whatWasPurgedWhileItsServiceWasNotCachedIsNotServedFromTheDiskAfterThat() {
    nyc.node().close();
    nyc.hosts("blog", 11, CACHED, origin).start();
    awaitServes();
    storesTwo();
    runsWhilePurged(NOT_CACHED);
    runsAgain();
    assertThat(get(nyc, "/a")).contains("fwd=uri-miss");
  }
}

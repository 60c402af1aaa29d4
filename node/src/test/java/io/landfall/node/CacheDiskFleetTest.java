package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Purges of the fleet and what lies on the disk of a node that was away. */
class CacheDiskFleetTest {
  private static final String CACHED =
      "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}\n"
          + "    cache: {default-ttl: 10m}";

  @TempDir Path folder;
  private Path disk = Path.of("unused");
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;

  @BeforeEach
  void twoNodesOfWhichOneHasADisk() {
    world = new TestWorld(folder);
    disk = folder.resolve("cache-disk");
    fra = world.site("fra", 1).hosts("shop", 10, CACHED, world.origin("fra", 1));
    nyc =
        world
            .site("nyc", 2)
            .hosts("shop", 10, CACHED, world.origin("nyc", 2))
            .config("cache: {catch-up: 1s, disk: {path: \"" + disk + "\", size: 256MiB}}");
    nyc.dials(fra.overlay);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void bothStart() {
    fra.start();
    nyc.start();
    fra.awaitNextHops(10, "10.32.0.1", "10.32.0.2");
    nyc.awaitNextHops(10, "10.32.0.1", "10.32.0.2");
    awaitServes();
  }

  /** Nyc serves from its cache, and its disk works. */
  private void awaitServes() {
    Await.until(
        "nyc serves from its cache",
        () -> {
          String metrics = metrics(nyc);
          return metrics.contains("landfall_purge_cache_held 0.0")
              && metrics.contains(ofDisk("working", "1.0"));
        },
        () -> metrics(nyc));
  }

  private String ofDisk(String what, String value) {
    return "landfall_cache_disk_" + what + "{disk=\"" + disk + "\"} " + value;
  }

  private static String metrics(TestSite site) {
    return HttpWire.get(site.socket(), "localhost", "/metrics").body();
  }

  private static String get(TestSite site, String target) {
    HttpWire.Answer answer = HttpWire.get(site.http, "shop.test", target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.field("cache-status").orElse("");
  }

  private void storesOnDisk() {
    get(nyc, "/a");
    Await.until(
        "it is on nyc's disk",
        () -> metrics(nyc).contains(ofDisk("responses", "1.0")),
        () -> metrics(nyc));
  }

  private static String purge(TestSite site) {
    return site.command("POST", "purge", "{\"url\":\"shop.test/a\"}").body();
  }

  @Test
  void whatNoPurgeWasAboutIsThereAfterARestart() {
    bothStart();
    storesOnDisk();
    nyc.node().close();
    nyc.start();
    awaitServes();
    assertThat(get(nyc, "/a")).contains("nyc.landfall.test; hit");
  }

  @Test
  void aPurgeThatWasGivenWhileTheNodeWasAwayCountsAndSoItDoesAfterOneMoreRestart() {
    bothStart();
    storesOnDisk();
    nyc.node().close();
    purge(fra);
    nyc.start();
    awaitServes();
    assertThat(metrics(nyc)).contains(ofDisk("found_total", "0.0"));
    fra.node().close();
    nyc.node().close();
    nyc.start();
    awaitServes();
    assertThat(get(nyc, "/a")).contains("fwd=uri-miss");
  }

  @Test
  void aNodeThatStartsAndReachesNoOtherHasNothingOfBefore() {
    bothStart();
    storesOnDisk();
    nyc.node().close();
    fra.node().close();
    nyc.start();
    awaitServes();
    assertThat(get(nyc, "/a")).contains("fwd=uri-miss");
  }

  @Test
  void whatLiesOnDiskIsUsedAgainOnceAnotherNodeIsReached() {
    bothStart();
    storesOnDisk();
    nyc.node().close();
    fra.node().close();
    nyc.start();
    awaitServes();
    assertThat(get(nyc, "/elsewhere")).contains("fwd=uri-miss");
    fra.start();
    Await.until(
        "nyc has compared with fra",
        () -> metrics(nyc).contains("landfall_purge_peer_caught_up{peer=\"fra\"} 1.0"),
        () -> metrics(nyc));
    awaitServes();
    assertThat(get(nyc, "/a")).contains("nyc.landfall.test; hit");
  }

  /** What a client has whole may be stored a moment later. */
  private static void awaitHit(TestSite site) {
    Await.until("/a is stored", () -> get(site, "/a").contains("; hit"), () -> get(site, "/a"));
  }

  @Test
  void aNodeWhoseDiskCannotTakeDownAPurgeDoesNotAnswerThatItIsApplied() throws IOException {
    Files.createDirectories(disk);
    Path lock = disk.resolve("lock");
    try (FileChannel file =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = file.lock()) {
      assertThat(held.isValid()).isTrue();
      fra.start();
      nyc.start();
      fra.awaitNextHops(10, "10.32.0.1", "10.32.0.2");
      nyc.awaitNextHops(10, "10.32.0.1", "10.32.0.2");
      awaitHit(nyc);
      assertThat(purge(fra)).contains("\"complete\":false", "applied at 1 of 2 nodes");
      Await.until(
          "it is gone from nyc's memory all the same",
          () -> !get(nyc, "/a").contains("; hit"),
          () -> metrics(nyc));
      awaitHit(fra);
      HttpWire.Answer here = nyc.command("POST", "purge", "{\"url\":\"shop.test/a\"}");
      assertThat(here.status()).as(here.body()).isEqualTo(503);
      Await.until("fra has it too", () -> !get(fra, "/a").contains("; hit"), () -> metrics(fra));
    }
    Await.until(
        "nyc's disk works, and takes down what is purged",
        () -> purge(fra).contains("\"complete\":true"),
        () -> fra.show("show/cache"));
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with two disks, of which one is left out of the config for a while. */
class CacheDisksEndToEndTest {
  private static final String CACHED =
      "probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}\n"
          + "    cache: {default-ttl: 10m}";
  private static final int URLS = 60;

  @TempDir Path folder;
  private TestWorld world;
  private TestSite nyc;

  @BeforeEach
  void aNodeIsMade() {
    world = new TestWorld(folder);
    nyc = world.site("nyc", 2).hosts("shop", 10, CACHED, world.origin("nyc", 2));
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private Path disk(String name) {
    return folder.resolve("cache-" + name);
  }

  private void start(String... names) {
    start(List.of(names), List.of(names));
  }

  /** Starts with these disks, of which those work. */
  private void start(List<String> names, List<String> working) {
    String disks =
        String.join(
            ", ",
            names.stream().map(each -> "{path: \"" + disk(each) + "\", size: 256MiB}").toList());
    nyc.configInstead("cache: {catch-up: 1s, disk: [" + disks + "]}");
    nyc.start();
    Await.until(
        "the disks work",
        () ->
            metrics().contains("landfall_purge_cache_held 0.0")
                && working.stream().allMatch(each -> value("working", each) == 1),
        this::metrics);
    Await.until("it serves", () -> HttpWire.get(nyc.http, "shop.test", "/x").status() == 200);
  }

  private String metrics() {
    return HttpWire.get(nyc.socket(), "localhost", "/metrics").body();
  }

  private int value(String what, String name) {
    String metric = "landfall_cache_disk_" + what + "{disk=\"" + disk(name) + "\"} ";
    return metrics()
        .lines()
        .filter(line -> line.startsWith(metric))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(metric.length())))
        .findFirst()
        .orElse(-1);
  }

  private boolean isHit(int url) {
    HttpWire.Answer answer = HttpWire.get(nyc.http, "shop.test", "/" + url);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.field("cache-status").orElse("").contains("nyc.landfall.test; hit");
  }

  @Test
  void theOneThatWasAwayWhileSomethingWasPurgedIsEmptiedAndTheOtherKeepsWhatItHas() {
    start("a", "b");
    assertThat(IntStream.range(0, URLS).filter(this::isHit).count()).isZero();
    Await.until(
        "all is on the disks",
        () -> value("responses", "a") + value("responses", "b") >= URLS,
        this::metrics);
    assertThat(value("responses", "a")).isPositive();
    assertThat(value("responses", "b")).isPositive();
    assertThat(nyc.show("show/cache"))
        .contains("\"path\":\"" + disk("a") + "\"", "\"path\":\"" + disk("b") + "\"");
    nyc.node().close();

    start("a");
    assertThat(value("responses", "b")).isEqualTo(-1);
    int kept = value("responses", "a");
    for (int url = 0; url < URLS / 2; url++) {
      nyc.command("POST", "purge", "{\"url\":\"shop.test/" + url + "\"}");
    }
    nyc.node().close();

    start("a", "b");
    assertThat(kept).isPositive();
    assertThat(value("responses", "a")).isGreaterThanOrEqualTo(kept);
    assertThat(IntStream.range(0, URLS / 2).filter(this::isHit).count()).isZero();
    assertThat(IntStream.range(URLS / 2, URLS).filter(this::isHit).count())
        .isPositive()
        .isLessThan(URLS / 2);
  }

  @Test
  void oneThatCannotBeUsedAtAStartIsPassedBy() throws IOException {
    Files.writeString(disk("b"), "no folder");
    start(List.of("a", "b"), List.of("a"));
    for (int url = 0; url < URLS; url++) {
      assertThat(isHit(url)).isFalse();
    }
    Await.until("a has some", () -> value("responses", "a") > 0, this::metrics);
    assertThat(value("working", "b")).isZero();
    assertThat(nyc.show("show/cache")).contains("\"state\":\"unusable\"");
  }
}

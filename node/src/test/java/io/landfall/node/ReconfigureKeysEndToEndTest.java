package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Each kind of key that can change while a node runs has its effect, and what was asked stays. */
class ReconfigureKeysEndToEndTest {
  private static final String PROBE =
      "backends: [\"%s\"]\nprobe: {http: %s, interval: 300ms, timeout: 300ms, fall: 2, rise: 2}\n";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin one;
  private TestSite fra;

  @BeforeEach
  void aSite() {
    world = new TestWorld(folder);
    one = world.origin("one", 1);
    fra = world.site("fra", 1);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void applied() {
    HttpWire.Answer answer = fra.apply();
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private void awaitSignal(String signal) {
    Await.until(
        "shop is " + signal,
        () -> fra.show("show/services").contains("\"signal\":\"" + signal + "\""),
        () -> fra.show("show/services"));
  }

  private long probes(String path) {
    return one.received.stream().filter(r -> r.line().contains(" " + path + " ")).count();
  }

  @Test
  void anotherProbeIsTheOneThatRuns() {
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz")).start();
    awaitSignal("UP");
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/other"));
    applied();
    Await.until("the other path is probed", () -> probes("/other") > 2);
    long before = probes("/healthz");
    Await.until("and probed on", () -> probes("/other") > 5);
    assertThat(probes("/healthz")).isEqualTo(before);
    assertThat(fra.show("show/services")).contains("\"signal\":\"UP\"");
  }

  @Test
  void whatAnOperatorAskedForHoldsWhenAServiceComesBack() {
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz")).start();
    awaitSignal("UP");
    assertThat(fra.command("DELETE", "services/shop", "").status()).isEqualTo(200);
    fra.forgets("shop");
    applied();
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz"));
    applied();
    Await.until("it is probed", () -> fra.show("show/services").contains("\"healthy\":true"));
    assertThat(fra.show("show/services")).contains("withdrawn by command");
    assertThat(fra.command("PUT", "services/shop", "{}").status()).isEqualTo(200);
    awaitSignal("UP");
    Await.until(
        "its route has its name", () -> fra.show("show/routes").contains("\"name\":\"shop\""));
  }

  @Test
  void thePathsAndTheTierOfAServiceChange() {
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz")).start();
    awaitSignal("UP");
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz") + "paths: [/a]\n");
    applied();
    assertThat(HttpWire.get(fra.http, "shop.test", "/a/b").status()).isEqualTo(200);
    assertThat(HttpWire.get(fra.http, "shop.test", "/b").status()).isEqualTo(421);
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz") + "tier: 7\n");
    applied();
    assertThat(HttpWire.get(fra.http, "shop.test", "/b").status()).isEqualTo(200);
    Await.until(
        "the route has the tier",
        () -> fra.show("show/routes").contains("\"tier\":7"),
        () -> fra.show("show/routes"));
  }

  @Test
  void rulesOfAServiceComeAndGoAndExplainNamesThem() {
    String plain = PROBE.formatted(one.url(), "/healthz");
    fra.hostsWith("shop", 10, plain).start();
    awaitSignal("UP");
    assertThat(fra.show("explain?url=http://shop.test/a")).contains("\"rules\":[]");
    fra.hostsWith(
        "shop",
        10,
        plain
            + "redirects: [{path: /a, to: /b, status: 307}]\n"
            + "deny: [192.0.2.0/24]\nrate-limits: [{requests: 9, per: 1s}]\n");
    applied();
    HttpWire.Answer moved = HttpWire.get(fra.http, "shop.test", "/a");
    assertThat(moved.status()).isEqualTo(307);
    assertThat(fra.show("explain?url=http://shop.test/a"))
        .contains("(CLIENT_DENIED)", "its rate limit get 429", "with 307 to /b (REDIRECTED)");
    assertThat(fra.show("explain?url=http://shop.test/b")).doesNotContain("REDIRECTED");
    fra.hostsWith("shop", 10, plain + "maintenance: {}\n");
    applied();
    assertThat(HttpWire.get(fra.http, "shop.test", "/a").status()).isEqualTo(503);
    assertThat(fra.show("explain?url=http://shop.test/a")).contains("503 (MAINTENANCE)");
    fra.hostsWith("shop", 10, plain);
    applied();
    assertThat(HttpWire.get(fra.http, "shop.test", "/a").status()).isEqualTo(200);
    assertThat(fra.show("explain?url=tcp://none")).contains("no TCP service of this name");
  }

  @Test
  void trustedProxiesAndTheLevelOfTheLogChange() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    String edge = "edge: {listen: [{address: \"" + TestSite.text(fra.http) + "\"}]%s}";
    try {
      fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz"))
          .config(edge.formatted(""))
          .start();
      awaitSignal("UP");
      assertThat(forwardedFor("/before")).doesNotContain("192.0.2.9");
      fra.configInstead(edge.formatted(", trusted-proxies: [127.0.0.0/8]"))
          .config("log: {level: warn}");
      applied();
      assertThat(forwardedFor("/after")).contains("192.0.2.9");
      assertThat(root.getLevel()).isEqualTo(Level.WARN);
    } finally {
      root.setLevel(before);
    }
  }

  private String forwardedFor(String path) {
    HttpWire.Answer answer =
        HttpWire.get(fra.http, "shop.test", path, "X-Forwarded-For: 192.0.2.9");
    assertThat(answer.status()).isEqualTo(200);
    return one.received.stream()
        .filter(r -> r.line().contains(" " + path + " "))
        .flatMap(r -> r.all("x-forwarded-for").stream())
        .reduce("", String::concat);
  }

  @Test
  void candidatesComeWhileTheNodeRuns() {
    TestSite nyc = world.site("nyc", 2);
    nyc.start();
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz")).start();
    awaitSignal("UP");
    fra.dials(nyc.overlay);
    applied();
    fra.awaitAdjacency("nyc");
  }

  @Test
  void aPageOfMaintenanceIsReadAgainThoughTheFileIsAsItWas() throws IOException {
    Path page = Files.writeString(folder.resolve("page.html"), "<p>back soon</p>");
    fra.hostsWith(
            "shop",
            10,
            PROBE.formatted(one.url(), "/healthz") + "maintenance: {page: \"" + page + "\"}\n")
        .start();
    awaitSignal("UP");
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("<p>back soon</p>");
    Files.writeString(page, "<p>back at noon</p>");
    applied();
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("<p>back at noon</p>");
    assertThat(metrics()).contains("landfall_config_generation 2.0");
    applied();
    assertThat(metrics()).contains("landfall_config_generation 2.0");
  }

  @Test
  void theGenerationIsInTheMetrics() {
    fra.hostsWith("shop", 10, PROBE.formatted(one.url(), "/healthz")).start();
    assertThat(metrics()).contains("landfall_config_generation 1.0");
    fra.knows("media", 11);
    applied();
    assertThat(metrics())
        .contains("landfall_config_generation 2.0", "landfall_config_last_apply_success 1.0");
    fra.overlay("asn: 65001");
    assertThat(fra.apply().status()).isEqualTo(409);
    assertThat(metrics())
        .contains("landfall_config_generation 2.0", "landfall_config_last_apply_success 0.0");
  }

  private List<String> metrics() {
    return HttpWire.get(fra.socket(), "localhost", "/metrics").body().lines().toList();
  }
}

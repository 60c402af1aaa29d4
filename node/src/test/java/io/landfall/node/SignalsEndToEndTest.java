package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service says of itself at one node, seen in the table of another. */
class SignalsEndToEndTest {
  private static final String NYC = "10.32.0.2";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin backend;
  private TestSite fra;
  private TestSite nyc;

  @BeforeEach
  void twoSites() {
    world = new TestWorld(folder);
    backend = world.origin("at nyc", 2);
    fra = world.site("fra", 1);
    nyc = world.site("nyc", 2);
    fra.dials(nyc.overlay);
    nyc.dials(fra.overlay);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void start() {
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc");
    nyc.awaitAdjacency("fra");
  }

  private void startWithShopUp() {
    fra.knows("shop", 10);
    nyc.hosts("shop", 10, backend);
    start();
    fra.awaitNextHops(10, NYC);
  }

  private static void assertDone(HttpWire.Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  /** What the other node's table says that the service says. */
  private String signalSeenAtFra() {
    for (Map<String, Object> route : fra.rows("routes")) {
      if ("10.32.1.10".equals(route.get("address"))) {
        return ParsedJson.rows(route.getOrDefault("paths", List.of())).stream()
            .map(path -> String.valueOf(path.get("signal")))
            .findFirst()
            .orElse("");
      }
    }
    return "gone";
  }

  private void awaitSignal(String signal) {
    Await.until(
        "fra sees shop " + signal,
        () -> signalSeenAtFra().equals(signal),
        () -> fra.show("show/routes"));
  }

  @Test
  void aKilledBackendIsWithdrawnEverywhereAndComesBack() {
    startWithShopUp();
    backend.stop();
    fra.awaitNextHops(10);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);
    assertThat(HttpWire.get(nyc.http, "shop.test", "/").status()).isEqualTo(503);
    backend.restart();
    fra.awaitNextHops(10, NYC);
  }

  @Test
  void aBackendThatAcceptsAndNeverAnswersIsWithdrawn() {
    startWithShopUp();
    backend.mode = TestOrigin.Mode.HANG;
    fra.awaitNextHops(10);
    backend.mode = TestOrigin.Mode.ANSWER;
    fra.awaitNextHops(10, NYC);
  }

  @Test
  void aBackendWhoseAnswersTheEdgeRefusesIsDownWithTheReason() {
    startWithShopUp();
    backend.mode = TestOrigin.Mode.BARE_LINE_FEEDS;
    fra.awaitNextHops(10);
    assertThat(nyc.show("show/services"))
        .contains("the edge would answer 502: a line ends with LF alone");
    backend.mode = TestOrigin.Mode.ANSWER;
    fra.awaitNextHops(10, NYC);
  }

  @Test
  void probesOfAHealthyBackendShareAConnection() {
    startWithShopUp();
    int before = backend.connections.get();
    int probes = backend.received.size();
    Await.until(
        "twenty more probes",
        () -> backend.received.size() >= probes + 20,
        () -> String.valueOf(backend.received.size()));
    assertThat(backend.connections.get() - before).isLessThan(10);
  }

  @Test
  void aRefusedConnectionOfARequestProbesAtOnce() {
    fra.knows("shop", 10);
    nyc.hosts(
        "shop", 10, "probe: {http: /healthz, interval: 20s, timeout: 300ms, fall: 1}", backend);
    start();
    fra.awaitNextHops(10, NYC);
    backend.stop();
    // The next probe by the interval comes too late for this deadline: the request brought it on.
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isGreaterThanOrEqualTo(500);
    Await.until(
        "fra sees it gone within half of the interval",
        () -> fra.nextHops(10).isEmpty(),
        () -> fra.show("show/routes"));
  }

  @Test
  void aRequestThatEndsABackendsConnectionWithdrawsNothingThatAProbeFindsWell() {
    nyc.hosts(
        "shop", 10, "probe: {http: /healthz, interval: 20s, timeout: 300ms, fall: 1}", backend);
    start();
    Await.until(
        "shop is served",
        () -> HttpWire.get(nyc.http, "shop.test", "/").status() == 200,
        () -> nyc.show("show/services"));
    backend.mode = TestOrigin.Mode.DIE_BEFORE_HEAD;
    int before = probes();
    assertThat(HttpWire.get(nyc.http, "shop.test", "/").status()).isEqualTo(502);
    Await.until("a probe was sent at once", () -> probes() > before, this::probes);
    backend.mode = TestOrigin.Mode.ANSWER;
    assertThat(HttpWire.get(nyc.http, "shop.test", "/").status()).isEqualTo(200);
  }

  private int probes() {
    return backend.received.size() - backend.requests().size();
  }

  @Test
  void aTcpProbeSeesTheListenerComeAndGo() {
    fra.knows("shop", 10);
    nyc.hosts("shop", 10, "probe: {tcp: true, interval: 300ms, timeout: 300ms, fall: 2}", backend);
    start();
    fra.awaitNextHops(10, NYC);
    backend.stop();
    fra.awaitNextHops(10);
    backend.restart();
    fra.awaitNextHops(10, NYC);
  }

  @Test
  void anExecProbeSeesWhatItsCommandSees() throws Exception {
    Path flag = Files.writeString(folder.resolve("up"), "");
    fra.knows("shop", 10);
    nyc.hosts(
        "shop",
        10,
        "probe: {exec: [/usr/bin/test, -e, \"" + flag + "\"], interval: 500ms, timeout: 500ms}",
        backend);
    start();
    fra.awaitNextHops(10, NYC);
    Files.delete(flag);
    fra.awaitNextHops(10);
    Files.writeString(flag, "");
    fra.awaitNextHops(10, NYC);
  }

  @Test
  void aLeaseThatIsRenewedLastsAndSilenceWithdraws() {
    startWithShopUp();
    assertDone(nyc.command("PUT", "services/shop", "{\"ttlMillis\": 3000}"));
    long taken = System.nanoTime();
    // Renewed for longer than it lasts; each renewal well before the end.
    while (System.nanoTime() - taken < 5_000_000_000L) {
      assertDone(nyc.command("PUT", "services/shop", "{\"ttlMillis\": 3000}"));
      assertThat(fra.nextHops(10)).containsExactly(NYC);
    }
    fra.awaitNextHops(10);
    // The backend is as well as ever: it is the silence that withdrew.
    assertThat(nyc.show("show/services")).contains("\"healthy\":true").contains("DOWN");
    assertDone(nyc.command("PUT", "services/shop", ""));
    fra.awaitNextHops(10, NYC);
  }

  @Test
  void withdrawAndAnnounceAreSeenElsewhere() {
    startWithShopUp();
    assertDone(nyc.command("DELETE", "services/shop", ""));
    fra.awaitNextHops(10);
    assertDone(nyc.command("PUT", "services/shop", ""));
    fra.awaitNextHops(10, NYC);
    assertThat(nyc.command("DELETE", "services/nosuch", "").status()).isEqualTo(404);
    assertThat(fra.command("DELETE", "services/shop", "").status()).isEqualTo(409);
  }

  @Test
  void aDrainingServiceSaysSoAndIsUpAgainAfterwards() {
    startWithShopUp();
    assertDone(nyc.command("POST", "drain", "{\"service\": \"shop\"}"));
    awaitSignal("DRAINING");
    assertDone(nyc.command("POST", "undrain", "{\"service\": \"shop\"}"));
    awaitSignal("UP");
  }

  @Test
  void aDrainingNodesServicesSaySoAndAreUpAgainAfterwards() {
    startWithShopUp();
    assertDone(nyc.command("POST", "drain", "{\"node\": true}"));
    awaitSignal("DRAINING");
    assertDone(nyc.command("POST", "undrain", "{\"node\": true}"));
    awaitSignal("UP");
  }

  @Test
  void nobodyProbesWhatIsRemote() {
    TestOrigin atFra = world.origin("at fra", 1);
    fra.hosts("shop", 10, atFra);
    nyc.hosts("shop", 10, backend);
    start();
    fra.awaitNextHops(10, "10.32.0.1", NYC);
    nyc.awaitNextHops(10, "10.32.0.1", NYC);
    Await.until(
        "each backend was probed ten times",
        () -> atFra.received.size() >= 10 && backend.received.size() >= 10,
        () -> atFra.received.size() + " and " + backend.received.size());
    // Every probe that a backend saw is one that the node beside it made; one may be under way.
    assertThat(atFra.received.size() - probesBy(fra)).isBetween(-1L, 1L);
    assertThat(backend.received.size() - probesBy(nyc)).isBetween(-1L, 1L);
    assertThat(fra.show("show/services")).doesNotContain(backend.url());
  }

  private static long probesBy(TestSite site) {
    return site.node()
        .control
        .ask(
            () ->
                site.node().probes.counts().values().stream()
                    .mapToLong(count -> count.successes + count.failures)
                    .sum())
        .join();
  }
}

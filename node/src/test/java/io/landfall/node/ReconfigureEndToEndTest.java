package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A config is changed while its node runs: real sockets, a file, and the admin socket. */
class ReconfigureEndToEndTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin one;
  private TestOrigin other;
  private TestSite fra;

  @BeforeEach
  void aSite() {
    world = new TestWorld(folder);
    one = world.origin("one", 1);
    other = world.origin("other", 1);
    fra = world.site("fra", 1);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static void applied(HttpWire.Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static void refused(HttpWire.Answer answer, String... parts) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(409);
    assertThat(answer.body()).contains(parts);
  }

  private void awaitAnswer(TestSite site, String service, int status) {
    Await.until(
        service + " is answered with " + status,
        () -> HttpWire.get(site.http, service + ".test", "/").status() == status,
        () -> site.show("show/services"));
  }

  private Map<String, Object> configuration() {
    return ParsedJson.object(ParsedJson.parse(fra.show("show/configuration")));
  }

  @Test
  void aNewServiceIsServedAndARemovedOneIsNotWhileAnotherNoticesNothing() {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop", 200);
    int connections = one.connections.get();
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(421);

    applied(fra.hosts("media", 11, other).apply());
    awaitAnswer(fra, "media", 200);
    assertThat(configuration()).containsEntry("generation", 2L);
    assertThat(one.connections.get()).as("connections to shop's backend").isEqualTo(connections);

    applied(fra.forgets("media").apply());
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(421);
    awaitAnswer(fra, "shop", 200);
    assertThat(configuration()).containsEntry("generation", 3L);
    assertThat(fra.show("show/services")).doesNotContain("media").contains("shop");
  }

  @Test
  void aServiceThatIsNewAtTwoNodesIsForwardedFromTheOneThatKnowsItOnly() {
    TestSite nyc = world.site("nyc", 2).dials(fra.overlay);
    fra.hosts("shop", 10, one).start();
    nyc.hosts("media", 11, other).forgets("media").knows("shop", 10).start();
    nyc.awaitAdjacency("fra");
    awaitAnswer(nyc, "shop", 200);

    // The route is refused at first, as the service is not known there.
    applied(nyc.hosts("media", 11, other).apply());
    awaitAnswer(nyc, "media", 200);
    Await.until(
        "the route of a service that is not known is refused",
        () -> fra.show("show/refused").contains("nyc"),
        () -> fra.show("show/refused"));
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(421);

    applied(fra.knows("media", 11).apply());
    awaitAnswer(fra, "media", 200);
    assertThat(HttpWire.get(fra.http, "media.test", "/").body()).contains("other");
    assertThat(fra.hasAdjacency("nyc")).isTrue();
  }

  @Test
  void aNewServiceComesThroughAReflectorThatIsToldOfIt() {
    TestSite reflector = world.site("rr", 9).knows("shop", 10).overlay("reflector: true").start();
    TestSite nyc = world.site("nyc", 2).hosts("media", 11, other).forgets("media");
    for (TestSite site : List.of(fra.knows("shop", 10), nyc.hosts("shop", 10, one))) {
      site.overlay("reflectors: [rr]").dials(reflector.overlay).start();
      site.awaitAdjacency("rr");
    }
    awaitAnswer(fra, "shop", 200);
    for (TestSite site : List.of(fra.knows("media", 11), nyc.hosts("media", 11, other))) {
      applied(site.apply());
    }
    awaitAnswer(nyc, "media", 200);
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(503);
    applied(reflector.knows("media", 11).apply());
    awaitAnswer(fra, "media", 200);

    applied(fra.forgets("media").apply());
    applied(fra.knows("media", 11).apply());
    awaitAnswer(fra, "media", 200);
  }

  @Test
  void aNodeIsEntitledToAServiceAndNoMoreWhileItsSessionIsUp() {
    TestSite nyc = world.site("nyc", 2).dials(fra.overlay);
    fra.knows("media", 11).start();
    // Its certificate names no service.
    nyc.start();
    nyc.awaitAdjacency("fra");
    applied(nyc.hosts("media", 11, other).apply());
    awaitAnswer(nyc, "media", 200);
    Await.until(
        "the route is refused",
        () -> fra.show("show/refused").contains("nyc"),
        () -> fra.show("show/refused"));
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isNotEqualTo(200);

    applied(fra.trust("entitlements: {nyc: [media]}").apply());
    awaitAnswer(fra, "media", 200);
    applied(fra.trust("entitlements: {}").apply());
    fra.awaitNextHops(11);
    assertThat(fra.hasAdjacency("nyc")).isTrue();
  }

  @Test
  void aBackendIsReplacedWithoutAMomentWithoutTheService() {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop", 200);
    applied(fra.hosts("shop", 10, one, other).apply());
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(200);
    Await.until(
        "both are healthy",
        () -> !fra.show("show/services").contains("\"healthy\":false"),
        () -> fra.show("show/services"));
    applied(fra.hosts("shop", 10, other).apply());
    for (int i = 0; i < 20; i++) {
      HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", "/");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("other");
    }
  }

  @Test
  void whatNeedsARestartIsRefusedWithEveryKeyAndNothingChanges() throws IOException {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop", 200);
    fra.hosts("media", 11, other).overlay("asn: 65001").configInstead("log: {format: json}");
    HttpWire.Answer answer = fra.apply();
    refused(answer, "overlay.asn", "log.format", "cannot change while the node runs");
    refused(answer, "node.yaml:2:", "generation 1 stays in force");
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(421);
    assertThat(configuration()).containsEntry("generation", 1L);
    assertThat(fra.show("show/configuration")).contains("overlay.asn");
  }

  @Test
  void aFileThatIsWrongChangesNothingAndIsShown() throws IOException {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop", 200);
    Path file = fra.write();
    Files.writeString(file, "node: {name: fra\n");
    refused(fra.apply(file, ""), "is not YAML", "generation 1 stays in force");
    refused(fra.apply(folder.resolve("absent.yaml"), ""), "there is no such file");
    // A pipe would hold the change, and all that come after it, for as long as nobody writes to it.
    refused(fra.apply(Path.of("/dev/zero"), ""), "is a pipe, a device or a socket");
    awaitAnswer(fra, "shop", 200);
    refused(fra.command("POST", "reload", "{}"), "is not YAML");
    assertThat(fra.show("show/configuration")).contains("\"applied\":false");
    // Once the file is again what is in force, there is no problem any more.
    Path whole = fra.write();
    assertThat(fra.command("POST", "reload", "{}").body()).contains("nothing changes");
    assertThat(fra.show("show/configuration")).doesNotContain("\"applied\":false");
    assertThat(fra.apply(whole, "").body()).contains("nothing changes");
  }

  @Test
  void whoAppliesAnotherFileThanThatOfTheStartIsToldWhatAReloadBringsBack() throws IOException {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop", 200);
    Path own = fra.hosts("media", 11, other).write();
    Path elsewhere = Files.copy(own, own.resolveSibling("elsewhere.yaml"));
    assertThat(fra.apply(elsewhere, "").body())
        .contains("note: a reload or restart of the node goes back to " + own);
    fra.forgets("media").write();
    HttpWire.Answer back = fra.command("POST", "reload", "{}");
    applied(back);
    assertThat(back.body()).doesNotContain("note:");
    assertThat(configuration()).containsEntry("file", own.toString());
  }

  @Test
  void anUnconfirmedConfigGoesAwayAndAConfirmedOneStays() throws IOException {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop", 200);
    Path more = fra.hosts("media", 11, other).write();
    applied(fra.apply(more, ", \"confirmSeconds\": 1"));
    refused(fra.apply(more, ""), "generation 2 waits to be confirmed");
    Await.until(
        "the config before is back",
        () -> Long.valueOf(3).equals(configuration().get("generation")),
        () -> fra.show("show/configuration"));
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(421);

    refused(fra.command("POST", "reload", "{}"), "was taken back");
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(421);

    applied(fra.apply(more, ", \"confirmSeconds\": 3600"));
    applied(fra.command("POST", "configure/confirm", "{}"));
    refused(fra.command("POST", "configure/confirm", "{}"), "nothing waits");
    awaitAnswer(fra, "media", 200);

    applied(fra.command("POST", "configure/undo", "{}"));
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(421);
    refused(fra.command("POST", "configure/undo", "{}"), "once");
    refused(fra.command("POST", "reload", "{}"), "was taken back");
    fra.hosts("extra", 12, other).write();
    applied(fra.command("POST", "reload", "{}"));
    awaitAnswer(fra, "extra", 200);
  }

  /** It starts with what is in the file, and knows of no config before. */
  @Test
  void noProcessTakesOverWhileAConfigWaitsOrIfTheFileIsTheOneTakenBack() throws IOException {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop", 200);
    Configurations configurations = fra.node().configurations;
    Path more = fra.hosts("media", 11, other).write();
    applied(fra.apply(more, ", \"confirmSeconds\": 3600"));
    assertThat(configurations.hold().orElseThrow()).contains("confirm or undo it first");
    applied(fra.command("POST", "configure/undo", "{}"));
    assertThat(configurations.hold().orElseThrow()).contains("was taken back");

    fra.hosts("extra", 12, other).write();
    assertThat(configurations.hold()).isEmpty();
    refused(fra.command("POST", "reload", "{}"), "another change");
    configurations.release();
    applied(fra.command("POST", "reload", "{}"));
  }

  @Test
  void aReloadAppliesTheFileOfTheStart() throws IOException {
    fra.hosts("shop", 10, one).start();
    awaitAnswer(fra, "shop", 200);
    HttpWire.Answer same = fra.command("POST", "reload", "{}");
    assertThat(same.body()).doesNotContain("generation");
    Path file = fra.hosts("media", 11, other).write();
    HttpWire.Answer diff = fra.command("POST", "configure/diff", "{\"file\": \"" + file + "\"}");
    assertThat(diff.body()).contains("+ services.media.identity: 10.32.1.11");
    Path none = Files.writeString(file.resolveSibling("none.txt"), "root:secret:19000\n");
    assertThat(fra.command("POST", "configure/diff", "{\"file\": \"" + none + "\"}").body())
        .as("what is no config is not shown")
        .contains("none.txt")
        .doesNotContain("secret");
    HttpWire.Answer reloaded = fra.command("POST", "reload", "{}");
    assertThat(reloaded.body()).contains("generation 2");
    assertThat(reloaded.status()).as("there is no list of revocations").isEqualTo(200);
    awaitAnswer(fra, "media", 200);
    assertThat(List.of(configuration().get("generation"))).containsExactly(2L);
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.Octets;
import io.landfall.trust.Credentials;
import io.landfall.trust.Fingerprints;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The list of revocations of a running node, as an operator changes it: by its file, and by a
 * command. Three real nodes: fra, which has the list, and nyc and sin, which host a service each.
 */
class RevocationEndToEndTest {
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.1");
  private static final String NYC = "10.32.0.2";
  private static final String SIN = "10.32.0.3";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin atFra;
  private TestSite fra;
  private TestSite nyc;
  private TestSite sin;
  private Credentials ofNyc;
  private CapturedLog log;

  @BeforeEach
  void threeNodes() {
    world = new TestWorld(folder);
    log = new CapturedLog();
    atFra = world.origin("fra", 1);
    ofNyc = world.credentials("nyc", 2, "shop");
    fra =
        world
            .site("fra", 1)
            .knows("shop", 10)
            .knows("media", 11)
            .hosts("api", 12, atFra)
            .revokes("# nobody");
    nyc = world.site("nyc", 2).hosts("shop", 10, world.origin("nyc", 2)).knows("api", 12);
    sin = world.site("sin", 3).hosts("media", 11, world.origin("sin", 3)).knows("api", 12);
    nyc.with(ofNyc).dials(fra.overlay);
    sin.dials(fra.overlay);
    fra.dials(nyc.overlay);
  }

  @AfterEach
  void stop() {
    log.close();
    world.close();
  }

  private void start() {
    fra.start();
    nyc.start();
    sin.start();
    fra.awaitAdjacency("nyc", "sin").awaitNextHops(10, NYC).awaitNextHops(11, SIN);
    awaitAnswer(fra, "shop", 200);
    awaitAnswer(fra, "media", 200);
    awaitAnswer(nyc, "api", 200);
    awaitAnswer(sin, "api", 200);
  }

  private static void awaitAnswer(TestSite site, String service, int status) {
    Await.until(
        site.name + " answers " + status + " for " + service,
        () -> HttpWire.get(site.http, service + ".test", "/").status() == status,
        () -> site.show("show/services"));
  }

  private void assertNycIsCutOff() {
    Await.until("the session ends", () -> !fra.hasAdjacency("nyc"), () -> fra.show("show/peers"));
    fra.awaitNextHops(10);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);
    Await.until(
        "nyc received a Cease",
        () ->
            !log.with("adjacency down", "peer=fra", "by=peer", "code=6/3", "nyc (10.32.0.2) is")
                .isEmpty(),
        log::lines);
    Await.until(
        "it is refused from now on",
        () -> fra.refused("(not admitted)", "revoked") > 0,
        () -> fra.show("show/refused"));
    awaitAnswer(nyc, "api", 503);
  }

  private void assertSinIsUndisturbed() {
    assertThat(fra.hasAdjacency("sin")).isTrue();
    assertThat(log.with("adjacency down", "peer=sin")).isEmpty();
    assertThat(fra.nextHops(11)).containsExactly(SIN);
    assertThat(HttpWire.get(fra.http, "media.test", "/").status()).isEqualTo(200);
    assertThat(HttpWire.get(sin.http, "api.test", "/").status()).isEqualTo(200);
  }

  @Test
  void aReplacedFileCutsOffWhomItNamesAndAdmitsItAgainWithoutTheLine() {
    start();
    fra.revokes("# since today", "node nyc");
    assertNycIsCutOff();
    assertThat(fra.show("show/revocations")).contains("\"node nyc\"", "\"problem\":null");
    assertSinIsUndisturbed();

    fra.revokes("# nobody");
    fra.awaitAdjacency("nyc").awaitNextHops(10, NYC);
    awaitAnswer(fra, "shop", 200);
    awaitAnswer(nyc, "api", 200);
    assertSinIsUndisturbed();
  }

  @Test
  void aFileThatIsWrittenInPlaceIsSeenToo() throws IOException {
    start();
    String key = Fingerprints.sha256(ofNyc.certificate().getPublicKey());
    Files.writeString(fra.revoked(), "key " + key + "\n", StandardOpenOption.APPEND);
    assertNycIsCutOff();
    assertSinIsUndisturbed();
  }

  @Test
  void reloadTellsWhatIsInForceAndWhomItCutOff() {
    start();
    fra.revokes("serial " + ofNyc.certificate().getSerialNumber().toString(16));
    HttpWire.Answer answer = fra.command("POST", "reload", "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains(fra.revoked() + ": 1 entries in force");
    assertNycIsCutOff();
    assertSinIsUndisturbed();
    assertThat(log.with("revocations applied", "1 added", "cut off: nyc")).hasSize(1);

    fra.revokes();
    assertThat(fra.command("POST", "reload", "{}").body()).contains("0 entries in force");
    fra.awaitAdjacency("nyc").awaitNextHops(10, NYC);
  }

  @Test
  void aListThatBreaksARuleIsNotAppliedAndTheOneBeforeStays() {
    fra.revokes("node nyc");
    fra.start();
    nyc.start();
    sin.start();
    fra.awaitAdjacency("sin").awaitNextHops(11, SIN);
    fra.revokes("node sin", "nodes nyc");
    HttpWire.Answer answer = fra.command("POST", "reload", "");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.body()).contains(fra.revoked() + ":2: ", "none of serial, key and node");
    assertThat(fra.show("show/revocations")).contains(fra.revoked() + ":2: ", "\"node nyc\"");
    // The poll that finds the same, and a command that is given again, log no more.
    assertThat(fra.command("POST", "reload", "").status()).isEqualTo(409);
    assertThat(log.with("revocations not applied", fra.revoked() + ":2: ")).hasSize(1);
    assertThat(fra.hasAdjacency("sin")).isTrue();
    assertThat(fra.hasAdjacency("nyc")).isFalse();

    // By the file alone: the problem is seen, and that it is mended.
    fra.revokes("serial xyz");
    Await.until(
        "the poll finds the problem",
        () -> fra.show("show/revocations").contains(":1: "),
        () -> fra.show("show/revocations"));
    assertThat(fra.hasAdjacency("sin")).isTrue();
    fra.revokes("node nyc", "node sin");
    Await.until("sin is cut", () -> !fra.hasAdjacency("sin"), () -> fra.show("show/peers"));
    assertThat(fra.show("show/revocations")).contains("\"problem\":null");
  }

  @Test
  void aFileThatIsGoneLeavesTheListInForce() throws IOException {
    fra.revokes("node nyc");
    fra.start();
    nyc.start();
    sin.start();
    fra.awaitAdjacency("sin");
    Files.delete(fra.revoked());
    Await.until(
        "the problem is shown",
        () -> fra.show("show/revocations").contains("there is no such file"),
        () -> fra.show("show/revocations"));
    assertThat(fra.show("show/revocations")).contains("\"node nyc\"");
    assertThat(fra.hasAdjacency("nyc")).isFalse();
    assertThat(fra.command("POST", "reload", "").body()).contains("there is no such file");
  }

  @Test
  void reloadOfWhatHasNotChangedIsDone() {
    nyc.start();
    HttpWire.Answer answer = nyc.command("POST", "reload", "");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("nothing has changed");
  }

  @Test
  void aNodeThatIsNamedInItsOwnListIsToldSo() {
    start();
    fra.revokes("node fra");
    assertThat(fra.command("POST", "reload", "").body())
        .contains("this node itself is named, and will not start again");
    assertThat(fra.hasAdjacency("nyc")).isTrue();
  }

  /** The peer keeps its connection with a request under way, and never hangs up by itself. */
  @Test
  void theRequestConnectionOfARevokedPeerEndsWithTheRequestsUnderWay() {
    start();
    Credentials own = world.credentials("ams", 4);
    try (ScriptedPeer session =
            ScriptedPeer.connect(fra.overlay, own).establish(Octets.ipv4("10.32.0.4"));
        H2Caller caller = new H2Caller(fra.overlay, ELSEWHERE, own)) {
      fra.awaitAdjacency("ams");
      assertThat(caller.ask("api.test")).isEqualTo("200");
      atFra.mode = TestOrigin.Mode.HANG_BUT_FOR_PROBES;
      int before = atFra.requests().size();
      int others = fra.node().requestConnections() - 1;
      CompletableFuture<String> underWay = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> underWay.complete(caller.askUntilClosed("api.test")));
      Await.until(
          "the request is at the backend",
          () -> atFra.requests().size() > before,
          () -> atFra.requests());

      fra.revokes("node ams");

      // The session's end says GOAWAY; the connection's end may not wait for the request.
      assertThat(underWay.join()).isEqualTo("closed");
      assertThat(session.notification()).isEqualTo("6/3");
      Await.until(
          "the connection is gone",
          () -> fra.node().requestConnections() == others,
          () -> fra.node().requestConnections());
      assertThat(log.with("requests cut", "peer=ams")).hasSize(1);
      atFra.mode = TestOrigin.Mode.ANSWER;
      assertThat(H2Caller.ask(fra.overlay, ELSEWHERE, own, "api.test")).isEqualTo("closed");
    }
    assertSinIsUndisturbed();
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.Octets;
import io.landfall.trust.Credentials;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose forwarded requests a node serves: those of a node that is live there, and no other's. */
class WhoMayForwardTest {
  private static final String LATE = "x-late";

  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.1");
  private static final String REFUSED = "REFUSED_STREAM";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin shop;
  private TestSite fra;
  private TestSite nyc;
  private Credentials ofNyc;
  private CapturedLog log;

  @BeforeEach
  void aNodeThatHostsAServiceAndALivePeer() {
    world = new TestWorld(folder);
    log = new CapturedLog();
    shop = world.origin("shop at fra", 1);
    ofNyc = world.credentials("nyc", 2);
    fra = world.site("fra", 1).hosts("shop", 10, shop);
    nyc = world.site("nyc", 2).knows("shop", 10).with(ofNyc).dials(fra.overlay);
  }

  @AfterEach
  void stop() {
    log.close();
    world.close();
  }

  private void start() {
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc").awaitNextHops(10, "10.32.0.1");
    nyc.awaitAdjacency("fra").awaitNextHops(10, "10.32.0.1");
  }

  /** The live peer is served, before and after. */
  private void assertNycIsServed() {
    Await.until(
        "nyc forwards to fra",
        () -> HttpWire.get(nyc.http, "shop.test", "/").status() == 200,
        () -> nyc.show("show/services"));
    int before = shop.requests().size();
    HttpWire.Answer answer = HttpWire.send(nyc.http, "POST", "shop.test", "/", "hello");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(shop.requests()).hasSize(before + 1);
    assertThat(shop.requests().getLast().all("forwarded").toString()).contains("127.0.0.1");
  }

  private void refusedFor(String rule, Credentials own, String... words) {
    int before = shop.requests().size();
    String said =
        H2Caller.ask(
            fra.overlay,
            ELSEWHERE,
            own,
            "shop.test",
            "forwarded",
            "for=198.51.100.66",
            "x-forwarded-for",
            "198.51.100.66",
            "cdn-loop",
            "fra.cdn.test");
    assertThat(said).isIn(REFUSED, "GOAWAY", "closed");
    assertThat(shop.requests()).hasSize(before);
    Await.until(
        "the refusal is counted as " + rule,
        () -> fra.refused("(not admitted)", rule) > 0,
        () -> fra.show("show/refused"));
    assertThat(log.with("overlay peer refused", "rule=" + rule).getLast()).contains(words);
    assertNycIsServed();
  }

  @Test
  void aCertificateWithoutASessionGetsNoAnswers() {
    start();
    refusedFor("no-session", world.credentials("sin", 3), "sin (10.32.0.3)", "127.0.0.1");
    refusedFor("no-session", world.credentials("sin", 3, "shop"), "sin (10.32.0.3)");
  }

  @Test
  void aCopyOfALiveNodesKeyGetsNoAnswersWhereTheNodeIsNot() {
    start();
    refusedFor("other-address", ofNyc, "nyc (10.32.0.2)", "127.0.0.1");
  }

  @Test
  void anotherCertificateOfALiveIdentityGetsNoAnswers() {
    start();
    refusedFor("duplicate-identity", world.credentials("nyc", 2, "shop"), "nyc (10.32.0.2)");
    refusedFor("duplicate-identity", world.credentials("eve", 2, "shop"), "eve", "nyc");
  }

  @Test
  void aCertificateThatBgpRefusesGetsNoAnswers() {
    start();
    // The name of a live node with another identity, and the identity of a service.
    refusedFor("no-session", world.credentials("nyc", 3, "shop"), "nyc (10.32.0.3)");
    refusedFor(
        "no-session",
        world.ca.issue(TestWorld.request("sin", 3).withAddresses("10.32.1.10")),
        "10.32.1.10");
  }

  @Test
  void whoComesWithoutASessionForEverCostsACounterAndAFewLines() {
    start();
    Credentials sin = world.credentials("sin", 3);
    List<H2Caller> callers = new ArrayList<>();
    for (int i = 0; i <= 100; i++) {
      // Over the bound of those that wait each is refused at once.
      callers.add(world.owned(new H2Caller(fra.overlay, ELSEWHERE, sin)));
    }
    assertThat(callers.getFirst().ask("shop.test")).isIn(REFUSED, "GOAWAY");
    Await.until(
        "all are counted",
        () -> fra.refused("(not admitted)", "no-session") >= 101,
        () -> fra.show("show/refused"));
    assertThat(log.with("overlay peer refused", "rule=no-session")).hasSizeLessThan(80);
    assertNycIsServed();
  }

  @Test
  void aRequestThatComesAMomentBeforeItsSessionIsServed() {
    start();
    Credentials sin = world.credentials("sin", 3);
    try (H2Caller caller = new H2Caller(fra.overlay, ELSEWHERE, sin)) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> answer.complete(caller.ask("shop.test")));
      try (ScriptedPeer peer =
          ScriptedPeer.connect(fra.overlay, sin).establish(Octets.ipv4("10.32.0.3"))) {
        assertThat(answer.join()).isEqualTo("200");
        assertThat(peer.isEnded()).isFalse();
      }
    }
  }

  @Test
  void theEndOfASessionIsTheEndOfItsRequests() {
    start();
    Credentials sin = world.credentials("sin", 3);
    try (H2Caller caller = new H2Caller(fra.overlay, ELSEWHERE, sin)) {
      try (ScriptedPeer peer =
          ScriptedPeer.connect(fra.overlay, sin).establish(Octets.ipv4("10.32.0.3"))) {
        fra.awaitAdjacency("sin");
        assertThat(caller.ask("shop.test", "forwarded", "for=198.51.100.66")).isEqualTo("200");
        assertThat(shop.requests().getLast().all("forwarded").toString()).contains("198.51.100.66");
        assertThat(peer.isEnded()).isFalse();
      }
      Await.until("the session is over", () -> !fra.hasAdjacency("sin"), () -> "");
      // The event loops learn of it a moment later, and what is under way then finishes.
      Await.until(
          "requests are refused",
          () -> !H2Caller.ask(fra.overlay, ELSEWHERE, sin, "shop.test").equals("200"),
          () -> "");
      caller.ask("shop.test");
      assertThat(caller.ask("shop.test", LATE, "1")).isIn(REFUSED, "GOAWAY", "closed");
      assertThat(H2Caller.ask(fra.overlay, ELSEWHERE, sin, "shop.test", LATE, "1"))
          .isIn(REFUSED, "GOAWAY", "closed");
      assertThat(shop.requests()).noneMatch(request -> !request.all(LATE).isEmpty());
    }
    assertNycIsServed();
  }

  @Test
  void aNodeThatIsKnownThroughAReflectorIsServedAndItsCopiesAreNot() {
    TestSite reflector = world.site("rr1", 11).knows("shop", 10).overlay("reflector: true").start();
    fra = world.site("fra", 1).hosts("shop", 10, shop);
    nyc = world.site("nyc", 2).knows("shop", 10).with(ofNyc);
    for (TestSite site : new TestSite[] {fra, nyc}) {
      site.overlay("reflectors: [rr1]").dials(reflector.overlay).start();
      site.awaitAdjacency("rr1");
    }
    assertNycIsServed();
    assertThat(fra.peer("nyc")).as("no session between the two").isEmpty();
    refusedFor("other-address", ofNyc, "nyc (10.32.0.2)");
    refusedFor("duplicate-identity", world.credentials("nyc", 2, "shop"), "nyc (10.32.0.2)");
    refusedFor("no-session", world.credentials("sin", 3), "sin (10.32.0.3)");

    try (H2Caller caller = new H2Caller(fra.overlay, nyc.overlay.getAddress(), ofNyc)) {
      assertThat(caller.ask("shop.test")).isEqualTo("200");
      reflector.close();
      Await.until(
          "its requests are refused now that its route is gone",
          () -> !caller.ask("shop.test").equals("200"),
          () -> fra.show("show/routes"));
    }
  }
}

package io.landfall.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Strangers and impostors at the overlay port of a real node: no adjacency, a log line that says
 * why, a counter, and a third node that notices nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostilePeersTest {
  /** More than any node bears. */
  private static final int MANY_RENEWALS = 100_000;

  private static final String[] TLS13 = {"TLSv1.3"};
  private static final String[] TLS12 = {"TLSv1.2"};

  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private CapturedLog log;
  private List<String> fraTable;
  private List<String> nycTable;

  @BeforeAll
  void twoGoodNodes(@TempDir Path folder) {
    world = new TestWorld(folder);
    TestOrigin shop = world.origin("shop at fra", 1);
    TestOrigin api = world.origin("api at nyc", 2);
    fra = world.site("fra", 1).hosts("shop", 10, shop).knows("api", 11);
    nyc = world.site("nyc", 2).hosts("api", 11, api).knows("shop", 10).dials(fra.overlay);
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc").awaitNextHops(11, "10.32.0.2").awaitNextHops(10, "10.32.0.1");
    nyc.awaitAdjacency("fra").awaitNextHops(10, "10.32.0.1").awaitNextHops(11, "10.32.0.2");
    // A path is usable, and best, a moment after it is there: once its request channel is proved.
    for (TestSite site : List.of(fra, nyc)) {
      Await.until(
          "every path is usable",
          () -> site.table().stream().noneMatch(row -> row.contains("best=false")),
          site::table);
    }
    fraTable = fra.table();
    nycTable = nyc.table();
  }

  @AfterAll
  void stop() {
    world.close();
  }

  @BeforeEach
  void listenToTheLog() {
    log = new CapturedLog();
  }

  @AfterEach
  void nobodyElseNoticed() {
    log.close();
    assertThat(fra.table()).isEqualTo(fraTable);
    assertThat(nyc.table()).isEqualTo(nycTable);
    assertThat(log.with("adjacency down")).isEmpty();
    assertThat(fra.rows("peers"))
        .filteredOn(row -> "established".equals(row.get("state")))
        .extracting(row -> row.get("name"))
        .containsExactly("nyc");
  }

  /** Connects with this certificate, and expects the rule, the log line and the end. */
  private void refusedFor(String rule, @Nullable Credentials own, String... words) {
    refusedFor(rule, own, TLS13, new String[] {TrustingTls.BGP}, words);
  }

  private void refusedFor(
      String rule, @Nullable Credentials own, String[] versions, String[] alpn, String... words) {
    long before = fra.refused("(not admitted)", rule);
    try (SSLSocket socket =
        ScriptedPeer.handshake(fra.overlay, ScriptedPeer.tls(own), versions, alpn)) {
      // In TLS 1.3 the client is done before the server has looked at its certificate.
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (IOException refused) {
      // Said with an alert or a reset.
    }
    counted(rule, before, words);
  }

  private void counted(String rule, long before, String... words) {
    Await.until(
        "the refusal is counted as " + rule,
        () -> fra.refused("(not admitted)", rule) > before,
        () -> fra.show("show/refused"));
    Await.until(
        "the refusal is logged as " + rule,
        () -> !log.with("overlay peer refused", "127.0.0.1", "rule=" + rule).isEmpty(),
        log::lines);
    for (String word : words) {
      assertThat(log.with("overlay peer refused", "rule=" + rule).getFirst()).contains(word);
    }
    Map<String, Object> row =
        fra.rows("refused").stream()
            .filter(each -> rule.equals(each.get("rule")))
            .findFirst()
            .orElseThrow();
    assertThat(row).containsOnlyKeys("peer", "rule", "count", "last", "what", "reason", "subjects");
    assertThat(String.valueOf(row.get("what"))).contains("127.0.0.1");
    assertThat(String.valueOf(row.get("last"))).doesNotStartWith("1970");
  }

  @Test
  void aNodeThatRenewsItsKeysWithoutEndIsCutOff() throws IOException {
    Credentials own = world.ca.issue(TestWorld.request("sin", 3));
    try (SSLSocket socket =
        ScriptedPeer.handshake(fra.overlay, ScriptedPeer.tls(own), TLS13, TrustingTls.BGP)) {
      // Until it is cut off: on a busy machine the JDK leaves some of them out.
      for (int i = 0; i < MANY_RENEWALS; i++) {
        // In TLS 1.3 the JDK sends KeyUpdate for this, and asks for one.
        socket.startHandshake();
      }
    } catch (IOException closed) {
      // That is how it ends.
    }
    Await.until(
        "it is cut off for that",
        () -> !log.with("TLS records without application data", "sin").isEmpty(),
        log::lines);
  }

  @Test
  void aCertificateOfAnotherCaGetsNoAdjacency() {
    CertificateAuthority other = CertificateAuthority.generate("Other", System.currentTimeMillis());
    refusedFor("wrong-ca", other.issue(TestWorld.request("sin", 3)));
  }

  @Test
  void aCertificateOfAnotherTrustDomainGetsNoAdjacency() {
    refusedFor(
        "wrong-trust-domain",
        world.ca.issue(TestWorld.request("sin", 3).withUris("spiffe://evil.test/node/sin")),
        "evil.test");
  }

  @Test
  void aCertificateWithTwoUriNamesGetsNoAdjacency() {
    refusedFor(
        "two-uri-names",
        world.ca.issue(
            TestWorld.request("sin", 3)
                .withUris("spiffe://landfall.test/node/sin", "spiffe://landfall.test/node/nyc")));
  }

  @Test
  void anExpiredCertificateGetsNoAdjacency() {
    long now = System.currentTimeMillis();
    refusedFor(
        "expired",
        world.ca.issue(
            TestWorld.request("sin", 3)
                .withValidity(now - 2 * TestWorld.DAY_MILLIS, now - 60_000)));
  }

  @Test
  void aCertificateWithAnIdentityOutsideTheBlockGetsNoAdjacency() {
    refusedFor(
        "identity-outside-block",
        world.ca.issue(TestWorld.request("sin", 3).withAddresses("192.0.2.7")),
        "192.0.2.7");
  }

  @Test
  void aCertificateWithTwoIdentitiesGetsNoAdjacency() {
    refusedFor(
        "two-identities",
        world.ca.issue(TestWorld.request("sin", 3).withAddresses("10.32.0.3", "10.32.0.2")));
  }

  @Test
  void aCertificateForClientsOnlyOrASiteCertificateGetsNoAdjacency() {
    refusedFor(
        "no-uri-name",
        world.ca.issue(
            CertificateRequest.site(
                List.of("shop.test"), System.currentTimeMillis(), TestWorld.DAY_MILLIS)));
  }

  @Test
  void whoClaimsTheIdentityOfTheNodeItCallsGetsNoAdjacency() {
    refusedFor("own-identity", world.credentials("sin", 1), "10.32.0.1");
  }

  @Test
  void whoShowsNoCertificateIsRefusedByTlsItself() {
    // These are the words of the handshake; what is checked behind it has others.
    refusedFor("no-certificate", null, "TLS is mutual");
  }

  @Test
  void whoShowsNoCertificateForRequestsIsRefusedByTlsItselfToo() {
    refusedFor("no-certificate", null, TLS13, new String[] {TrustingTls.H2}, "TLS is mutual");
  }

  @Test
  void whoSpeaksTls12GetsNoAdjacency() {
    refusedFor("tls-version", world.credentials("sin", 3), TLS12, new String[] {TrustingTls.BGP});
  }

  @Test
  void whoNegotiatesNoProtocolGetsNoAdjacency() {
    refusedFor("no-alpn", world.credentials("sin", 3), TLS13, new String[0], "landfall-bgp/1");
  }

  @Test
  void whoOffersAnotherProtocolGetsNoAdjacency() {
    long before = fra.refused("(not admitted)", "no-alpn");
    try (SSLSocket socket =
        ScriptedPeer.handshake(
            fra.overlay, ScriptedPeer.tls(world.credentials("sin", 3)), TLS13, "http/1.1")) {
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (IOException refused) {
      // As good.
    }
    counted("no-alpn", before);
  }

  @Test
  void garbageBytesGetNoAdjacency() throws IOException {
    long before = fra.refused("(not admitted)", "not-tls");
    byte[] garbage = new byte[4096];
    new SplittableRandom(7).nextBytes(garbage);
    garbage[0] = 'G';
    try (Socket socket = stranger()) {
      socket.getOutputStream().write(garbage);
      assertThat(endsOf(socket)).isTrue();
    }
    counted("not-tls", before);
  }

  @Test
  void anHttpRequestToTheOverlayPortGetsNoAdjacency() throws IOException {
    long before = fra.refused("(not admitted)", "not-tls");
    try (Socket socket = stranger()) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
      assertThat(endsOf(socket)).isTrue();
    }
    counted("not-tls", before);
  }

  @Test
  void aHandshakeThatDoesNotGoOnIsEnded() throws IOException {
    long before = fra.refused("(not admitted)", "handshake-timeout");
    try (Socket socket = stranger()) {
      OutputStream out = socket.getOutputStream();
      // The start of a TLS record that announces more than ever comes.
      out.write(new byte[] {22, 3, 1, 2, 0, 1, 0});
      assertThat(endsOf(socket)).isTrue();
    }
    counted("handshake-timeout", before);
  }

  @Test
  void whoSendsNothingIsTurnedAwayAfterASecond() throws IOException {
    long before = fra.refused("(not admitted)", "silent");
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      socket.connect(fra.overlay);
      assertThat(socket.getInputStream().read()).isNegative();
    }
    counted("silent", before, "it sent nothing for 1000 ms");
  }

  @Test
  void whoSaysAnotherIdentityInItsOpenThanInItsCertificateGetsNoAdjacency() {
    try (ScriptedPeer sin =
        ScriptedPeer.connect(fra.overlay, world.credentials("sin", 3, "shop"))) {
      sin.awaitMessage(BgpMessages.OPEN);
      sin.send(BgpBytes.open(Octets.ipv4("10.32.0.2")));
      assertThat(sin.notification()).isEqualTo("2/3");
      Await.until("the connection ends", sin::isEnded, () -> sin.messages);
    }
    Await.until("the log names it", () -> !log.with("no session yet", "sin").isEmpty(), log::lines);
    assertThat(fra.hasAdjacency("sin")).isFalse();
  }

  @Test
  void whoseIdentityIsThatOfAServiceGetsNoAdjacency() {
    // Its own identity route would be taken for a route to the service, entitled or not.
    Credentials own = world.ca.issue(TestWorld.request("sin", 3).withAddresses("10.32.1.11"));
    try (ScriptedPeer sin = ScriptedPeer.connect(fra.overlay, own)) {
      Await.until("the connection ends", sin::isEnded, () -> sin.messages);
      assertThat(sin.has(BgpMessages.OPEN)).isFalse();
    }
    assertThat(log.with("newcomer refused", "peer=sin", "10.32.1.11", "a service")).isNotEmpty();
  }

  /** On a busy machine the next stranger takes the place of one whose end was not yet read. */
  private long strangers() {
    return fra.refused("(not admitted)", "closed-in-handshake")
        + fra.refused("(not admitted)", "silent");
  }

  @Test
  void aThousandStrangersCostACounterAndAFewLines() {
    long before = strangers();
    for (int i = 0; i < 1000; i++) {
      assertThatCode(() -> stranger().close()).doesNotThrowAnyException();
    }
    Await.until(
        "they are counted", () -> strangers() >= before + 1000, () -> fra.show("show/refused"));
    assertThat(log.with("overlay peer refused", "closed-in-handshake")).hasSizeLessThan(200);
    assertThat(fra.rows("refused")).hasSizeLessThan(40);
  }

  @Test
  void aCertificateHolderThatIsRefusedWithoutEndCostsAFewLines() {
    Credentials own = world.ca.issue(TestWorld.request("sin", 3).withAddresses("10.32.1.11"));
    for (int i = 0; i < 400; i++) {
      try (ScriptedPeer sin = ScriptedPeer.connect(fra.overlay, own)) {
        assertThat(sin.has(BgpMessages.OPEN)).isFalse();
      }
    }
    Await.until(
        "what was left out is counted",
        () -> !log.with("lines left out", "newcomer refused").isEmpty(),
        log::lines);
    assertThat(log.with("newcomer refused", "peer=sin")).hasSizeBetween(1, 300);
  }

  private Socket stranger() throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    socket.connect(fra.overlay, 30_000);
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Whether the node ends the connection, whatever it says before. */
  private static boolean endsOf(Socket socket) {
    try {
      byte[] sink = new byte[1024];
      while (socket.getInputStream().read(sink) >= 0) {
        // An alert, perhaps.
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}

package io.landfall.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests through two and three real nodes, TLS between them. */
class ForwardingEndToEndTest {
  private static final String FRA = "10.32.0.1";
  private static final String NYC = "10.32.0.2";
  private static final String SIN = "10.32.0.3";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin atNyc;
  private TestSite fra;
  private TestSite nyc;
  private CapturedLog log;

  @BeforeEach
  void twoSites() {
    world = new TestWorld(folder);
    log = new CapturedLog();
    atNyc = world.origin("nyc", 2);
    fra = world.site("fra", 1);
    nyc = world.site("nyc", 2).hosts("shop", 10, atNyc);
    fra.dials(nyc.overlay);
    nyc.dials(fra.overlay);
  }

  @AfterEach
  void stop() {
    log.close();
    world.close();
  }

  private void start() {
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc");
    nyc.awaitAdjacency("fra");
  }

  private static void awaitUsable(TestSite site, int count) {
    Await.until(
        site.name + " has " + count + " usable candidates",
        () -> site.show("show/services").split("\"usable\":true", -1).length > count,
        () -> site.show("show/services"));
  }

  private void startForwarding() {
    fra.knows("shop", 10);
    start();
    fra.awaitNextHops(10, NYC);
    awaitUsable(fra, 1);
  }

  @Test
  void aForwardSaysWhereItWentAndWhereItCameFrom() {
    startForwarding();
    HttpWire.Answer answer =
        HttpWire.get(
            fra.http, "shop.test", "/cart?a=1", "X-Custom: kept", "X-Forwarded-Host: kept");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("nyc");
    assertThat(answer.field("via").orElse("")).contains("nyc").contains("fra");
    assertThat(answer.field("proxy-status").orElse("")).contains("fra").contains("next-hop");
    assertThat(answer.fields()).noneMatch(field -> field.matches("(?i)landfall-.*"));

    TestOrigin.Received seen = atNyc.requests().getFirst();
    assertThat(seen.line()).isEqualTo("GET /cart?a=1 HTTP/1.1");
    assertThat(seen.all("host")).containsExactly("shop.test");
    assertThat(seen.all("x-custom")).containsExactly("kept");
    assertThat(String.join(", ", seen.all("via"))).contains("fra").contains("nyc");
    assertThat(String.join(", ", seen.all("cdn-loop"))).contains("fra");
    assertThat(String.join(", ", seen.all("forwarded")))
        .contains("for=127.0.0.1")
        .contains("host=\"shop.test\"")
        .contains("proto=http");
    assertThat(seen.fields()).noneMatch(field -> field.matches("(?i)landfall-.*"));

    awaitDecisions(fra, 1);
    awaitDecisions(nyc, 1);
    assertThat(fra.rows("decisions").getFirst())
        .containsEntry("outcome", "forward")
        .containsEntry("node", "nyc")
        .containsEntry("host", "shop.test");
    assertThat(nyc.rows("decisions").getFirst()).containsEntry("outcome", "serve");
  }

  @Test
  void aClientCannotSpeakAsANode() {
    startForwarding();
    HttpWire.Answer answer =
        HttpWire.get(
            fra.http, "shop.test", "/", "Landfall-Forwarded: 1", "Landfall-Decline: NOT_HERE");
    assertThat(answer.body()).isEqualTo("nyc");
    assertThat(atNyc.requests().getFirst().fields())
        .noneMatch(field -> field.matches("(?i)landfall-.*"));
  }

  @Test
  void aPostIsNotRepeatedAndAGetIs() {
    TestOrigin second = world.origin("sin", 3);
    TestSite sin = world.site("sin", 3).hosts("shop", 10, second).dials(fra.overlay);
    fra.dials(sin.overlay);
    sin.start();
    startForwarding0();
    fra.awaitNextHops(10, NYC, SIN);
    awaitUsable(fra, 2);
    // By tier, cost and identity nyc comes first; it dies on every request, and is up by its probe.
    atNyc.mode = TestOrigin.Mode.DIE_BEFORE_HEAD;
    HttpWire.Answer post = HttpWire.send(fra.http, "POST", "shop.test", "/buy", "order");
    assertThat(post.status()).isEqualTo(502);
    assertThat(post.field("proxy-status")).isPresent();
    assertThat(second.requests()).isEmpty();
    assertThat(atNyc.requests()).hasSize(1);

    HttpWire.Answer get = HttpWire.get(fra.http, "shop.test", "/look");
    assertThat(get.status()).isEqualTo(200);
    assertThat(get.body()).isEqualTo("sin");
    assertThat(second.requests()).hasSize(1);
  }

  private void startForwarding0() {
    fra.knows("shop", 10);
    start();
  }

  @Test
  void aNodeServesHereWhileItCanAndForwardsWhenItsOwnBackendIsGone() {
    TestOrigin atFra = world.origin("fra", 1);
    fra.hosts("shop", 10, atFra);
    start();
    fra.awaitNextHops(10, FRA, NYC);
    awaitUsable(fra, 1);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("fra");
    atFra.stop();
    // From the first request on: a refused connection is not the client's business.
    for (int i = 0; i < 20; i++) {
      assertThat(HttpWire.get(fra.http, "shop.test", "/" + i).body()).isEqualTo("nyc");
    }
  }

  @Test
  void twoNodesThatEachThinkTheOtherServesDeclineOnceAndDoNotLoop() {
    // Both hold a lease-like belief: probes say up, requests die, so each would pass it on.
    TestOrigin atFra = world.origin("fra", 1);
    fra.hosts("shop", 10, atFra);
    start();
    fra.awaitNextHops(10, FRA, NYC);
    nyc.awaitNextHops(10, FRA, NYC);
    awaitUsable(fra, 1);
    awaitUsable(nyc, 1);
    atFra.mode = TestOrigin.Mode.DIE_BEFORE_HEAD;
    atNyc.mode = TestOrigin.Mode.DIE_BEFORE_HEAD;
    for (TestSite site : List.of(fra, nyc)) {
      int before = atFra.requests().size() + atNyc.requests().size();
      HttpWire.Answer answer = HttpWire.get(site.http, "shop.test", "/");
      assertThat(answer.status()).isBetween(502, 504);
      assertThat(atFra.requests().size() + atNyc.requests().size() - before)
          .as("one try at each site")
          .isEqualTo(2);
    }
    awaitDecisions(nyc, 2);
    awaitDecisions(fra, 2);
    assertThat(arrivals(nyc)).isEqualTo(2);
    assertThat(arrivals(fra)).isEqualTo(2);
  }

  /** A request is recorded when its response has left, which its client may see first. */
  private static void awaitDecisions(TestSite site, int atLeast) {
    Await.until(
        "decisions are recorded",
        () -> site.rows("decisions").size() >= atLeast,
        () -> site.show("show/decisions"));
  }

  private static long arrivals(TestSite site) {
    return site.rows("decisions").size();
  }

  @Test
  void aRequestThatArrivesForwardedIsServedOrDeclinedNeverForwarded() {
    // nyc withdraws in the same moment as fra forwards; sin could serve, but nyc must not ask it.
    TestOrigin third = world.origin("sin", 3);
    TestSite sin = world.site("sin", 3).hosts("shop", 10, third).dials(nyc.overlay);
    nyc.dials(sin.overlay);
    sin.start();
    startForwarding();
    nyc.awaitAdjacency("sin").awaitNextHops(10, NYC, SIN);
    awaitUsable(nyc, 1);
    // fra has no adjacency with sin, so only nyc could reach it.
    assertThat(fra.nextHops(10)).containsExactly(NYC);
    atNyc.mode = TestOrigin.Mode.DIE_BEFORE_HEAD;
    HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", "/");
    assertThat(answer.status()).isGreaterThanOrEqualTo(500);
    assertThat(third.requests()).isEmpty();
    assertThat(nyc.rows("decisions"))
        .noneSatisfy(row -> assertThat(row).containsEntry("outcome", "forward"));
    // A client of nyc itself gets what sin says: the alternative was there.
    assertThat(HttpWire.get(nyc.http, "shop.test", "/").body()).isEqualTo("sin");
  }

  @Test
  void aLoopByCdnLoopIsDeclinedWith502() {
    startForwarding();
    // As it comes back after a detour: with this node's own id, which a first pass shows.
    HttpWire.get(fra.http, "shop.test", "/");
    awaitDecisions(fra, 1);
    String id = String.join(", ", atNyc.requests().getFirst().all("cdn-loop"));
    HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", "/", "CDN-Loop: other, " + id);
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.field("proxy-status").orElse("")).contains("proxy_loop_detected");
    // A request is recorded when its response has left, which its client may see first.
    Await.until(
        "the decline is recorded",
        () -> "LOOP".equals(fra.rows("decisions").getFirst().get("reason")),
        () -> fra.show("show/decisions"));
    assertThat(fra.rows("decisions").getFirst()).containsEntry("outcome", "decline");
    assertThat(atNyc.requests()).hasSize(1);
    // Somebody else's id is no loop.
    assertThat(HttpWire.get(fra.http, "shop.test", "/", "CDN-Loop: other").status()).isEqualTo(200);
  }

  @Test
  void declinesSayWhyInWordsAPersonUnderstands() {
    startForwarding();
    HttpWire.Answer unknown = HttpWire.get(fra.http, "nobody.test", "/");
    assertThat(unknown.status()).isEqualTo(421);
    assertThat(unknown.field("proxy-status").orElse("")).contains("fra");
    assertThat(unknown.body()).containsIgnoringCase("nobody.test");
    atNyc.stop();
    fra.awaitNextHops(10);
    HttpWire.Answer gone = HttpWire.get(fra.http, "shop.test", "/");
    assertThat(gone.status()).isEqualTo(503);
    assertThat(gone.field("retry-after")).isPresent();
    assertThat(gone.field("proxy-status").orElse("")).contains("destination_unavailable");
    HttpWire.Answer json =
        HttpWire.get(fra.http, "shop.test", "/", "Accept: application/problem+json");
    assertThat(ParsedJson.object(ParsedJson.parse(json.body()))).containsKeys("title", "status");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tls-hosts: any, "})
  void theServerNameChoosesTheCertificateAndThatWhichHostsMayBeAskedFor(String key)
      throws IOException {
    InetSocketAddress https = world.free(1);
    for (String host : List.of("shop", "api")) {
      CertificateAuthority.save(
          world.ca.issue(
              CertificateRequest.site(
                  List.of(host + ".test"), System.currentTimeMillis(), TestWorld.DAY_MILLIS)),
          folder.resolve(host + ".pem"),
          folder.resolve(host + ".key"));
    }
    fra.config(
        "edge: {%slisten: [{address: \"%s\"}, {address: \"%s\", tls: [%s, %s]}]}"
            .formatted(
                key, TestSite.text(fra.http), TestSite.text(https), pair("shop"), pair("api")));
    startForwarding();
    assertThat(certificateFor(https, "shop.test", 200)).contains("CN=shop.test");
    int misdirected = key.isEmpty() ? 421 : 200;
    assertThat(certificateFor(https, "api.test", misdirected)).contains("CN=api.test");
    assertThat(certificateFor(https, "SHOP.TEST", 200)).contains("CN=shop.test");
    assertThat(certificateFor(https, "nobody.test", 200)).contains("CN=shop.test");
    assertThat(atNyc.requests().getLast().all("forwarded").toString()).contains("proto=https");
  }

  private static String pair(String host) {
    return "{certificate: ../%s.pem, key: ../%s.key}".formatted(host, host);
  }

  /** The certificate shown for a name, after a request for shop.test that has this status. */
  private static String certificateFor(InetSocketAddress to, String name, int status)
      throws IOException {
    // A context of its own, so that no session is resumed with another certificate.
    SSLContext client = ScriptedPeer.tls(null);
    try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket()) {
      socket.setSoTimeout(30_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      socket.setSSLParameters(parameters);
      socket.connect(to, 30_000);
      socket.startHandshake();
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/1.1 " + status);
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  @Test
  void theViewsHaveExactlyTheKeysThatWerePromised() {
    startForwarding();
    HttpWire.get(fra.http, "shop.test", "/");
    assertThat(fra.rows("routes"))
        .isNotEmpty()
        .allSatisfy(
            route -> {
              assertThat(route).containsOnlyKeys("address", "kind", "name", "paths");
              assertThat(route.get("kind")).isIn("node", "service");
              assertThat(ParsedJson.rows(route.getOrDefault("paths", List.of())))
                  .isNotEmpty()
                  .allSatisfy(
                      path ->
                          assertThat(path)
                              .containsKeys(
                                  "nextHop", "from", "best", "tier", "cost", "ageSeconds"));
            });
    Map<String, Object> explained =
        ParsedJson.object(ParsedJson.parse(fra.show("explain?url=http://shop.test/x")));
    assertThat(explained)
        .containsKeys("service", "outcome", "reason", "candidates")
        .containsEntry("service", "shop")
        .containsEntry("outcome", "forward");
    assertThat(ParsedJson.rows(explained.getOrDefault("candidates", List.of())))
        .singleElement()
        .satisfies(
            candidate -> {
              assertThat(candidate).containsOnlyKeys("node", "usable", "why");
              assertThat(candidate).containsEntry("node", "nyc").containsEntry("usable", true);
            });
    HttpWire.Answer refused = fra.command("GET", "explain?url=http://shop.test/x/../y", "");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains("a segment of the path is '.' or '..'").contains("(400)");
    Map<String, Object> ingress = ParsedJson.object(ParsedJson.parse(fra.show("show/ingress")));
    assertThat(ingress).containsKeys("prefixes", "updatesSent").containsEntry("updatesSent", 0L);
    assertThat(fra.rows("peers").getFirst()).containsKeys("name", "identity", "state", "endpoint");
    awaitDecisions(fra, 1);
    assertThat(fra.rows("decisions").getFirst())
        .containsKeys("host", "path", "outcome", "reason", "node");
  }
}

package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.ClientClaims.Lookalikes;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.server.TestSite;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which fields pass, which are dropped, which are added; served and forwarded alike. */
class FieldsOnTheWayTest {
  private static TestBackend backend;
  private static TestSite fra;
  private static TestSite nyc;

  @BeforeAll
  static void start() {
    backend =
        new TestBackend(
            (request, in, out) ->
                TestBackend.raw(
                    out,
                    RawClient.wire(
                        """
                HTTP/1.1 200 Fine
                Content-Length: 2
                Connection: keep-alive, X-Mine
                X-Mine: hop
                Keep-Alive: timeout=9
                X-Yours: end
                landfall-decline: NOT_HERE
                landfall-x: y
                Set-Cookie: a=1
                Set-Cookie: b=2
                Via: 1.1 varnish
                Upgrade: h2c
                Date: Mon, 23 Nov 2026 00:00:00 GMT

                ok""")));
    fra = new TestSite("fra", 1);
    nyc = new TestSite("nyc", 2);
    nyc.publish(Signal.UP, backends(backend));
  }

  @AfterAll
  static void stop() {
    fra.close();
    nyc.close();
    backend.close();
  }

  private static void serveHere() {
    fra.publish(Signal.UP, backends(backend));
  }

  private static void serveThere() {
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
  }

  private static final String REQUEST =
      RawClient.wire(
          """
                GET / HTTP/1.1
                Host: shop.test
                Connection: keep-alive, X-Hop, Cdn-Loop, host
                X-Hop: 1
                X-End: 2
                Keep-Alive: 5
                Proxy-Connection: keep-alive
                TE: trailers
                Upgrade: websocket
                Proxy-Authorization: Basic x
                Landfall-Decline: x
                LANDFALL-FORWARDED: 1
                Forwarded: for=9.9.9.9
                X-Forwarded-For: 9.9.9.9
                X-Real-IP: 9.9.9.9
                X-Forwarded-Proto: https
                X-Forwarded-Host: other.test
                X-Forwarded-Ssl: on
                True-Client-IP: 9.9.9.9
                Client-Cert: :AA==:
                Client-Cert-Chain: :AA==:
                X-Original-URL: /admin
                Proxy: http://other.test
                X_Forwarded_For: 9.9.9.9
                Content_Length: 9
                Transfer_Encoding: chunked
                Landfall_Decline: x
                my_own: kept
                CDN-Loop: other.example
                Via: 1.0 office
                Cookie: a=1
                Authorization: Bearer t

                """);

  @Test
  void aRequestLosesWhatBelongsToOneHopAndWhatItMayNotSay() {
    for (Runnable way :
        List.<Runnable>of(FieldsOnTheWayTest::serveHere, FieldsOnTheWayTest::serveThere)) {
      way.run();
      try (RawClient client = new RawClient(fra.http())) {
        assertThat(client.send(REQUEST).read().status()).isEqualTo(200);
      }
      TestBackend.Received got = backend.received.getLast();
      for (String gone :
          List.of(
              "x-hop",
              "keep-alive",
              "proxy-connection",
              "te",
              "upgrade",
              "proxy-authorization",
              "landfall-decline",
              "landfall-forwarded",
              "x-real-ip",
              "true-client-ip",
              "client-cert",
              "client-cert-chain",
              "x-original-url",
              "x-forwarded-ssl",
              "proxy",
              "x_forwarded_for",
              "content_length",
              "transfer_encoding",
              "landfall_decline",
              "connection",
              "transfer-encoding",
              "content-length")) {
        assertThat(got.all(gone)).as(gone).isEmpty();
      }
      assertThat(got.all("x-end")).containsExactly("2");
      assertThat(got.all("my_own")).containsExactly("kept");
      assertThat(got.all("x-forwarded-for")).containsExactly("127.0.0.1");
      assertThat(got.all("x-forwarded-proto")).containsExactly("http");
      assertThat(got.all("x-forwarded-host")).containsExactly("shop.test");
      assertThat(got.all("host")).containsExactly("shop.test");
      assertThat(got.all("cookie")).containsExactly("a=1");
      assertThat(got.all("authorization")).containsExactly("Bearer t");
      assertThat(got.all("cdn-loop").subList(0, 2))
          .containsExactly("other.example", "fra.cdn.test");
      assertThat(got.all("via").subList(0, 2)).containsExactly("1.0 office", "1.1 fra");
      assertThat(got.all("forwarded").getFirst())
          .isEqualTo("for=127.0.0.1;by=_fra;host=\"shop.test\";proto=http");
    }
    assertThat(backend.received.getLast().all("forwarded")).last().isEqualTo("for=_lander;by=_nyc");
  }

  @Test
  void viaTellsTheVersionInWhichTheRequestCame() {
    serveThere();
    try (RawClient client = new RawClient(fra.http())) {
      client.send("GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(backend.received.getLast().all("via")).containsExactly("1.0 fra", "2 nyc");
  }

  private static TestSite trusting(String address, int length) {
    return believing(
        new ClientClaims(
            new TrustedProxies(
                List.of(new TrustedProxies.Network(InetAddress.ofLiteral(address), length))),
            Lookalikes.DROP));
  }

  private static TestSite believing(ClientClaims claims) {
    return new TestSite("sin", 3, c -> c.with(claims));
  }

  @Test
  void whatATrustedProxySaysOfItsClientIsPassedOnWithTheProxyBehindIt() {
    for (boolean forward : new boolean[] {false, true}) {
      try (TestSite sin = trusting("127.0.0.0", 9);
          RawClient client = new RawClient(sin.http())) {
        sin.publish(
            forward ? Signal.DOWN : Signal.UP,
            forward ? List.of() : backends(backend),
            nyc.candidate(Signal.UP, 1));
        String more = "X-Forwarded-For: 8.8.8.8\r\nX-Forwarded-Proto: https\r\n\r\n";
        client.send(REQUEST.substring(0, REQUEST.length() - 2) + more.replace("Proto", "Port"));
        assertThat(client.read().status()).isEqualTo(200);
        TestBackend.Received got = backend.received.getLast();
        assertThat(got.all("x-forwarded-for")).containsExactly("9.9.9.9, 8.8.8.8, 127.0.0.1");
        assertThat(got.all("x-forwarded-proto")).containsExactly("https");
        assertThat(got.all("x-forwarded-host")).containsExactly("other.test");
        assertThat(got.all("x-real-ip")).containsExactly("9.9.9.9");
        assertThat(got.all("forwarded").subList(0, 2))
            .containsExactly("for=9.9.9.9", "for=127.0.0.1;by=_sin;host=\"shop.test\";proto=http");
        assertThat(got.all("proxy")).isEmpty();
        assertThat(got.all("x_forwarded_for")).isEmpty();
      }
    }
  }

  @Test
  void namesThatLookLikeOthersPassWhereTheyAreToldTo() {
    try (TestSite sin = believing(new ClientClaims(TrustedProxies.NONE, Lookalikes.PASS));
        RawClient client = new RawClient(sin.http())) {
      sin.publish(Signal.UP, backends(backend));
      assertThat(client.send(REQUEST).read().status()).isEqualTo(200);
      TestBackend.Received got = backend.received.getLast();
      assertThat(got.all("x_forwarded_for")).containsExactly("9.9.9.9");
      assertThat(got.all("content_length")).containsExactly("9");
      assertThat(got.all("proxy")).isEmpty();
      assertThat(got.all("x-forwarded-for")).containsExactly("127.0.0.1");
    }
  }

  @Test
  void aClientBesidesTheTrustedNetworkIsNotBelieved() {
    try (TestSite sin = trusting("127.128.0.0", 9);
        RawClient client = new RawClient(sin.http())) {
      sin.publish(Signal.UP, backends(backend));
      assertThat(client.send(REQUEST).read().status()).isEqualTo(200);
      assertThat(backend.received.getLast().all("x-forwarded-for")).containsExactly("127.0.0.1");
      assertThat(backend.received.getLast().all("forwarded")).hasSize(1);
    }
  }

  @Test
  void aResponseLosesWhatBelongsToOneHopAndKeepsTheRestInOrder() {
    for (Runnable way :
        List.<Runnable>of(FieldsOnTheWayTest::serveHere, FieldsOnTheWayTest::serveThere)) {
      way.run();
      RawClient.Answer answer = RawClient.get(fra.http(), "shop.test", "/");
      assertThat(answer.status()).isEqualTo(200);
      for (String gone :
          List.of("x-mine", "keep-alive", "landfall-decline", "landfall-x", "upgrade")) {
        assertThat(answer.all(gone)).as(gone).isEmpty();
      }
      assertThat(answer.all("set-cookie")).containsExactly("a=1", "b=2");
      assertThat(answer.all("x-yours")).containsExactly("end");
      assertThat(answer.all("date")).containsExactly("Mon, 23 Nov 2026 00:00:00 GMT");
      assertThat(answer.all("via").getFirst()).isEqualTo("1.1 varnish");
    }
  }

  @Test
  void aRequestThatPassedThisNodeIsALoop() {
    serveHere();
    try (RawClient client = new RawClient(fra.http())) {
      RawClient.Answer answer =
          client
              .send(
                  RawClient.wire(
                      """
                GET / HTTP/1.1
                Host: shop.test
                Accept: application/json
                CDN-Loop: other.example; a="x, y",  FRA.cdn.test ; hop=2

                """))
              .read();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.field("proxy-status").orElseThrow())
          .startsWith("fra; error=proxy_loop_detected; details=\"LOOP: ");
      assertThat(answer.field("content-type")).contains("application/problem+json");
      assertThat(answer.body())
          .contains(
              "\"status\":502", "\"reason\":\"LOOP\"", "\"node\":\"fra\"", "\"service\":\"shop\"");
    }
  }

  @Test
  void anIdThatOnlyLooksLikeOursIsNoLoop() {
    serveHere();
    for (String id : List.of("xfra.cdn.test", "fra.cdn.test.evil", "a; p=\"fra.cdn.test\"")) {
      try (RawClient client = new RawClient(fra.http())) {
        assertThat(
                client
                    .send("GET / HTTP/1.1\r\nHost: shop.test\r\nCDN-Loop: " + id + "\r\n\r\n")
                    .read()
                    .status())
            .as(id)
            .isEqualTo(200);
      }
    }
  }
}

package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
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
              "x-forwarded-for",
              "x-real-ip",
              "connection",
              "transfer-encoding",
              "content-length")) {
        assertThat(got.all(gone)).as(gone).isEmpty();
      }
      assertThat(got.all("x-end")).containsExactly("2");
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

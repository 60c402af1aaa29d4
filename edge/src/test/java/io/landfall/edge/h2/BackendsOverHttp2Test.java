package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Backends that are asked over HTTP/2 with prior knowledge, by clients of either version. */
class BackendsOverHttp2Test {
  private static final byte[] OK = H2Client.fields(":status", "200");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestSite fra = opened(new TestSite("fra", 1, H2Origin::oneLoop));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.addFirst(each);
    return each;
  }

  private H2Origin origin(H2Origin.Behaviour behaviour) {
    H2Origin origin = opened(new H2Origin(behaviour));
    publish(origin.server());
    return origin;
  }

  private void publish(OriginServer... servers) {
    fra.publish(Signal.UP, List.of(servers));
  }

  private RawClient.Answer ask(String request) {
    try (RawClient client = new RawClient(fra.http())) {
      return client.send(RawClient.wire(request)).read(request.startsWith("HEAD"));
    }
  }

  private RawClient.Answer get() {
    return RawClient.get(fra.http(), "shop.test", "/a?b=c");
  }

  private static void assertFails(RawClient.Answer answer, int status, String reason) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.field("proxy-status")).get().asString().contains(reason + ":");
  }

  @Test
  void aRequestOverHttp1GetsThereAndBack() {
    H2Origin origin = opened(H2Origin.saying("hello"));
    publish(origin.server());
    RawClient.Answer answer =
        ask(
            """
            GET /a?b=c HTTP/1.1
            Host: shop.test
            Cookie: a=1
            TE: trailers
            Connection: TE, x-hop
            X-Hop: 1

            """);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello");
    assertThat(answer.field("via")).contains("2 fra");
    assertThat(answer.field("proxy-status")).get().asString().contains("next-hop=shop");
    Http2Headers head = origin.links.getFirst().heads.getFirst();
    assertThat(head.method()).hasToString("GET");
    assertThat(head.authority()).hasToString("shop.test");
    assertThat(head.path()).hasToString("/a?b=c");
    assertThat(head.scheme()).hasToString("http");
    assertThat(head.get("cookie")).hasToString("a=1");
    assertThat(head.get("te")).hasToString("trailers");
    assertThat(head.get("via")).hasToString("1.1 fra");
    assertThat(head.get("x-forwarded-for")).hasToString("127.0.0.1");
    assertThat(head.get("x-forwarded-proto")).hasToString("http");
    assertThat(head.contains("host") || head.contains("connection") || head.contains("x-hop"))
        .isFalse();
  }

  @Test
  void aBodyIsSentWholeAndRequestsShareAConnection() {
    H2Origin origin = opened(H2Origin.saying("thanks"));
    publish(origin.server());
    try (RawClient client = new RawClient(fra.http())) {
      String post = "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\nbody";
      String chunked =
          RawClient.wire(
              """
              POST / HTTP/1.1
              Host: shop.test
              Transfer-Encoding: chunked

              3
              abc
              0

              """);
      assertThat(client.send(post).read().body()).isEqualTo("thanks");
      assertThat(client.send(chunked).read().body()).isEqualTo("thanks");
    }
    H2Origin.Link link = origin.links.getFirst();
    assertThat(origin.links).hasSize(1);
    assertThat(link.body(3)).isEqualTo("body");
    assertThat(link.body(5)).isEqualTo("abc");
    assertThat(link.heads.getFirst().get("content-length")).hasToString("4");
    assertThat(link.heads.getLast().contains("content-length")).isFalse();
    assertThat(link.heads.getLast().contains("te")).isFalse();
  }

  @Test
  void aHeadAloneAndNotModifiedHaveNoBodyWhateverTheLengthIs() {
    origin(
        (frame, from) -> {
          if (H2Origin.ends(frame)) {
            String status = from.heads.size() == 1 ? "200" : "304";
            from.send(
                new RawFrames()
                    .headers(
                        frame.stream(),
                        true,
                        H2Client.fields(":status", status, "content-length", "5")));
          }
        });
    RawClient.Answer head = ask("HEAD / HTTP/1.1\nHost: shop.test\n\n");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.field("content-length")).contains("5");
    assertThat(get().status()).isEqualTo(304);
  }

  @Test
  void interimResponsesArePassedOn() {
    origin(
        (frame, from) -> {
          if (H2Origin.ends(frame)) {
            from.send(
                new RawFrames()
                    .headers(
                        frame.stream(), false, H2Client.fields(":status", "103", "link", "</a>")));
            H2Origin.sayAtTheEnd(frame, from, "hello");
          }
        });
    try (RawClient client = new RawClient(fra.http())) {
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      RawClient.Answer hints = client.readHead();
      assertThat(hints.status()).isEqualTo(103);
      assertThat(hints.field("via")).contains("2 fra");
      assertThat(client.read().body()).isEqualTo("hello");
    }
  }

  /** What the edge takes for a length decides what its client of HTTP/1.1 takes for one. */
  @Test
  void moreOrLessThanTheLengthSaysIsNoWholeResponse() throws Exception {
    for (String length : List.of("4", "6")) {
      H2Origin origin =
          origin(
              (frame, from) -> {
                if (H2Origin.ends(frame)) {
                  from.send(
                      new RawFrames()
                          .headers(
                              frame.stream(),
                              false,
                              H2Client.fields(":status", "200", "content-length", length))
                          .frame(
                              RawFrames.DATA,
                              RawFrames.END_STREAM,
                              frame.stream(),
                              "hello".getBytes(StandardCharsets.US_ASCII)));
                }
              });
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/"))).awaitEnd(1);
        assertThat(client.seen().getLast().type()).isEqualTo(RawFrames.RST_STREAM);
      }
      origin.close();
    }
  }

  @Test
  void bytesWhereThereIsNoBodyAreNoResponseToAnybody() {
    origin(
        (frame, from) -> {
          if (H2Origin.ends(frame)) {
            from.send(
                new RawFrames()
                    .headers(frame.stream(), false, H2Client.fields(":status", "304"))
                    .frame(
                        RawFrames.DATA,
                        0,
                        frame.stream(),
                        "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
          }
        });
    try (RawClient client = new RawClient(fra.http())) {
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      TestSite.await(
          "it is held against the backend",
          () -> fra.failures.contains(OriginFailure.BAD_RESPONSE));
    }
  }

  @Test
  void aResponseThatIsNoHttpIs502() {
    for (byte[] head :
        List.of(
            H2Client.fields(":status", "200", "X-Upper", "1"),
            H2Client.fields(":status", "99"),
            H2Client.fields(":status", "200", "transfer-encoding", "chunked"),
            H2Client.fields("x-no-status", "1"),
            H2Client.fields(":status", "101"))) {
      H2Origin origin =
          origin(
              (frame, from) -> {
                if (H2Origin.ends(frame)) {
                  from.send(new RawFrames().headers(frame.stream(), true, head));
                }
              });
      assertFails(get(), 502, "BAD_RESPONSE");
      assertThat(fra.failures).contains(OriginFailure.BAD_RESPONSE);
      fra.failures.clear();
      origin.close();
    }
  }

  @Test
  void aBackendThatSpeaksHttp1Is502ForAnyRequestAndNothingFallsBack() {
    TestBackend old = opened(TestBackend.saying("HTTP/1.1"));
    publish(H2Origin.at(old.address(), Optional.empty()));
    assertFails(get(), 502, "NOT_HTTP2");
    assertThat(fra.failures).contains(OriginFailure.BAD_RESPONSE);
    assertThat(old.received).noneMatch(request -> request.line().startsWith("GET"));
  }

  @Test
  void whatWasNotSentGoesToTheNextBackendWhateverItsMethod() {
    TestBackend old = opened(TestBackend.saying("HTTP/1.1"));
    H2Origin origin = opened(H2Origin.saying("hello"));
    publish(H2Origin.at(old.address(), Optional.empty()), origin.server());
    for (int i = 0; i < 4; i++) {
      assertThat(ask("POST / HTTP/1.1\nHost: shop.test\nContent-Length: 0\n\n").body())
          .isEqualTo("hello");
    }
  }

  @Test
  void noTunnelIsOpened() {
    H2Origin origin = opened(H2Origin.saying("hello"));
    publish(origin.server());
    assertFails(
        ask(
            """
            GET /chat HTTP/1.1
            Host: shop.test
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13

            """),
        502,
        "UPGRADE_FAILED");
    assertThat(origin.links).isEmpty();
  }

  @Test
  void aBackendThatIsNotThereIs502() {
    publish(H2Origin.NOWHERE);
    assertFails(get(), 502, "REFUSED");
    assertThat(fra.failures).contains(OriginFailure.REFUSED);
  }

  @Test
  void aSlowClientStopsTheBackendAtItsWindow() throws Exception {
    int windows = H2Profile.BACKEND_WINDOWS.streamWindowBytes();
    H2Origin origin =
        origin(
            (frame, from) -> {
              if (H2Origin.ends(frame)) {
                RawFrames body = new RawFrames().headers(frame.stream(), false, OK);
                for (int sent = 0; sent < windows; sent += 16_384) {
                  body.frame(RawFrames.DATA, 0, frame.stream(), new byte[16_384]);
                }
                from.send(body);
              }
            });
    RawFrames noWindow = new RawFrames().settings(RawFrames.INITIAL_WINDOW_SIZE, 0);
    try (H2Client client = H2Client.open(fra.http(), noWindow)) {
      client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/")));
      client.await(f -> f.type() == RawFrames.HEADERS);
      client.send(new RawFrames().ping());
      client.await(f -> f.type() == RawFrames.PING);
      // All but what the client's end may hold waits, and no window is given for it.
      H2Origin.Link link = origin.links.getFirst();
      assertThat(link.seen)
          .filteredOn(f -> f.type() == RawFrames.WINDOW_UPDATE && f.stream() != 0)
          .hasSizeLessThan(8);
      client.send(new RawFrames().windowUpdate(1, 1 << 20).windowUpdate(0, 1 << 20));
      TestSite.await(
          "window is given again",
          () ->
              link.seen.stream()
                  .anyMatch(f -> f.type() == RawFrames.WINDOW_UPDATE && f.stream() == 3));
    }
  }

  @Test
  void whatABackendSentBeforeItsResetReachesTheClientAlsoWhenBothComeInOneRead() {
    origin(
        (frame, from) -> {
          if (H2Origin.ends(frame)) {
            from.send(
                new RawFrames()
                    .headers(frame.stream(), false, H2Client.fields(":status", "413"))
                    .frame(
                        RawFrames.DATA,
                        0,
                        frame.stream(),
                        "big!".getBytes(StandardCharsets.US_ASCII))
                    .reset(frame.stream()));
          }
        });
    try (RawClient client = new RawClient(fra.http())) {
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      byte[] some = new byte[4_096];
      String got = "";
      while (!got.endsWith("4\r\nbig!\r\n")) {
        int count = client.read(some);
        assertThat(count).as(got).isPositive();
        got += new String(some, 0, count, StandardCharsets.US_ASCII);
      }
      assertThat(got).startsWith("HTTP/1.1 413 ");
      assertThat(client.isReset()).isTrue();
    }
  }
}

package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What gRPC needs of HTTP/2: trailers both ways, streams both ways at once, resets with a code. */
class GrpcTest {
  private static final int CANCEL = 8;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final byte[] HEAD =
      H2Client.fields(":status", "200", "content-type", "application/grpc");
  private static final byte[] TRAILERS = H2Client.fields("grpc-status", "0", "x-sum", "7");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestSite fra = opened(new TestSite("fra", 1, H2Origin::oneLoop));
  private final TestSite nyc = opened(new TestSite("nyc", 2, H2Origin::oneLoop));

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

  /** A backend of this site, or of the one that it forwards to. */
  private H2Origin origin(boolean forwarded, H2Origin.Behaviour behaviour) {
    H2Origin origin = opened(new H2Origin(behaviour));
    publish(forwarded, origin.server());
    return origin;
  }

  private void publish(boolean forwarded, OriginServer server) {
    if (forwarded) {
      nyc.publish(Signal.UP, List.of(server));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    } else {
      fra.publish(Signal.UP, List.of(server));
    }
  }

  private static RawFrames call() {
    return new RawFrames()
        .headers(
            1,
            false,
            H2Client.request(
                "POST",
                "/shop.Cart/Watch",
                "content-type",
                "application/grpc",
                "te",
                "trailers",
                "grpc-timeout",
                "90S"));
  }

  private static RawFrames data(int stream, String text) {
    return new RawFrames()
        .frame(RawFrames.DATA, 0, stream, text.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bothSidesStreamAtOnceAndBothHaveTrailers(boolean forwarded) throws Exception {
    H2Origin origin =
        origin(
            forwarded,
            (frame, from) -> {
              if (frame.type() == RawFrames.HEADERS && !H2Origin.ends(frame)) {
                from.send(new RawFrames().headers(frame.stream(), false, HEAD));
              } else if (frame.type() == RawFrames.DATA && frame.payload().length > 0) {
                String text = new String(frame.payload(), StandardCharsets.US_ASCII);
                from.send(data(frame.stream(), "to " + text + ";"));
              }
              if (H2Origin.ends(frame)) {
                from.send(new RawFrames().headers(frame.stream(), true, TRAILERS));
              }
            });
    try (H2Client client = H2Client.open(fra.http())) {
      client.send(call());
      // The head comes before there is any message.
      client.await(f -> f.type() == RawFrames.HEADERS);
      assertThat(client.lastHead().status()).hasToString("200");
      for (String message : List.of("one", "two")) {
        client.send(data(1, message));
        TestSite.await(
            "the backend has it", () -> origin.links.getFirst().body(3).endsWith(message));
        client.await(f -> f.type() == RawFrames.DATA);
      }
      client.send(new RawFrames().headers(1, true, H2Client.fields("x-check", "9"))).awaitEnd(1);
      assertThat(client.body(1)).isEqualTo("to one;to two;");
      assertThat(client.lastHead().get("grpc-status")).hasToString("0");
      assertThat(client.lastHead().get("x-sum")).hasToString("7");
      assertThat(client.seen()).noneMatch(f -> f.type() == RawFrames.RST_STREAM);
    }
    List<Http2Headers> heads = origin.links.getFirst().heads;
    assertThat(heads.getFirst().get("te")).hasToString("trailers");
    assertThat(heads.getFirst().get("grpc-timeout")).hasToString("90S");
    assertThat(heads.getFirst().contains("content-length")).isFalse();
    assertThat(heads.getLast().get("x-check")).hasToString("9");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anErrorWithoutABodyIsAHeadThatEndsTheStream(boolean forwarded) throws Exception {
    origin(
        forwarded,
        (frame, from) -> {
          if (frame.type() == RawFrames.HEADERS) {
            from.send(
                new RawFrames()
                    .headers(
                        frame.stream(),
                        true,
                        H2Client.fields(
                            ":status",
                            "200",
                            "content-type",
                            "application/grpc",
                            "grpc-status",
                            "5",
                            "grpc-message",
                            "no%20such")));
          }
        });
    try (H2Client client = H2Client.open(fra.http())) {
      client.send(call()).awaitEnd(1);
      assertThat(client.lastHead().status()).hasToString("200");
      assertThat(client.lastHead().get("grpc-status")).hasToString("5");
      assertThat(client.lastHead().get("grpc-message")).hasToString("no%20such");
      assertThat(client.body(1)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatCancelsCancelsAtTheBackend(boolean forwarded) throws Exception {
    H2Origin origin =
        origin(
            forwarded,
            (frame, from) -> {
              if (frame.type() == RawFrames.HEADERS) {
                from.send(new RawFrames().headers(frame.stream(), false, HEAD));
              }
            });
    try (H2Client client = H2Client.open(fra.http())) {
      client.send(call());
      client.await(f -> f.type() == RawFrames.HEADERS);
      client.send(new RawFrames().reset(1));
      TestSite.await(
          "it is told", () -> origin.links.getFirst().resetOf(3).equals(Optional.of(CANCEL)));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatCancelsCancelsAtTheClient(boolean forwarded) throws Exception {
    for (int[] codes :
        new int[][] {{CANCEL, CANCEL}, {ENHANCE_YOUR_CALM, ENHANCE_YOUR_CALM}, {7, 2}, {0, 2}}) {
      origin(
          forwarded,
          (frame, from) -> {
            if (frame.type() == RawFrames.HEADERS) {
              from.send(
                  new RawFrames()
                      .headers(frame.stream(), false, HEAD)
                      .frame(
                          RawFrames.RST_STREAM,
                          0,
                          frame.stream(),
                          new RawFrames().number(codes[0], 4).bytes()));
            }
          });
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(call()).awaitEnd(1);
        assertThat(client.seen().getLast().type()).isEqualTo(RawFrames.RST_STREAM);
        assertThat(client.seen().getLast().error()).isEqualTo(codes[1]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anErrorThatThisCdnMakesIsOneOfGrpc(boolean forwarded) throws Exception {
    publish(forwarded, H2Origin.NOWHERE);
    try (H2Client client = H2Client.open(fra.http())) {
      client.send(call()).awaitEnd(1);
      Http2Headers head = client.lastHead();
      assertThat(head.status()).hasToString("200");
      assertThat(head.get("content-type")).hasToString("application/grpc");
      assertThat(head.get("grpc-status")).hasToString("14");
      assertThat(head.get("grpc-message")).asString().startsWith("REFUSED: the service was found");
      assertThat(head.get("proxy-status")).asString().contains("error=connection_refused");
      assertThat(client.body(1)).isEmpty();
    }
  }

  @Test
  void whatIsNoGrpcGetsAnErrorOfHttp() throws Exception {
    publish(false, H2Origin.NOWHERE);
    try (H2Client client = H2Client.open(fra.http())) {
      int stream = 1;
      for (String type : List.of("application/grpc-web", "application/json")) {
        client
            .send(
                new RawFrames()
                    .headers(stream, true, H2Client.request("POST", "/", "content-type", type)))
            .awaitEnd(stream);
        stream += 2;
      }
      assertThat(client.statuses()).containsExactly("502", "502");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void trailersOfAClientOfHttp1ArriveAndWhatTellsTheWayDoesNot(boolean forwarded) {
    H2Origin origin =
        origin(forwarded, (frame, from) -> H2Origin.sayAtTheEnd(frame, from, "thanks"));
    try (RawClient client = new RawClient(fra.http())) {
      client.send(
          RawClient.wire(
              """
              POST / HTTP/1.1
              Host: shop.test
              Transfer-Encoding: chunked

              3
              abc
              0
              X-Check: 9
              X-Forwarded-For: 10.0.0.1
              Proxy: x

              """));
      assertThat(client.read().body()).isEqualTo("thanks");
    }
    H2Origin.Link link = origin.links.getFirst();
    assertThat(link.body(3)).isEqualTo("abc");
    assertThat(link.heads.getLast().get("x-check")).hasToString("9");
    assertThat(link.heads.getLast().size()).isEqualTo(1);
  }

  /** A recipient may discard trailers (RFC 9110 section 6.5.1): none go to HTTP/1.1. */
  @Test
  void trailersDoNotGetToABackendOverHttp1() throws Exception {
    try (TestBackend backend = TestBackend.saying("thanks");
        H2Client client = H2Client.open(fra.http())) {
      fra.publish(Signal.UP, TestSite.backends(backend));
      client
          .send(call())
          .send(data(1, "abc"))
          .send(new RawFrames().headers(1, true, H2Client.fields("x-check", "9")))
          .awaitEnd(1);
      assertThat(client.body(1)).isEqualTo("thanks");
      assertThat(backend.received)
          .singleElement()
          .satisfies(
              request -> {
                assertThat(request.bodyLength()).isEqualTo(3);
                assertThat(request.all("te")).isEmpty();
                assertThat(request.all("x-check")).isEmpty();
              });
    }
  }

  /** As long as bytes move no time of ordinary requests ends a stream. */
  @Test
  void aStreamInWhichBytesMoveIsNotCut() throws Exception {
    H2Origin origin =
        origin(
            false,
            (frame, from) -> {
              if (frame.type() == RawFrames.DATA && frame.payload().length > 0) {
                from.send(data(frame.stream(), "."));
              } else if (frame.type() == RawFrames.HEADERS) {
                from.send(new RawFrames().headers(frame.stream(), false, HEAD));
              }
            });
    try (H2Client client = H2Client.open(fra.http())) {
      client.send(call());
      client.await(f -> f.type() == RawFrames.HEADERS);
      for (int i = 0; i < 4; i++) {
        fra.letPass(40_000);
        client.send(data(1, "x"));
        client.await(f -> f.type() == RawFrames.DATA);
      }
      assertThat(origin.links.getFirst().body(3)).isEqualTo("xxxx");
    }
  }
}

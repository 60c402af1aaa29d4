package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests of clients over HTTP/2 are those over HTTP/1.1 to all that is behind. */
class ClientsOverHttp2Test {
  @Test
  void aRequestIsServedAndTheBackendSeesHowItCame() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(
            new RawFrames()
                .headers(1, true, H2Client.request("GET", "/a?b", "te", "trailers", "x-a", "b")));
        client.awaitEnd(1);
        assertThat(client.statuses()).containsExactly("200");
        assertThat(client.body(1)).isEqualTo("hello");
      }
      TestBackend.Received received = backend.received.getFirst();
      assertThat(received.line()).isEqualTo("GET /a?b HTTP/1.1");
      assertThat(received.all("via")).containsExactly("2 fra");
      assertThat(received.all("host")).containsExactly("shop.test");
      assertThat(received.all("x-a")).containsExactly("b");
      assertThat(received.all("te")).isEmpty();
      assertThat(received.all("forwarded").getFirst()).endsWith(";host=\"shop.test\";proto=http");
    }
  }

  @Test
  void aRequestIsForwardedToAnotherSite() throws Exception {
    try (TestBackend backend = TestBackend.saying("from afar");
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(
            new RawFrames()
                .headers(1, false, H2Client.request("POST", "/", "content-length", "4"))
                .frame(RawFrames.DATA, 0, 1, new byte[3])
                .frame(RawFrames.DATA, RawFrames.END_STREAM, 1, new byte[1]));
        client.awaitEnd(1);
        assertThat(client.statuses()).containsExactly("200");
        assertThat(client.body(1)).isEqualTo("from afar");
      }
      assertThat(backend.received.getFirst().bodyLength()).isEqualTo(4);
      assertThat(backend.received.getFirst().all("via")).containsExactly("2 fra", "2 nyc");
    }
  }

  @Test
  void whatNoSiteServesIsDeclinedAndTheConnectionGoesOn() throws Exception {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      try (H2Client client = H2Client.open(fra.http())) {
        RawFrames frames = new RawFrames();
        IntStream.range(0, 3)
            .forEach(i -> frames.headers(1 + 2 * i, true, H2Client.request("GET", "/")));
        client.send(frames).awaitEnd(1).awaitEnd(3).awaitEnd(5);
        assertThat(client.statuses()).containsExactly("503", "503", "503");
        assertThat(client.lastHead().get("proxy-status").toString()).contains("NO_SITE");
        assertThat(client.body(1)).contains("Reason:  NO_SITE");
      }
    }
  }

  @Test
  void aClientWithoutAHeaderTableAndAlmostWithoutWindowIsAnswered() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawFrames settings =
          new RawFrames()
              .settings(RawFrames.HEADER_TABLE_SIZE, 0)
              .settings(RawFrames.INITIAL_WINDOW_SIZE, 1);
      try (H2Client client = H2Client.open(fra.http(), settings)) {
        for (int stream = 1; stream < 5; stream += 2) {
          client.send(new RawFrames().headers(stream, true, H2Client.request("GET", "/")));
          for (int i = 1; i < "hello".length(); i++) {
            client.await(f -> f.type() == RawFrames.DATA && f.payload().length == 1);
            client.send(new RawFrames().windowUpdate(stream, 1));
          }
          assertThat(client.awaitEnd(stream).body(stream)).isEqualTo("hello");
        }
        assertThat(client.statuses()).containsExactly("200", "200");
      }
    }
  }

  @Test
  void theCrumbsOfACookieReachTheBackendAsOne() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(
            new RawFrames()
                .headers(
                    1,
                    true,
                    H2Client.request(
                        "GET", "/", "cookie", "a=b", "x-y", "z", "cookie", "c=d", "cookie", "")));
        client.awaitEnd(1);
      }
      assertThat(backend.received.getFirst().all("cookie")).containsExactly("a=b; c=d;");
    }
  }

  @Test
  void aClientThatDoesNotBeginWithThePrefaceIsOneOfHttp1() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (RawClient client = new RawClient(fra.http())) {
        String get = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
        assertThat(client.send(get).read().status()).isEqualTo(200);
        // The preface is for the start of a connection.
        assertThat(client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").read().status()).isEqualTo(400);
      }
    }
  }

  @Test
  void requestsBeyondTheBoundAreRefusedAndTheOthersGoOn() throws Exception {
    int most = H2Profile.CLIENT.maxStreams(EdgeLimits.defaults());
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http()).silent()) {
        RawFrames frames = new RawFrames();
        // The bodies follow, so none of the requests can be over before.
        IntStream.range(0, most + 3)
            .forEach(i -> frames.headers(1 + 2 * i, false, H2Client.request("POST", "/")));
        client.send(frames);
        for (int i = most; i < most + 3; i++) {
          client.awaitEnd(1 + 2 * i);
        }
        assertThat(client.seen())
            .filteredOn(f -> f.type() == RawFrames.RST_STREAM)
            .allMatch(f -> f.error() == (int) Http2Error.REFUSED_STREAM.code())
            .hasSize(3);
        RawFrames bodies = new RawFrames();
        // What is sent on one that was refused has crossed that, and is no error.
        IntStream.range(0, most + 3)
            .forEach(i -> bodies.frame(0, RawFrames.END_STREAM, 1 + 2 * i, new byte[1]));
        client.send(bodies);
        for (int i = 0; i < most; i++) {
          client.awaitEnd(1 + 2 * i);
        }
        assertThat(client.statuses()).hasSize(most).containsOnly("200");
        assertThat(fra.edge().stats().refused().requests()).containsEntry("TOO_MANY_STREAMS", 3L);
      }
    }
  }

  @Test
  void interimResponsesAndAnswersBeforeTheEndOfTheRequestArrive() throws Exception {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  out.write(
                      ("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                              + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTrailer: x\r\n\r\nok")
                          .getBytes(StandardCharsets.US_ASCII));
                  out.flush();
                  return true;
                });
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/"))).awaitEnd(1);
        assertThat(client.statuses()).containsExactly("103", "200");
        assertThat(client.body(1)).isEqualTo("ok");
        assertThat(client.lastHead().contains("trailer")).isFalse();
      }
    }
  }

  @Test
  void aNodeThatStopsAnswersWhatIsUnderWayAndSaysGoodbyeInTwoSteps() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/"))).awaitEnd(1);
        Thread stopping = Thread.ofVirtual().start(() -> fra.edge().close());
        client.await(f -> f.type() == RawFrames.GOAWAY);
        client.send(new RawFrames().headers(3, true, H2Client.request("GET", "/")));
        client.awaitClose();
        stopping.join();
        assertThat(client.statuses()).containsExactly("200", "200");
      }
    }
  }
}

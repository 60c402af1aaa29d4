package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.TestSite;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * How requests of clients over HTTP/2 end, or do not, and that no stream outlives them for long.
 */
class RequestEndsTest {
  private static final int CALM = (int) Http2Error.ENHANCE_YOUR_CALM.code();
  private static final long IDLE_MILLIS = EdgeTimeouts.defaults().bodyIdleMillis();

  /** More than is kept of a head with what a node adds. */
  private static final int TOO_MANY_FIELDS = 361;

  private static byte[] post(String... fields) {
    return H2Client.request("POST", "/", fields);
  }

  private static void ping(H2Client client) throws Exception {
    client.send(new RawFrames().ping()).await(f -> f.type() == RawFrames.PING);
  }

  /** One that reads a chunk of three bytes, tells of it, and reads on to the end of the body. */
  private static TestBackend reading(CountDownLatch chunk) {
    return new TestBackend(
        (request, in, out) -> {
          in.skipNBytes("3\r\nabc\r\n".length());
          chunk.countDown();
          in.skipNBytes("0\r\n\r\n".length());
          return TestBackend.ok(out, "hello");
        });
  }

  /** A body that the backend has read, and its trailers in a read of their own. */
  private static void trailersArriveAlone(TestSite at, CountDownLatch chunk) throws Exception {
    try (H2Client client = H2Client.open(at.http())) {
      client.send(
          new RawFrames()
              .headers(1, false, H2Client.request("POST", "/early"))
              .frame(RawFrames.DATA, 0, 1, new byte[3]));
      assertThat(chunk.await(RawClient.DEADLINE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      client.send(new RawFrames().headers(1, true, H2Client.fields("x-sum", "7")));
      client.awaitEnd(1);
      assertThat(client.statuses()).containsExactly("200");
      assertThat(client.body(1)).isEqualTo("hello");
    }
  }

  @Test
  void trailersAloneEndTheRequestAtTheBackend() throws Exception {
    CountDownLatch chunk = new CountDownLatch(1);
    try (TestBackend backend = reading(chunk);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      trailersArriveAlone(fra, chunk);
    }
  }

  @Test
  void trailersAloneEndTheRequestAtAnotherNode() throws Exception {
    CountDownLatch chunk = new CountDownLatch(1);
    try (TestBackend backend = reading(chunk);
        TestSite fra = new TestSite("fra", 1);
        TestSite nyc = new TestSite("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      trailersArriveAlone(fra, chunk);
    }
  }

  @Test
  void aRequestOfNoLengthWithoutItsEndIsResetBehindTheAnswer() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, false, post("content-length", "0"))).awaitEnd(1);
        ping(client);
        assertThat(client.statuses()).containsExactly("200");
        assertThat(client.body(1)).isEqualTo("hello");
        assertThat(client.seen())
            .filteredOn(f -> f.type() == RawFrames.RST_STREAM)
            .extracting(Frame::error)
            .containsExactly((int) Http2Error.NO_ERROR.code());
      }
    }
  }

  @Test
  void aStreamThatHasOnlyItsEndLeftAndNoWindowForThatIsReset() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  TestBackend.raw(
                      out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
                  TestBackend.holdUntil(rest);
                  return TestBackend.raw(out, "0\r\n\r\n");
                });
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/")));
        client.await(f -> f.type() == RawFrames.DATA);
        // What has left was more than the new window.
        client.send(new RawFrames().settings(RawFrames.INITIAL_WINDOW_SIZE, 0));
        ping(client);
        rest.countDown();
        TestSite.await("the request is over", () -> fra.edge().stats().requestsInProgress() == 0);
        fra.letPass(1_500);
        fra.letPass(IDLE_MILLIS + 1_500);
        ping(client);
        assertThat(client.seen())
            .filteredOn(f -> f.type() == RawFrames.RST_STREAM)
            .extracting(Frame::error)
            .containsExactly((int) Http2Error.CANCEL.code());
      }
      assertThat(fra.edge().stats().clients().stalledHttp2Streams()).isEqualTo(1);
    }
  }

  @Test
  void aLengthThatIsGivenTwiceEndsTheStreamAlsoIfBothAreAlike() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        String name = "content-length";
        RawFrames frames = new RawFrames();
        frames.headers(1, false, post(name, "5", "x-a", "b", name, "5"));
        frames.headers(3, false, post(name, "5, 5"));
        frames.headers(5, false, post(name, "5", name, "6"));
        frames.headers(7, false, post(name, "5"));
        frames.frame(RawFrames.DATA, RawFrames.END_STREAM, 7, new byte[5]);
        client.send(frames).awaitEnd(1).awaitEnd(3).awaitEnd(5).awaitEnd(7);
        assertThat(client.statuses()).containsExactly("200");
        int error = (int) Http2Error.PROTOCOL_ERROR.code();
        assertThat(client.seen())
            .filteredOn(f -> f.type() == RawFrames.RST_STREAM)
            .extracting(Frame::error)
            .containsExactly(error, error, error);
      }
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void requestsThatTheirTrailersBreakEndTheConnectionWhenThereAreTooMany() throws Exception {
    byte[] trailers = RawFrames.repeated("a", "b", TOO_MANY_FIELDS);
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().windowUpdate(0, 1 << 20));
        boolean ended = false;
        for (int i = 0; i < 3 * Glitches.MAX_FAULTS && !ended; i++) {
          int stream = 1 + 2 * i;
          client.send(
              new RawFrames().headers(stream, false, post()).headers(stream, true, trailers));
          Frame last =
              client.await(f -> f.type() == RawFrames.GOAWAY || (f.stream() == stream && isEnd(f)));
          ended = last.type() == RawFrames.GOAWAY;
        }
        assertThat(client.statuses()).hasSizeGreaterThanOrEqualTo(Glitches.MAX_FAULTS);
        assertThat(client.statuses()).containsOnly("431");
        assertThat(client.seen().getLast().type()).isEqualTo(RawFrames.GOAWAY);
        assertThat(client.seen().getLast().error()).isEqualTo(CALM);
      }
    }
  }

  private static boolean isEnd(Frame frame) {
    return frame.type() == RawFrames.RST_STREAM
        || (frame.type() <= RawFrames.HEADERS && (frame.flags() & RawFrames.END_STREAM) != 0);
  }
}

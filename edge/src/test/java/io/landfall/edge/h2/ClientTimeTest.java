package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.TestBackend;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.TestSite;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a client over HTTP/2 may take, and how it is told to go. */
class ClientTimeTest {
  private static final EdgeTimeouts USUAL = EdgeTimeouts.defaults();
  private static final long HEAD_MILLIS = USUAL.clients().requestHeadMillis();
  private static final long IDLE_MILLIS = USUAL.clients().keepAliveMillis();

  private static byte[] get() {
    return H2Client.request("GET", "/");
  }

  private static List<Integer> goAways(H2Client client) {
    return client.seen().stream()
        .filter(f -> f.type() == RawFrames.GOAWAY)
        .map(Frame::error)
        .toList();
  }

  @Test
  void anIdleConnectionEndsInTwoSteps() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, get())).awaitEnd(1);
        client.send(new RawFrames().ping()).await(f -> f.type() == RawFrames.PING);
        fra.letPass(IDLE_MILLIS - HEAD_MILLIS);
        assertThat(goAways(client)).isEmpty();
        fra.letPass(HEAD_MILLIS + 1_000);
        client.await(f -> f.type() == RawFrames.GOAWAY);
        // One that crosses the first GOAWAY is answered.
        client.send(new RawFrames().headers(3, true, get()));
        client.awaitClose();
        assertThat(client.statuses()).containsExactly("200", "200");
        assertThat(goAways(client)).containsExactly(0, 0);
      }
      TestSite.await("no client", () -> fra.edge().stats().clientConnections() == 0);
      assertThat(fra.edge().stats().clients().http2Connections()).isZero();
    }
  }

  @Test
  void aConnectionOfShortRequestsIsNotIdle() throws Exception {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      try (H2Client client = H2Client.open(fra.http())) {
        for (int stream = 1; stream < 9; stream += 2) {
          client.send(new RawFrames().headers(stream, true, get())).awaitEnd(stream);
          fra.letPass(IDLE_MILLIS / 2);
        }
        assertThat(goAways(client)).isEmpty();
      }
    }
  }

  @Test
  void aHeadThatDoesNotArriveInTimeEndsTheConnection() throws Exception {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().ping()).await(f -> f.type() == RawFrames.PING);
        client.send(new RawFrames().frame(RawFrames.HEADERS, 0, 1, get()));
        fra.letPass(HEAD_MILLIS / 2);
        fra.letPass(HEAD_MILLIS);
        client.awaitClose();
        assertThat(goAways(client)).containsExactly(0);
      }
    }
  }

  @Test
  void headsThatAreWholeInTimeAreNoReasonToEnd() throws Exception {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().ping()).await(f -> f.type() == RawFrames.PING);
        for (int stream = 1; stream < 9; stream += 2) {
          client.send(new RawFrames().frame(RawFrames.HEADERS, 1, stream, get()));
          client.send(new RawFrames().frame(RawFrames.CONTINUATION, 4, stream, new byte[0]));
          client.awaitEnd(stream);
          fra.letPass(HEAD_MILLIS / 2);
        }
        assertThat(client.statuses()).hasSize(4);
        assertThat(goAways(client)).isEmpty();
      }
    }
  }

  @Test
  void settingsThatAreNotAcknowledgedEndTheConnection() throws Exception {
    try (TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of());
      try (H2Client client = H2Client.open(fra.http()).silent()) {
        client.send(new RawFrames().headers(1, true, get())).awaitEnd(1);
        fra.letPass(HEAD_MILLIS + 1_000);
        client.awaitClose();
        assertThat(goAways(client)).containsExactly((int) Http2Error.SETTINGS_TIMEOUT.code());
      }
    }
  }

  @Test
  void aResponseForWhichNoWindowIsGivenEndsItsStreamAlone() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawFrames noWindow = new RawFrames().settings(RawFrames.INITIAL_WINDOW_SIZE, 0);
      try (H2Client client = H2Client.open(fra.http(), noWindow)) {
        client.send(new RawFrames().headers(1, true, get()));
        client.await(f -> f.type() == RawFrames.HEADERS);
        client.send(new RawFrames().ping()).await(f -> f.type() == RawFrames.PING);
        // It is looked for each second.
        fra.letPass(1_500);
        fra.letPass(USUAL.bodyIdleMillis() / 2);
        client.send(new RawFrames().ping()).await(f -> f.type() == RawFrames.PING);
        assertThat(client.seen()).noneMatch(f -> f.type() == RawFrames.RST_STREAM);
        fra.letPass(USUAL.bodyIdleMillis());
        Frame reset = client.await(f -> f.type() == RawFrames.RST_STREAM);
        assertThat(reset.error()).isEqualTo((int) Http2Error.CANCEL.code());
        assertThat(client.body(1)).isEmpty();
        // Another with a window.
        client.send(new RawFrames().headers(3, true, get()).windowUpdate(3, 100));
        assertThat(client.awaitEnd(3).body(3)).isEqualTo("hello");
      }
      assertThat(fra.edge().stats().clients().stalledHttp2Streams()).isEqualTo(1);
    }
  }

  @Test
  void aNodeThatLeavesTellsAllAndAnswersWhatIsAskedFor() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, get())).awaitEnd(1);
        fra.edge().leave();
        client.await(f -> f.type() == RawFrames.GOAWAY);
        client.send(new RawFrames().headers(3, true, get()));
        client.awaitClose();
        assertThat(client.statuses()).containsExactly("200", "200");
      }
      // A new one is taken, and told with its first request.
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().ping()).await(f -> f.type() == RawFrames.PING);
        assertThat(goAways(client)).isEmpty();
        client.send(new RawFrames().headers(1, true, get()));
        client.awaitClose();
        assertThat(client.statuses()).containsExactly("200");
        assertThat(goAways(client)).containsExactly(0, 0);
      }
    }
  }

  @Test
  void aDownloadGoesOnForAsLongAsItTakesAfterTheGoodbye() throws Exception {
    try (TestBackend backend = TestBackend.saying("x".repeat(200_000));
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, get()));
        client.await(f -> f.type() == RawFrames.DATA);
        fra.edge().leave();
        client.await(f -> f.type() == RawFrames.GOAWAY && RawFrames.number(f.payload(), 0, 4) == 1);
        client.send(new RawFrames().windowUpdate(0, 200_000).windowUpdate(1, 200_000));
        client.awaitEnd(1);
        assertThat(client.body(1)).hasSize(200_000);
        client.awaitClose();
      }
    }
  }
}

package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another node that means harm, at both ends of HTTP/2, over real sockets. */
class HostilePeerTest {
  private static final byte[] STATUS_200 = {(byte) 0x88};
  private static final byte STATUS_400 = (byte) 0x8c;
  private static final byte[] STATUS_204 = {(byte) 0x89};

  /** Status 103 is not in the static table: name 8 with a literal value. */
  private static final byte[] STATUS_103 = {0x08, 3, '1', '0', '3'};

  private static RawClient.Answer askThrough(IntFunction<RawFrames> answer) throws IOException {
    try (Impostor impostor = new Impostor(answer);
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of(), TestSite.impostor(77, impostor.address()));
      return RawClient.get(fra.http(), "shop.test", "/");
    }
  }

  @Test
  void aResponseHeadWithTooManyFieldsIsNoResponse() throws IOException {
    for (int times : new int[] {200, 1_000, 16_000}) {
      byte[] bomb = RawFrames.joined(STATUS_200, RawFrames.repeated("set-cookie", "b", times));
      RawClient.Answer answer = askThrough(id -> new RawFrames().headers(id, true, bomb));
      assertThat(answer.status()).isEqualTo(502);
    }
  }

  @Test
  void responseTrailersWithTooManyFieldsBreakTheResponseOff() throws IOException {
    byte[] bomb = RawFrames.repeated("a", "b", 1_000);
    IntFunction<RawFrames> frames =
        id ->
            new RawFrames()
                .headers(id, false, STATUS_200)
                .frame(RawFrames.DATA, 0, id, new byte[] {'x'})
                .headers(id, true, bomb);
    try (Impostor impostor = new Impostor(frames);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.DOWN, List.of(), TestSite.impostor(78, impostor.address()));
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      // The head may or may not have left before the reset; the end of the body does not.
      assertThat(new String(ended(client), StandardCharsets.US_ASCII)).doesNotContain("0\r\n\r\n");
      TestSite.await("it is over", () -> fra.edge().stats().requestsInProgress() == 0);
      assertThat(fra.edge().stats().aborted()).isEqualTo(1);
    }
  }

  private static byte[] ended(RawClient client) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int b = client.readByte(); b >= 0; b = client.readByte()) {
        all.write(b);
      }
    } catch (UncheckedIOException e) {
      // Reset, as it should be.
    }
    return all.toByteArray();
  }

  /** A field with a literal name, as RFC 7541 section 6.2.2 has it. */
  private static byte[] length(int bytes) {
    byte[] value = Integer.toString(bytes).getBytes(StandardCharsets.US_ASCII);
    byte[] name = "content-length".getBytes(StandardCharsets.US_ASCII);
    byte[] field = RawFrames.joined(new byte[] {0, (byte) name.length}, name);
    return RawFrames.joined(field, RawFrames.joined(new byte[] {(byte) value.length}, value));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6})
  void aResponseWhoseLengthIsNotWhatItsHeadHasIsBrokenOff(int bytes) throws IOException {
    IntFunction<RawFrames> frames =
        id ->
            new RawFrames()
                .headers(id, false, RawFrames.joined(STATUS_200, length(5)))
                .frame(RawFrames.DATA, RawFrames.END_STREAM, id, new byte[bytes]);
    try (Impostor impostor = new Impostor(frames);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.DOWN, List.of(), TestSite.impostor(79, impostor.address()));
      client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
      // The connection ends: what was announced does not come, and nothing else in its place.
      ended(client);
      TestSite.await("it is over", () -> fra.edge().stats().requestsInProgress() == 0);
      assertThat(fra.edge().stats().aborted()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6})
  void aRequestWhoseLengthIsNotWhatItsHeadHasIsNoRequest(int bytes) throws IOException {
    try (TestBackend backend = TestBackend.saying("whole");
        TestSite fra = new TestSite("fra", 1);
        Socket peer = new Socket()) {
      fra.publish(Signal.UP, backends(backend));
      peer.connect(fra.overlay());
      peer.setSoTimeout(RawClient.DEADLINE_MILLIS);
      byte[] get = RawFrames.get("shop.test", "/");
      byte[] head = RawFrames.joined(get, length(5));
      RawFrames frames = new RawFrames().preface().settings(0, 0).headers(1, false, head);
      for (int sent = 0; sent < bytes; sent++) {
        frames.frame(
            RawFrames.DATA, sent == bytes - 1 ? RawFrames.END_STREAM : 0, 1, new byte[] {'x'});
      }
      peer.getOutputStream().write(frames.bytes());
      // Whoever finds it first, the decoder or the stream: the other node is told.
      RawFrames.Frame answer = RawFrames.read(peer.getInputStream());
      while (answer.stream() == 0) {
        answer = RawFrames.read(peer.getInputStream());
      }
      assertThat(answer.type() == RawFrames.RST_STREAM || answer.payload()[0] == STATUS_400)
          .isTrue();
      TestSite.await("it is over", () -> fra.edge().stats().requestsInProgress() == 0);
      assertThat(backend.received).isEmpty();
      // The connection goes on.
      peer.getOutputStream().write(new RawFrames().headers(3, true, get).bytes());
      assertThat(readUntil(peer.getInputStream(), RawFrames.HEADERS, 1).payload()[0])
          .isEqualTo(STATUS_200[0]);
    }
  }

  @Test
  void aHeadThatTheGateRefusesIsAnsweredAndCounted() throws IOException {
    try (TestSite fra = new TestSite("fra", 1);
        Socket peer = new Socket()) {
      peer.connect(fra.overlay());
      peer.setSoTimeout(RawClient.DEADLINE_MILLIS);
      byte[] head = RawFrames.get("shop.test", "no-path");
      peer.getOutputStream()
          .write(new RawFrames().preface().settings(0, 0).headers(1, true, head).bytes());
      assertThat(readUntil(peer.getInputStream(), RawFrames.HEADERS, 1).payload()[0])
          .isEqualTo(STATUS_400);
      assertThat(fra.edge().stats().refused().requests()).containsEntry("PSEUDO_FIELDS", 1L);
    }
  }

  private static RawFrames goAway(int lastStream) {
    byte[] payload = new RawFrames().number(lastStream, 4).number(0, 4).bytes();
    return new RawFrames().frame(RawFrames.GOAWAY, 0, 0, payload);
  }

  /** Of a request that a GOAWAY leaves out it is certain that it was not processed. */
  @Test
  void aPostThatAGoAwayLeavesOutGoesElsewhereAndOneThatItCoversDoesNot() throws IOException {
    String post = "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello";
    for (boolean covered : new boolean[] {false, true}) {
      try (Impostor impostor = Impostor.thatLeaves(id -> goAway(covered ? id : 0));
          TestBackend good = TestBackend.saying("good");
          TestSite sin = new TestSite("sin", 3);
          TestSite fra = new TestSite("fra", 1);
          RawClient client = new RawClient(fra.http())) {
        sin.publish(Signal.UP, backends(good));
        fra.publish(
            Signal.DOWN,
            List.of(),
            TestSite.impostor(80, impostor.address()),
            sin.candidate(Signal.UP, 2));
        assertThat(client.send(post).read().status()).isEqualTo(covered ? 502 : 200);
        assertThat(good.received).hasSize(covered ? 0 : 1);
      }
    }
  }

  @Test
  void aNodeThatEndsEachConnectionWithoutAnAnswerIsAskedOnceMoreOnly() throws IOException {
    try (Impostor impostor = Impostor.thatLeaves(id -> new RawFrames());
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.DOWN, List.of(), TestSite.impostor(82, impostor.address()));
      assertThat(RawClient.get(fra.http(), "shop.test", "/").status()).isEqualTo(502);
      assertThat(impostor.asked).hasValue(2);
    }
  }

  @Test
  void aPostThatIsRefusedGoesElsewhereAndOneThatIsResetOtherwiseDoesNot() throws IOException {
    String post = "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n\r\nhello";
    for (Http2Error error : List.of(Http2Error.REFUSED_STREAM, Http2Error.CANCEL)) {
      boolean refused = error == Http2Error.REFUSED_STREAM;
      byte[] code = {0, 0, 0, (byte) error.code()};
      try (Impostor impostor =
              new Impostor(id -> new RawFrames().frame(RawFrames.RST_STREAM, 0, id, code));
          TestBackend good = TestBackend.saying("good");
          TestSite sin = new TestSite("sin", 3);
          TestSite fra = new TestSite("fra", 1);
          RawClient client = new RawClient(fra.http())) {
        sin.publish(Signal.UP, backends(good));
        fra.publish(
            Signal.DOWN,
            List.of(),
            TestSite.impostor(84, impostor.address()),
            sin.candidate(Signal.UP, 2));
        assertThat(client.send(post).read().status()).isEqualTo(refused ? 200 : 502);
        assertThat(good.received).hasSize(refused ? 1 : 0);
      }
    }
  }

  @Test
  void theRestOfARequestThatIsAnsweredIsNotSent() throws IOException {
    try (Impostor impostor = new Impostor(id -> new RawFrames().headers(id, true, STATUS_204));
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.DOWN, List.of(), TestSite.impostor(83, impostor.address()));
      client.send("PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100\r\n\r\nhello");
      assertThat(client.read().status()).isEqualTo(204);
      TestSite.await("its stream is reset", () -> impostor.resets.get() == 1);
    }
  }

  /**
   * A reset without an error after the whole response is about the request's rest (section 8.1).
   */
  @Test
  void aWholeResponseIsNotLostToTheResetThatRefusesTheRestOfTheRequest() throws IOException {
    byte[] piece = new byte[16 * 1024];
    int pieces = 60;
    IntFunction<RawFrames> frames =
        id -> {
          // Its windows count once they are acknowledged.
          RawFrames whole = new RawFrames().frame(RawFrames.SETTINGS, 1, 0, new byte[0]);
          whole.headers(id, false, STATUS_200);
          for (int i = 1; i <= pieces; i++) {
            whole.frame(RawFrames.DATA, i == pieces ? RawFrames.END_STREAM : 0, id, piece);
          }
          return whole.frame(RawFrames.RST_STREAM, 0, id, new byte[4]).ping();
        };
    try (Impostor impostor = new Impostor(frames);
        TestSite fra = new TestSite("fra", 1);
        Socket slow = new Socket()) {
      fra.publish(Signal.DOWN, List.of(), TestSite.impostor(81, impostor.address()));
      // So that the response waits in the node, not in the system.
      slow.setReceiveBufferSize(4 * 1024);
      slow.connect(fra.http());
      try (RawClient client = new RawClient(slow)) {
        client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100\r\n\r\nhello");
        assertThat(client.readHead().status()).isEqualTo(200);
        impostor.awaitPingAnswered();
        long got = 0;
        for (String size = client.readLine(); !size.equals("0"); size = client.readLine()) {
          got += client.readExactly(Integer.parseInt(size, 16)).length;
          client.readLine();
        }
        assertThat(got).isEqualTo((long) pieces * piece.length);
      }
    }
  }

  @Test
  void interimHeadsWithoutEndAreNoResponse() throws IOException {
    IntFunction<RawFrames> frames =
        id -> {
          RawFrames many = new RawFrames();
          IntStream.range(0, 1_000).forEach(i -> many.headers(id, false, STATUS_103));
          return many.headers(id, true, STATUS_204);
        };
    assertThat(askThrough(frames).status()).isEqualTo(502);
  }

  @Test
  void bodiesThatNoWindowLetsOutAreNotFetchedAndOneWithAWindowIs() throws IOException {
    String large = "x".repeat(2 << 20);
    int streams = 60;
    try (TestBackend backend = TestBackend.saying(large);
        TestSite fra = new TestSite("fra", 1);
        Socket peer = new Socket()) {
      fra.publish(Signal.UP, backends(backend));
      peer.connect(fra.overlay());
      peer.setSoTimeout(RawClient.DEADLINE_MILLIS);
      RawFrames frames = new RawFrames().preface().settings(RawFrames.INITIAL_WINDOW_SIZE, 0);
      frames.windowUpdate(0, 64 << 20);
      for (int i = 0; i < streams; i++) {
        frames.headers(1 + 2 * i, true, RawFrames.get("shop.test", "/"));
      }
      peer.getOutputStream().write(frames.bytes());
      readUntil(peer.getInputStream(), RawFrames.HEADERS, streams);
      // Whatever the others do, the one that may send does so to its end.
      int last = 1 + 2 * (streams - 1);
      peer.getOutputStream().write(new RawFrames().windowUpdate(last, 4 << 20).bytes());
      long got = 0;
      InputStream in = peer.getInputStream();
      while (got < large.length()) {
        RawFrames.Frame frame = RawFrames.read(in);
        if (frame.type() == RawFrames.DATA) {
          assertThat(frame.stream()).isEqualTo(last);
          got += frame.payload().length;
        }
      }
      Channel channel = fra.overlayChannels.getFirst();
      H2FromNode server = channel.pipeline().get(H2FromNode.class);
      int waiting =
          channel.eventLoop().submit(server::waitingDataBytes).syncUninterruptibly().getNow();
      assertThat(waiting).isLessThan(H2Profile.NODE.marks().connectionHighBytes() + 64 * 1024);
    }
  }

  private static RawFrames.Frame readUntil(InputStream in, int type, int count) throws IOException {
    List<RawFrames.Frame> seen = new ArrayList<>();
    while (seen.size() < count) {
      RawFrames.Frame frame = RawFrames.read(in);
      if (frame.type() == type) {
        seen.add(frame);
      }
    }
    return seen.getLast();
  }
}

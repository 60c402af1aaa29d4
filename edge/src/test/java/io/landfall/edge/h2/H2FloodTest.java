package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a certified node that means harm may make the server's end of HTTP/2 hold. */
@ExtendWith(UnreadChannel.Closed.class)
class H2FloodTest {
  private static final int READ_BYTES = 64 * 1024;

  /** What a refusal may cost: a field section that is still arriving, or what waits. */
  private static final long GROWTH_BYTES = 64 * 1024;

  private static final int CALM = (int) Http2Error.ENHANCE_YOUR_CALM.code();

  private final UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();

  private void opened(int setting, int value) {
    channel.take(Integer.MAX_VALUE);
    send(new RawFrames().preface().settings(setting, value));
  }

  private int send(RawFrames frames) {
    return channel.deliver(frames.bytes(), 0, READ_BYTES);
  }

  private List<Frame> answers() {
    return RawFrames.parse(channel.taken());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 1_000, 16_000})
  void fieldsRepeatedFromTheTableAreRefusedByTheirNumber(int times) throws Http2Exception {
    UnreadChannel one = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();
    one.take(Integer.MAX_VALUE);
    RawFrames frames = new RawFrames().preface().settings(RawFrames.INITIAL_WINDOW_SIZE, 0);
    byte[] bomb =
        RawFrames.joined(
            RawFrames.get("unknown.test", "/"), RawFrames.repeated("cookie", "b", times));
    int streams = 40;
    for (int i = 0; i < streams; i++) {
      frames.headers(1 + 2 * i, true, bomb);
    }
    one.deliver(frames.bytes(), 0, 16_000);
    assertThat(statuses(RawFrames.parse(one.taken()))).hasSize(streams).containsOnly("431");
    // The bytes of the read itself are counted too.
    assertThat(one.peakBytes()).isLessThan(GROWTH_BYTES + 16_000);
    assertThat(one.heldBytes()).isLessThan(GROWTH_BYTES);
    H2FromNode server = one.pipeline().get(H2FromNode.class);
    assertThat(server.connection().numActiveStreams()).isZero();
    one.finishAndReleaseAll();
  }

  private static List<String> statuses(List<Frame> frames) throws Http2Exception {
    List<String> statuses = new ArrayList<>();
    DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
    for (Frame frame : frames) {
      if (frame.type() == RawFrames.HEADERS) {
        statuses.add(
            hpack
                .decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()))
                .status()
                .toString());
      }
    }
    return statuses;
  }

  @Test
  void tooManyTrailersAreRefused() throws Http2Exception {
    opened(0, 0);
    EdgeLimits limits = EdgeLimits.defaults();
    send(
        new RawFrames()
            .headers(1, false, RawFrames.get("unknown.test", "/"))
            .headers(1, true, RawFrames.repeated("a", "b", H2Profile.NODE.maxFields(limits) + 1)));
    // The answer was made before the trailers came, and stands.
    assertThat(statuses(answers())).containsExactly("421");
    assertThat(channel.isOpen()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void aHeadThatNeverEndsIsCutOffBeforeItIsLarge() {
    opened(0, 0);
    byte[] piece = RawFrames.repeated("a", "b", 12_000);
    RawFrames frames =
        new RawFrames().frame(RawFrames.HEADERS, 0, 1, RawFrames.get("shop.test", "/"));
    IntStream.range(0, 100).forEach(i -> frames.frame(RawFrames.CONTINUATION, 0, 1, piece));
    channel.deliver(frames.bytes(), 0, 4096);
    assertThat(lastGoAway()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    assertThat(channel.peakBytes()).isLessThan(GROWTH_BYTES + 4096);
    assertThat(channel.isOpen()).isFalse();
    channel.finishAndReleaseAll();
  }

  @Test
  void emptyContinuationsWithoutEndAreCutOff() {
    opened(0, 0);
    RawFrames frames =
        new RawFrames().frame(RawFrames.HEADERS, 0, 1, RawFrames.get("shop.test", "/"));
    IntStream.range(0, 100).forEach(i -> frames.frame(RawFrames.CONTINUATION, 0, 1, new byte[0]));
    send(frames);
    assertThat(lastGoAway()).isEqualTo(CALM);
    channel.finishAndReleaseAll();
  }

  @Test
  void settingsWithoutEndAreCutOff() {
    opened(0, 0);
    RawFrames frames = new RawFrames();
    IntStream.range(0, 1000)
        .forEach(i -> frames.settings(RawFrames.INITIAL_WINDOW_SIZE, 65_535 + i % 2));
    send(frames);
    assertThat(lastGoAway()).isEqualTo(CALM);
    long acknowledged =
        answers().stream().filter(f -> f.type() == RawFrames.SETTINGS && f.flags() == 1).count();
    assertThat(acknowledged).isLessThanOrEqualTo(H2Profile.NODE.maxSettings() + 1L);
    channel.finishAndReleaseAll();
  }

  @Test
  void pingsThatAreNotReadStopTheReading() {
    opened(0, 0);
    channel.takeNothing();
    RawFrames frames = new RawFrames();
    IntStream.range(0, 100_000).forEach(i -> frames.ping());
    int read = channel.deliver(frames.bytes(), 0, 8192);
    assertThat(read).isLessThan(8 * READ_BYTES);
    assertThat(channel.peakBytes()).isLessThan(GROWTH_BYTES + READ_BYTES);
    channel.finishAndReleaseAll();
  }

  @Test
  void requestsThatAreResetAtOnceByWhoReadsNothingStopTheReading() {
    opened(0, 0);
    channel.takeNothing();
    RawFrames frames = new RawFrames();
    byte[] head = RawFrames.get("unknown.test", "/");
    for (int i = 0; i < 9_000; i++) {
      frames.headers(1 + 2 * i, true, head).reset(1 + 2 * i);
    }
    int read = channel.deliver(frames.bytes(), 0, READ_BYTES);
    assertThat(read).isLessThan(8 * READ_BYTES);
    assertThat(channel.waitingBytes()).isLessThanOrEqualTo(H2Connection.MAX_UNREAD_BYTES);
    channel.finishAndReleaseAll();
  }

  @Test
  void aPeerThatTakesNoFieldsAtAllIsAnsweredLikeAnyOther() throws Http2Exception {
    opened(RawFrames.MAX_HEADER_LIST_SIZE, 1);
    RawFrames frames = new RawFrames();
    byte[] head = RawFrames.get("unknown.test", "/");
    IntStream.range(0, 50).forEach(i -> frames.headers(1 + 2 * i, true, head));
    send(frames);
    assertThat(statuses(answers())).hasSize(50).containsOnly("421");
    assertThat(channel.isOpen()).isTrue();
    channel.checkException();
    channel.finishAndReleaseAll();
  }

  @Test
  void windowUpdatesWithoutEndCostNothingAndOverflowEndsTheStream() {
    opened(0, 0);
    RawFrames frames = new RawFrames();
    IntStream.range(0, 50_000).forEach(i -> frames.windowUpdate(0, 1));
    send(frames);
    assertThat(channel.isOpen()).isTrue();
    assertThat(channel.heldBytes()).isLessThan(READ_BYTES);
    send(new RawFrames().windowUpdate(0, Integer.MAX_VALUE));
    assertThat(lastGoAway()).isEqualTo((int) Http2Error.FLOW_CONTROL_ERROR.code());
    channel.finishAndReleaseAll();
  }

  private int lastGoAway() {
    return answers().stream()
        .filter(f -> f.type() == RawFrames.GOAWAY)
        .reduce((one, other) -> other)
        .orElseThrow()
        .error();
  }
}

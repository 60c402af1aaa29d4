package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames on streams that are over (RFC 9113 sections 5.1 and 5.1.1), as h2spec sends them. */
@ExtendWith(UnreadChannel.Closed.class)
class H2StreamStatesTest {
  private static final byte[] GET = RawFrames.get("unknown.test", "/");
  private static final int NO_WINDOW = 0;
  private static final int NO_PREFACE = 0;
  private static final int A_WINDOW_BYTES = 60_000;

  private UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
  }

  private List<Frame> answersTo(int window, RawFrames... batches) {
    channel.take(Integer.MAX_VALUE);
    byte[] first =
        new RawFrames().preface().settings(RawFrames.INITIAL_WINDOW_SIZE, window).bytes();
    channel.deliver(first, 0, first.length);
    for (RawFrames batch : batches) {
      channel.deliver(batch.bytes(), 0, batch.bytes().length);
      channel.runPendingTasks();
    }
    return RawFrames.parse(channel.taken());
  }

  private void assertEnded(List<Frame> answers, Http2Error error) {
    assertThat(answers.stream().filter(f -> f.type() == RawFrames.GOAWAY).map(Frame::error))
        .containsExactly((int) error.code());
    assertThat(channel.isOpen()).isFalse();
  }

  private void assertReset(List<Frame> answers, int stream) {
    assertThat(answers)
        .filteredOn(f -> f.type() == RawFrames.RST_STREAM && f.stream() == stream)
        .extracting(Frame::error)
        .contains((int) Http2Error.STREAM_CLOSED.code());
    assertThat(answers).noneMatch(f -> f.type() == RawFrames.GOAWAY);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aHeadOnAStreamThatItsSenderHasEndedEndsTheConnection() {
    RawFrames whole = new RawFrames().headers(1, true, GET);
    assertEnded(answersTo(A_WINDOW_BYTES, whole, whole), Http2Error.STREAM_CLOSED);
  }

  @Test
  void inOneReadToo() {
    RawFrames twice = new RawFrames().headers(1, true, GET).headers(1, true, GET);
    assertEnded(answersTo(A_WINDOW_BYTES, twice), Http2Error.STREAM_CLOSED);
  }

  @Test
  void aHeadOnALowerStreamThatWasNeverUsedEndsTheConnection() {
    RawFrames downwards = new RawFrames().headers(5, true, GET).headers(3, true, GET);
    assertEnded(answersTo(A_WINDOW_BYTES, downwards), Http2Error.PROTOCOL_ERROR);
  }

  @Test
  void whileTheAnswerIsUnderWayToo() {
    RawFrames whole = new RawFrames().headers(1, true, GET);
    assertEnded(answersTo(NO_WINDOW, whole, whole), Http2Error.STREAM_CLOSED);
  }

  @Test
  void aHeadBehindTheResetOfItsSenderIsAnErrorOfTheStream() {
    channel.finishAndReleaseAll();
    // Nothing is answered here before the reset.
    channel = new EmbeddedEdge(EdgeLimits.defaults()).waitingNode();
    RawFrames behind = new RawFrames().headers(1, false, GET).reset(1).headers(1, true, GET).ping();
    assertReset(answersTo(NO_WINDOW, behind), 1);
  }

  @Test
  void aBodyBehindTheEndIsAnErrorOfTheStream() {
    RawFrames whole = new RawFrames().headers(1, true, GET);
    RawFrames behind = new RawFrames().frame(RawFrames.DATA, 0, 1, new byte[1]).ping();
    assertReset(answersTo(A_WINDOW_BYTES, whole, behind), 1);
  }

  @Test
  void whatCrossesAResetOfThisNodeIsDropped() {
    // The answer ends the stream before its request is whole.
    RawFrames begun = new RawFrames().headers(1, false, GET);
    RawFrames rest =
        new RawFrames()
            .frame(RawFrames.DATA, 0, 1, new byte[1])
            .headers(1, true, RawFrames.repeated("a", "b", 1));
    List<Frame> answers = answersTo(A_WINDOW_BYTES, begun, rest);
    assertThat(answers.stream().filter(f -> f.type() == RawFrames.RST_STREAM).map(Frame::error))
        .containsExactly((int) Http2Error.NO_ERROR.code());
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whatComesBehindAResetOfItsSenderIsAnErrorOfTheStreamEvenIfThisNodeResetItFirst() {
    RawFrames begun = new RawFrames().headers(1, false, GET);
    RawFrames reset = new RawFrames().reset(1);
    RawFrames body = new RawFrames().frame(RawFrames.DATA, 0, 1, new byte[1]);
    assertReset(answersTo(A_WINDOW_BYTES, begun, reset, body), 1);
  }

  /** What Netty refuses before it makes a stream, and all that may follow of such a request. */
  @ParameterizedTest
  @ValueSource(strings = {"connection=x", "te=gzip", "upgrade=h2c", ":path=/again", "Upper=x"})
  void whatFollowsAHeadThatIsRefusedEndsNoOtherRequest(String field) {
    String[] line = field.split("=", -1);
    byte[] bad = RawFrames.joined(GET, RawFrames.repeated(line[0], line[1], 1));
    RawFrames refused =
        new RawFrames()
            .headers(1, false, bad)
            .windowUpdate(1, 1)
            .frame(RawFrames.DATA, 0, 1, new byte[5])
            .headers(1, true, RawFrames.repeated("a", "b", 1))
            .reset(1);
    RawFrames good = new RawFrames().headers(3, true, GET);
    RawFrames both =
        new RawFrames()
            .raw(refused.bytes(), refused.bytes().length)
            .raw(good.bytes(), good.bytes().length);
    for (RawFrames[] batches : List.of(new RawFrames[] {refused, good}, new RawFrames[] {both})) {
      List<Frame> answers = answersTo(A_WINDOW_BYTES, batches);
      assertThat(answers).noneMatch(f -> f.type() == RawFrames.GOAWAY);
      assertThat(answers)
          .filteredOn(f -> f.type() == RawFrames.RST_STREAM && f.stream() == 1)
          .first()
          .extracting(Frame::error)
          .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      assertThat(answers).anyMatch(f -> f.type() == RawFrames.HEADERS && f.stream() == 3);
      assertThat(channel.isOpen()).isTrue();
      channel.finishAndReleaseAll();
      channel = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();
    }
  }

  @Test
  void whatIsWrongOnAStreamThatWasNeverOpenedTakesNoLowerOneAway() {
    RawFrames ahead = new RawFrames().windowUpdate(2001, 0).headers(1, true, GET);
    List<Frame> answers = answersTo(A_WINDOW_BYTES, ahead);
    assertThat(answers).anyMatch(f -> f.type() == RawFrames.HEADERS && f.stream() == 1);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aFrameOnAStreamThatWasNeverOpenedStillEndsTheConnection() {
    RawFrames refused =
        new RawFrames()
            .headers(1, false, RawFrames.joined(GET, RawFrames.repeated("te", "gzip", 1)))
            .frame(RawFrames.DATA, 0, 3, new byte[5]);
    assertEnded(answersTo(A_WINDOW_BYTES, refused), Http2Error.PROTOCOL_ERROR);
  }

  @Test
  void whatArrivesBehindSuchAHeadIsNotHandedOn() {
    FrameSplitter gate = new FrameSplitter(NO_PREFACE, new PeerStreams(), FrameBudget.NONE);
    byte[] twice = new RawFrames().headers(1, true, GET).headers(1, true, GET).bytes();
    gate.add(Unpooled.wrappedBuffer(twice));
    assertThat(gate.next(Integer.MAX_VALUE)).isNotNull().satisfies(ByteBuf::release);
    assertThat(gate.violation())
        .isNotNull()
        .satisfies(v -> assertThat(v.error()).isEqualTo(Http2Error.STREAM_CLOSED));
    gate.close();
    gate.add(Unpooled.wrappedBuffer(twice));
    assertThat(gate.isEmpty()).isTrue();
  }

  @Test
  void streamsThatWereLongAgoAreNotJudged() {
    PeerStreams streams = new PeerStreams();
    int latest = 2 * PeerStreams.REMEMBERED + 1;
    assertThat(streams.begins(RawFrames.HEADERS, RawFrames.END_STREAM, 3)).isNull();
    assertThat(streams.begins(RawFrames.HEADERS, RawFrames.END_STREAM, latest)).isNull();
    assertThat(streams.begins(RawFrames.HEADERS, 0, 1)).isNull();
    assertThat(streams.begins(RawFrames.HEADERS, 0, 3)).isEqualTo(Http2Error.STREAM_CLOSED);
    assertThat(streams.begins(RawFrames.HEADERS, 0, 5)).isEqualTo(Http2Error.PROTOCOL_ERROR);
    assertThat(streams.begins(RawFrames.HEADERS, RawFrames.END_STREAM, latest + 2)).isNull();
    assertThat(streams.begins(RawFrames.HEADERS, 0, 3)).isNull();
    assertThat(streams.hasEnded(latest)).isTrue();
    assertThat(streams.hasEnded(3)).isFalse();
  }
}

package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a client may do on its connection that costs and brings it nothing. */
@ExtendWith(UnreadChannel.Closed.class)
class ClientFloodTest {
  private static final int READ_BYTES = 64 * 1024;
  private static final int CALM = (int) Http2Error.ENHANCE_YOUR_CALM.code();

  /** Without a type that RFC 9113 has. */
  private static final int UNKNOWN_TYPE = 0x77;

  private static final int PADDED = 8;
  private static final int PRIORITY = 2;
  private static final int MAX_FRAME_SIZE = 5;

  /** Much more than is allowed. */
  private static final int FLOOD = 10;

  private final EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());

  /** On a loop whose time stands still, so that nothing comes back with time. */
  private final UnreadChannel channel = edge.client(edge.loop());

  private final RawFrames frames = new RawFrames().preface().settings(0, 0);

  private void times(int count, IntConsumer each) {
    IntStream.range(0, count).forEach(each);
  }

  private void send() {
    channel.take(Integer.MAX_VALUE);
    channel.deliver(frames.bytes(), 0, READ_BYTES);
  }

  private List<Frame> answers() {
    return RawFrames.parse(channel.taken());
  }

  private void endsCalmly(String why) {
    send();
    // Windows that were added up may follow it.
    Frame last = answers().stream().filter(f -> f.type() == RawFrames.GOAWAY).toList().getLast();
    assertThat(last.error()).isEqualTo(CALM);
    assertThat(new String(last.payload(), 8, last.payload().length - 8, StandardCharsets.US_ASCII))
        .isEqualTo(why);
    assertThat(channel.isOpen()).isFalse();
    assertThat(edge.runtime().counters().floodedClients.sum()).isEqualTo(1);
  }

  private void goesOn() {
    send();
    assertThat(answers()).noneMatch(f -> f.type() == RawFrames.GOAWAY);
    assertThat(channel.isOpen()).isTrue();
    assertThat(edge.runtime().counters().floodedClients.sum()).isZero();
  }

  private void requestsThatAreReset(int count) {
    byte[] head = RawFrames.get("shop.test", "/");
    times(count, i -> frames.headers(1 + 2 * i, false, head).reset(1 + 2 * i));
  }

  @Test
  void streamsAreResetAsOftenAsThePagesOfABrowserAreLeft() {
    requestsThatAreReset(Glitches.MAX_FAULTS);
    goesOn();
  }

  @Test
  void moreStreamsThatAreResetEndTheConnection() {
    requestsThatAreReset(FLOOD * Glitches.MAX_FAULTS);
    endsCalmly("too many resets of streams");
  }

  /** A window that overflows makes the server reset the stream (CVE-2025-8671). */
  private void streamsThatTheServerHasToReset(int count) {
    byte[] head = RawFrames.get("shop.test", "/");
    times(
        count,
        i -> frames.headers(1 + 2 * i, false, head).windowUpdate(1 + 2 * i, Integer.MAX_VALUE));
  }

  @Test
  void someStreamsMayBeMadeToBeReset() {
    streamsThatTheServerHasToReset(Glitches.MAX_FAULTS / 2);
    goesOn();
  }

  @Test
  void moreStreamsThatAreMadeToBeResetEndTheConnection() {
    streamsThatTheServerHasToReset(FLOOD * Glitches.MAX_FAULTS);
    endsCalmly("too many errors of streams");
  }

  @Test
  void whatCrossesTheResetOfAnAnswerBeforeTheEndOfTheRequestIsNoFault() {
    byte[] head = H2Client.request("POST", "/");
    frames.headers(1, false, head);
    times(Glitches.MAX_FAULTS * 2, i -> frames.frame(RawFrames.DATA, 0, 1, new byte[100]));
    goesOn();
  }

  @Test
  void malformedRequestsEndTheConnectionWhenThereAreTooMany() {
    byte[] head = H2Client.request("GET", "/../x");
    times(Glitches.MAX_FAULTS, i -> frames.headers(1 + 2 * i, true, head));
    goesOn();
    UnreadChannel other = edge.client();
    other.take(Integer.MAX_VALUE);
    times(FLOOD * Glitches.MAX_FAULTS, i -> frames.headers(10_001 + 2 * i, true, head));
    other.deliver(frames.bytes(), 0, READ_BYTES);
    assertThat(RawFrames.parse(other.taken()).getLast().error()).isEqualTo(CALM);
  }

  private void controlFrames(int count, IntConsumer each) {
    // The first SETTINGS counts too.
    times(count - 1, each);
  }

  @Test
  void asManyPingsAsAreAllowedAreAnswered() {
    controlFrames(Glitches.MAX_CONTROL_FRAMES, i -> frames.ping());
    goesOn();
    assertThat(answers().stream().filter(f -> f.type() == RawFrames.PING))
        .hasSize(Glitches.MAX_CONTROL_FRAMES - 1);
  }

  @Test
  void morePingsEndTheConnection() {
    controlFrames(FLOOD * Glitches.MAX_CONTROL_FRAMES, i -> frames.ping());
    endsCalmly("too many PING frames");
  }

  @Test
  void priorityFramesEndTheConnectionWhenThereAreTooMany() {
    controlFrames(
        FLOOD * Glitches.MAX_CONTROL_FRAMES,
        i -> frames.frame(PRIORITY, 0, 1 + 2 * i, new byte[] {0, 0, 0, 0, 1}));
    endsCalmly("too many PRIORITY frames");
  }

  @Test
  void windowUpdatesEndTheConnectionWhenThereAreTooMany() {
    controlFrames(FLOOD * Glitches.MAX_CONTROL_FRAMES, i -> frames.windowUpdate(0, 1));
    endsCalmly("too many WINDOW_UPDATE frames");
  }

  @Test
  void framesOfUnknownTypesAreIgnoredAndEndTheConnectionWhenThereAreTooMany() {
    controlFrames(
        FLOOD * Glitches.MAX_CONTROL_FRAMES, i -> frames.frame(UNKNOWN_TYPE, 0, 0, new byte[0]));
    endsCalmly("too many frames of unknown types");
  }

  @Test
  void requestsPayForControlFrames() {
    byte[] head = RawFrames.get("unknown.test", "/");
    times(
        Glitches.MAX_CONTROL_FRAMES * 2,
        i ->
            frames
                .headers(1 + 2 * i, true, head)
                .frame(PRIORITY, 0, 1 + 2 * i, new byte[] {0, 0, 0, 0, 1}));
    goesOn();
  }

  @Test
  void headsOnStreamsThatAreGivenUpPayForNothingAndEndTheConnection() {
    // Answered before its end, and reset behind that.
    frames.headers(1, false, H2Client.request("POST", "/"));
    byte[] trailers = H2Client.fields("x-sum", "7");
    controlFrames(FLOOD * Glitches.MAX_CONTROL_FRAMES, i -> frames.headers(1, false, trailers));
    endsCalmly("too many HEADERS on streams that are over");
  }

  @Test
  void dataThatIsPaddingAloneIsWithoutAByte() {
    // The answer does not leave, and the stream stays open.
    frames.settings(RawFrames.INITIAL_WINDOW_SIZE, 0);
    frames.headers(1, false, H2Client.request("POST", "/"));
    byte[] padding = {0};
    controlFrames(
        FLOOD * Glitches.MAX_CONTROL_FRAMES,
        i -> frames.frame(RawFrames.DATA, PADDED, 1, padding).frame(RawFrames.DATA, 0, 1, padding));
    endsCalmly("too many empty frames");
  }

  /** A stream of which the answer does not leave, so that it stays open. */
  private void data(int count, int flags, byte[] payload) {
    frames.settings(RawFrames.INITIAL_WINDOW_SIZE, 0);
    frames.headers(1, false, H2Client.request("POST", "/"));
    times(count, i -> frames.frame(RawFrames.DATA, flags, 1, payload));
  }

  @Test
  void aStreamOfShortMessagesGoesOn() {
    data(Glitches.MAX_SMALL_DATA, 0, new byte[20]);
    goesOn();
  }

  @Test
  void dataOfOneByteEachEndsTheConnection() {
    data(2 * Glitches.MAX_SMALL_DATA, 0, new byte[1]);
    endsCalmly("too many small DATA frames");
  }

  @Test
  void paddingMakesNoLargeFrameOfAByte() {
    byte[] padded = new byte[1 + 1 + Glitches.SMALL_DATA_BYTES - 1];
    padded[0] = (byte) (Glitches.SMALL_DATA_BYTES - 1);
    data(2 * Glitches.MAX_SMALL_DATA, PADDED, padded);
    endsCalmly("too many small DATA frames");
  }

  private void priorityUpdateEndsWith(Http2Error error, int stream, byte[] payload) {
    frames.frame(Glitches.PRIORITY_UPDATE, 0, stream, payload);
    send();
    Frame last = answers().getLast();
    assertThat(last.type()).isEqualTo(RawFrames.GOAWAY);
    assertThat(last.error()).isEqualTo((int) error.code());
  }

  @Test
  void aPriorityUpdateOnAStreamEndsTheConnection() {
    priorityUpdateEndsWith(Http2Error.PROTOCOL_ERROR, 1, new byte[] {0, 0, 0, 1});
  }

  @Test
  void aPriorityUpdateOfStreamZeroEndsTheConnection() {
    priorityUpdateEndsWith(Http2Error.PROTOCOL_ERROR, 0, new byte[] {0, 0, 0, 0, 'u'});
  }

  @Test
  void aPriorityUpdateWithoutAWholeStreamEndsTheConnection() {
    priorityUpdateEndsWith(Http2Error.FRAME_SIZE_ERROR, 0, new byte[3]);
  }

  @Test
  void settingsEndTheConnectionWhenThereAreTooMany() {
    times(
        H2Profile.CLIENT.maxSettings(),
        i -> frames.settings(RawFrames.INITIAL_WINDOW_SIZE, 65_535 + i % 2));
    send();
    assertThat(answers().getLast().error()).isEqualTo(CALM);
  }

  @Test
  void aFrameSizeThatIsTooSmallEndsTheConnection() {
    frames.settings(MAX_FRAME_SIZE, 100);
    send();
    assertThat(answers().getLast().error()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
  }

  @Test
  void dataWithoutBytesEndsTheConnection() {
    frames.headers(1, false, H2Client.request("POST", "/"));
    times(H2Profile.CLIENT.maxEmptyData() + 2, i -> frames.frame(0, 0, 1, new byte[0]));
    send();
    assertThat(answers().getLast().error()).isEqualTo(CALM);
  }

  @Test
  void aHeadThatNeverEndsIsCutOffBeforeItIsLarge() {
    frames.frame(RawFrames.HEADERS, 0, 1, RawFrames.get("shop.test", "/"));
    byte[] piece = RawFrames.repeated("a", "b", 12_000);
    times(100, i -> frames.frame(RawFrames.CONTINUATION, 0, 1, piece));
    send();
    assertThat(answers().getLast().type()).isEqualTo(RawFrames.GOAWAY);
    assertThat(channel.peakBytes()).isLessThan(3L * READ_BYTES);
  }

  @Test
  void emptyContinuationsAreCutOff() {
    frames.frame(RawFrames.HEADERS, 0, 1, RawFrames.get("shop.test", "/"));
    times(100, i -> frames.frame(RawFrames.CONTINUATION, 0, 1, new byte[0]));
    send();
    assertThat(answers().getLast().error()).isEqualTo(CALM);
  }
}

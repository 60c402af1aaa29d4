package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.server.EmbeddedEdge;
import io.landfall.edge.server.TestSite;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Another node that sends thousands of frames of one kind and reads nothing: at neither end of
 * HTTP/2 does more than {@link H2Connection#MAX_UNREAD_BYTES} wait for it.
 */
@ExtendWith(UnreadChannel.Closed.class)
class H2UnreadTest {
  private static final int READ_BYTES = 64 * 1024;
  private static final int FRAMES = 2_000;

  /** Far more than both systems buffer. */
  private static final long MOST_SENT_BYTES = 256L << 20;

  private static final int REFUSED_IN_A_ROW = 200;
  private static final int PRIORITY = 2;
  private static final int PUSH_PROMISE = 5;
  private static final int UNKNOWN = 0x42;
  private static final byte[] UNKNOWN_HOST = RawFrames.get("unknown.test", "/");

  /** A kind of frame, in any number. */
  record Flood(String name, BiConsumer<RawFrames, Integer> add) {
    byte[] frames() {
      RawFrames frames = new RawFrames();
      for (int i = 0; i < FRAMES; i++) {
        add.accept(frames, i);
      }
      return frames.bytes();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Flood> floods() {
    return Stream.of(
        new Flood("PING", (frames, i) -> frames.ping()),
        new Flood(
            "SETTINGS",
            (frames, i) -> frames.settings(RawFrames.INITIAL_WINDOW_SIZE, 65_535 + i % 2)),
        new Flood("REQUEST_REFUSED", (frames, i) -> frames.headers(1 + 2 * i, true, UNKNOWN_HOST)),
        new Flood(
            "REQUEST_WITH_BODY_REFUSED",
            (frames, i) -> frames.headers(1 + 2 * i, false, UNKNOWN_HOST)),
        new Flood(
            "REQUEST_MALFORMED",
            (frames, i) -> frames.headers(1 + 2 * i, true, new byte[] {(byte) 0x84})),
        new Flood(
            "REQUEST_AND_RESET",
            (frames, i) -> frames.headers(1 + 2 * i, true, UNKNOWN_HOST).reset(1 + 2 * i)),
        new Flood(
            "REQUEST_RESET_WHILE_OPEN",
            (frames, i) -> frames.headers(1 + 2 * i, false, UNKNOWN_HOST).reset(1 + 2 * i)),
        new Flood(
            "REQUEST_AND_ITS_DATA",
            (frames, i) ->
                frames
                    .headers(1 + 2 * i, false, UNKNOWN_HOST)
                    .frame(RawFrames.DATA, 0, 1 + 2 * i, new byte[64])),
        new Flood("TRAILERS_AGAIN", (frames, i) -> frames.headers(1, i > 0, UNKNOWN_HOST)),
        new Flood("RST_STREAM", (frames, i) -> frames.headers(1, true, UNKNOWN_HOST).reset(1)),
        new Flood("WINDOW_UPDATE", (frames, i) -> frames.windowUpdate(0, 1)),
        new Flood(
            "PRIORITIES",
            (frames, i) -> frames.frame(PRIORITY, 0, 1 + 2 * i, new byte[] {0, 0, 0, 0, 16})),
        new Flood(
            "CONTINUATION",
            (frames, i) ->
                frames.frame(
                    i == 0 ? RawFrames.HEADERS : RawFrames.CONTINUATION, 0, 1, new byte[] {0x42})),
        new Flood(
            "EMPTY_DATA",
            (frames, i) -> {
              if (i == 0) {
                frames.headers(1, false, UNKNOWN_HOST);
              }
              frames.frame(RawFrames.DATA, 0, 1, new byte[0]);
            }),
        new Flood(
            "SMALL_DATA",
            (frames, i) -> {
              if (i == 0) {
                frames.headers(1, false, UNKNOWN_HOST);
              }
              frames.frame(RawFrames.DATA, 0, 1, new byte[1]);
            }),
        new Flood(
            "PUSHES",
            (frames, i) -> frames.frame(PUSH_PROMISE, 4, 1, new byte[] {0, 0, 0, 2, (byte) 0x82})),
        new Flood(
            "GOAWAY",
            (frames, i) ->
                frames.frame(RawFrames.GOAWAY, 0, 0, new byte[] {127, 0, 0, 0, 0, 0, 0, 0})),
        new Flood("UNKNOWN_FRAMES", (frames, i) -> frames.frame(UNKNOWN, 0, 0, new byte[8])));
  }

  private static byte[] pings() {
    RawFrames frames = new RawFrames();
    IntStream.range(0, FRAMES).forEach(i -> frames.ping());
    return frames.bytes();
  }

  private static void isBounded(UnreadChannel channel) {
    channel.finishAndReleaseAll();
    assertThat(channel.peakWaitingBytes()).isLessThanOrEqualTo(H2Connection.MAX_UNREAD_BYTES);
    // What was read and is not worked through is one read.
    assertThat(channel.peakBytes())
        .isLessThanOrEqualTo(H2Connection.MAX_UNREAD_BYTES + READ_BYTES + 1024L);
  }

  @ParameterizedTest
  @MethodSource("floods")
  void theServersEndHoldsLittleForWhoReadsNothing(Flood flood) {
    UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();
    byte[] opening = new RawFrames().preface().settings(0, 0).bytes();
    channel.deliver(opening, 0, opening.length);
    channel.deliver(flood.frames(), 0, READ_BYTES);
    isBounded(channel);
  }

  @ParameterizedTest
  @MethodSource("floods")
  void theServersEndHoldsLittleForWhoGivesNoWindowEither(Flood flood) {
    UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();
    byte[] opening = new RawFrames().preface().settings(RawFrames.INITIAL_WINDOW_SIZE, 0).bytes();
    channel.deliver(opening, 0, opening.length);
    channel.deliver(flood.frames(), 0, READ_BYTES);
    isBounded(channel);
  }

  @ParameterizedTest
  @MethodSource("floods")
  void theServersEndHoldsLittleBesideForWhoReadsButGivesNoWindow(Flood flood) {
    UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();
    channel.take(Integer.MAX_VALUE);
    byte[] opening = new RawFrames().preface().settings(RawFrames.INITIAL_WINDOW_SIZE, 0).bytes();
    channel.deliver(opening, 0, opening.length);
    channel.deliver(flood.frames(), 0, READ_BYTES);
    isBounded(channel);
  }

  @ParameterizedTest
  @MethodSource("floods")
  void theClientsEndHoldsLittleForWhoReadsNothing(Flood flood) {
    EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());
    UnreadChannel channel = edge.toNode(edge.loop());
    byte[] opening = new RawFrames().settings(0, 0).bytes();
    channel.deliver(opening, 0, opening.length);
    channel.deliver(flood.frames(), 0, READ_BYTES);
    isBounded(channel);
  }

  @Test
  void allIsWorkedThroughOnceTheOtherNodeReads() {
    UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();
    byte[] opening = new RawFrames().preface().settings(0, 0).bytes();
    channel.deliver(opening, 0, opening.length);
    byte[] pings = pings();
    int at = channel.deliver(pings, 0, READ_BYTES);
    assertThat(at).isLessThanOrEqualTo(READ_BYTES);
    while (at < pings.length) {
      channel.take(5_000);
      at += channel.deliver(pings, at, 10_000);
    }
    channel.take(Integer.MAX_VALUE);
    assertThat(
            RawFrames.parse(channel.taken()).stream()
                .filter(frame -> frame.type() == RawFrames.PING)
                .count())
        .isEqualTo(FRAMES);
    assertThat(channel.peakWaitingBytes()).isLessThanOrEqualTo(H2Connection.MAX_UNREAD_BYTES);
    assertThat(channel.heldBytes()).isZero();
    channel.finishAndReleaseAll();
  }

  @Test
  void aSocketIsNotReadWhileAnswersWait() throws IOException {
    try (TestSite nyc = new TestSite("nyc", 2);
        SocketChannel peer = SocketChannel.open()) {
      peer.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
      peer.setOption(StandardSocketOptions.SO_SNDBUF, 4096);
      peer.connect(new InetSocketAddress(nyc.overlay().getAddress(), nyc.overlay().getPort()));
      peer.write(ByteBuffer.wrap(new RawFrames().preface().settings(0, 0).bytes()));
      peer.configureBlocking(false);
      TestSite.await("it is there", () -> !nyc.overlayChannels.isEmpty());
      ByteBuffer pings = ByteBuffer.wrap(pings());
      Channel server = nyc.overlayChannels.getFirst();
      int inARow = 0;
      long sent = 0;
      // In the end no byte is taken any more, and the event loop has nothing left to read.
      while (sent < MOST_SENT_BYTES
          && (server.config().isAutoRead() || inARow < REFUSED_IN_A_ROW)) {
        int written = peer.write(pings);
        sent += written;
        inARow = written == 0 ? inARow + 1 : 0;
        if (written == 0) {
          server.eventLoop().submit(() -> {}).syncUninterruptibly();
        } else if (!pings.hasRemaining()) {
          pings.rewind();
        }
      }
      assertThat(sent).isLessThan(MOST_SENT_BYTES);
      assertThat(server.isOpen()).isTrue();
      assertThat(server.config().isAutoRead()).isFalse();
      assertThat(server.bytesBeforeWritable()).isLessThanOrEqualTo(H2Connection.MAX_UNREAD_BYTES);
    }
  }
}

package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.UnreadChannel;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.WaterMarks;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of WINDOW_UPDATE frames while the other end reads slowly. */
@ExtendWith(UnreadChannel.Closed.class)
class WindowUpdatesTest {
  private static final int FRAME_BYTES = 13;
  private static final int STREAM_ID_AT = 5;
  private static final int BUSY = 1;
  private static final int OTHER = 3;

  private final UnreadChannel channel = new UnreadChannel(WaterMarks.NODES);
  private final DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
  private final WindowUpdates updates =
      new WindowUpdates(connection, new DefaultHttp2FrameWriter());

  @BeforeEach
  void twoStreams() throws Http2Exception {
    connection.remote().createStream(BUSY, false);
    connection.remote().createStream(OTHER, false);
    channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
  }

  private void update(int streamId, int increment) {
    ChannelHandlerContext context = channel.pipeline().lastContext();
    ChannelIo.ignore(updates.writeWindowUpdate(context, streamId, increment, context.newPromise()));
    channel.flush();
  }

  /** The increments of a stream that have left. */
  private List<Integer> taken(int streamId) {
    ByteBuffer bytes = ByteBuffer.wrap(channel.taken());
    List<Integer> increments = new ArrayList<>();
    for (int at = 0; at + FRAME_BYTES <= bytes.limit(); at += FRAME_BYTES) {
      if (bytes.getInt(at + STREAM_ID_AT) == streamId) {
        increments.add(bytes.getInt(at + FRAME_BYTES - Integer.BYTES));
      }
    }
    return increments;
  }

  private void fill() {
    for (int i = 0; i < WindowUpdates.MAX_WAITING; i++) {
      update(BUSY, 1);
    }
  }

  @Test
  void aStreamWhoseUpdateWasAddedUpGetsItAlthoughAnotherHasUpdatesWithoutEnd() {
    fill();
    update(OTHER, 70);
    update(OTHER, 7);
    for (int i = 0; i < 3 * WindowUpdates.MAX_WAITING; i++) {
      channel.take(FRAME_BYTES);
      update(BUSY, 1);
      assertThat(channel.waitingBytes()).isPositive();
    }
    assertThat(taken(OTHER)).containsExactly(77);
    channel.finishAndReleaseAll();
  }

  @Test
  void everyByteOfWindowIsGivenBackInTheEnd() {
    fill();
    for (int i = 0; i < 500; i++) {
      update(i % 3 == 0 ? OTHER : BUSY, 10);
    }
    channel.take(Integer.MAX_VALUE);
    channel.runPendingTasks();
    assertThat(taken(OTHER).stream().mapToInt(each -> each).sum()).isEqualTo(167 * 10);
    assertThat(taken(BUSY).stream().mapToInt(each -> each).sum())
        .isEqualTo(WindowUpdates.MAX_WAITING + 333 * 10);
    channel.finishAndReleaseAll();
  }
}

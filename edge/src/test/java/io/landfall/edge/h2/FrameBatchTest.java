package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is flushed together is written as one, in its order, and each write is settled. */
class FrameBatchTest {
  private final EmbeddedChannel channel = new EmbeddedChannel(new FrameBatch());

  private static ByteBuf bytes(int count, char of) {
    return Unpooled.copiedBuffer(String.valueOf(of).repeat(count), StandardCharsets.US_ASCII);
  }

  private String next() {
    ByteBuf buffer = channel.readOutbound();
    if (buffer == null) {
      return "nothing";
    }
    String text = buffer.toString(StandardCharsets.US_ASCII);
    buffer.release();
    return text;
  }

  @Test
  void whatIsFlushedTogetherIsOneBuffer() {
    ChannelFuture first = channel.write(bytes(2, 'a'));
    ChannelFuture second = channel.write(bytes(3, 'b'));
    ChannelFuture third = channel.write(bytes(1, 'c'));
    assertThat(first.isDone()).isFalse();
    channel.flush();
    assertThat(next()).isEqualTo("aabbbc");
    assertThat(next()).isEqualTo("nothing");
    assertThat(first.isSuccess() && second.isSuccess() && third.isSuccess()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void oneAloneIsPassedOnAsItIs() {
    ByteBuf one = bytes(5, 'a');
    ChannelFuture written = channel.write(one);
    channel.flush();
    ByteBuf out = channel.readOutbound();
    assertThat(out).isSameAs(one);
    assertThat(written.isSuccess()).isTrue();
    out.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void aLargePieceIsNotCopiedAndKeepsItsPlace() {
    ByteBuf large = bytes(FrameBatch.MAX_COPIED_BYTES + 1, 'b');
    ChannelFuture before = channel.write(bytes(2, 'a'));
    ChannelFuture itself = channel.write(large);
    ChannelFuture behind = channel.write(bytes(1, 'c'));
    channel.flush();
    assertThat(next()).isEqualTo("aa");
    ByteBuf out = channel.readOutbound();
    assertThat(out).isSameAs(large);
    out.release();
    assertThat(next()).isEqualTo("c");
    assertThat(before.isSuccess() && itself.isSuccess() && behind.isSuccess()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void noBufferIsLargerThanARecordTakes() {
    int pieces = 12;
    for (int i = 0; i < pieces; i++) {
      channel.write(bytes(FrameBatch.MAX_COPIED_BYTES, 'x'));
    }
    channel.flush();
    int all = 0;
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      assertThat(out.readableBytes()).isLessThanOrEqualTo(FrameBatch.MAX_BYTES);
      assertThat(out.capacity()).isLessThanOrEqualTo(FrameBatch.MAX_BYTES);
      all += out.readableBytes();
      out.release();
    }
    assertThat(all).isEqualTo(pieces * FrameBatch.MAX_COPIED_BYTES);
    channel.finishAndReleaseAll();
  }

  @Test
  void smallOnesForWhoDoesNotReadTakeNoMoreThanTwiceTheirBytes() {
    int held = 0;
    int capacity = 0;
    for (int round = 0; round < 64; round++) {
      for (int i = 0; i < (round % 8 == 0 ? 100 : 2); i++) {
        channel.write(bytes(100, 'x'));
      }
      channel.flush();
    }
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      held += out.readableBytes();
      capacity += out.capacity();
      out.release();
    }
    assertThat(capacity).isLessThanOrEqualTo(3 * held);
    channel.finishAndReleaseAll();
  }

  @Test
  void whatIsHeldWhenTheConnectionEndsFailsAndIsReleased() {
    ByteBuf one = bytes(2, 'a');
    ByteBuf other = bytes(2, 'b');
    ChannelFuture first = channel.write(one);
    ChannelFuture second = channel.write(other);
    channel.pipeline().removeFirst();
    assertThat(first.cause()).isInstanceOf(ClosedChannelException.class);
    assertThat(second.cause()).isInstanceOf(ClosedChannelException.class);
    assertThat(one.refCnt() + other.refCnt()).isZero();
    channel.finishAndReleaseAll();
  }

  @Test
  void aWriteThatFailsFailsAllOfThem() {
    channel.pipeline().addFirst(new Failing());
    ChannelFuture first = channel.write(bytes(2, 'a'));
    ChannelFuture second = channel.write(bytes(2, 'b'));
    channel.flush();
    assertThat(first.cause()).hasMessage("no");
    assertThat(second.cause()).hasMessage("no");
    channel.finishAndReleaseAll();
  }

  private static final class Failing extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ((ByteBuf) message).release();
      promise.setFailure(new IllegalStateException("no"));
    }
  }

  /** Counts what goes out of the connection in flushes. */
  private static final class Flushes extends ChannelOutboundHandlerAdapter {
    private int count;

    @Override
    public void flush(ChannelHandlerContext context) {
      count++;
      context.flush();
    }
  }

  @Test
  void whatTheEventLoopHandlesTogetherIsFlushedOnce() {
    UnreadChannel node = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();
    node.take(Integer.MAX_VALUE);
    Flushes flushes = new Flushes();
    node.pipeline().addFirst(flushes);
    H2FromNode connection = node.pipeline().get(H2FromNode.class);
    connection.flushSoon();
    connection.flushSoon();
    connection.flushSoon();
    assertThat(flushes.count).isZero();
    node.runPendingTasks();
    assertThat(flushes.count).isEqualTo(1);
    connection.flushSoon();
    node.runPendingTasks();
    assertThat(flushes.count).isEqualTo(2);
    node.finishAndReleaseAll();
  }
}

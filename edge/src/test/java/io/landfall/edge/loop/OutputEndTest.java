package io.landfall.edge.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.UnreadChannel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What waits for a slow peer is no less than all, or the connection breaks. */
@ExtendWith(UnreadChannel.Closed.class)
class OutputEndTest {
  private static final long MOST_STALL_MILLIS = 60_000;
  private static final long LINGER_MILLIS = 2_000;
  private static final int MUCH = 100_000;

  private UnreadChannel channel;
  private ChannelHandlerContext context;

  @BeforeEach
  void muchIsWritten() {
    channel = new UnreadChannel(WriteBufferWaterMark.DEFAULT);
    channel.freezeTime();
    channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
    context = channel.pipeline().lastContext();
    context.write(channel.alloc().buffer(MUCH).writeZero(MUCH));
  }

  private void pass(long millis) {
    for (long passed = 0; passed < millis; passed += 1_000) {
      channel.advanceTimeBy(1_000, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  @Test
  void whoReadsWithPausesGetsAllBeforeTheClose() {
    OutputEnd.whole(context, MOST_STALL_MILLIS);
    for (int part = 0; part < 4; part++) {
      pass(MOST_STALL_MILLIS - 2_000);
      assertThat(channel.isOpen()).isTrue();
      channel.take(MUCH / 4);
    }
    assertThat(channel.taken()).hasSize(MUCH);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whoReadsNothingForTooLongIsGivenUp() {
    OutputEnd.whole(context, MOST_STALL_MILLIS);
    pass(MOST_STALL_MILLIS + 3_000);
    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.taken()).isEmpty();
  }

  @Test
  void theTimeToLingerBeginsWhenAllHasLeft() {
    OutputEnd.lingering(context, LINGER_MILLIS, MOST_STALL_MILLIS);
    pass(MOST_STALL_MILLIS - 2_000);
    assertThat(channel.isOpen()).isTrue();
    channel.take(MUCH / 2);
    pass(3_000);
    channel.take(MUCH / 2);
    assertThat(channel.taken()).hasSize(MUCH);
  }

  @Test
  void whoLingersAndReadsNothingIsGivenUp() {
    OutputEnd.lingering(context, LINGER_MILLIS, MOST_STALL_MILLIS);
    pass(MOST_STALL_MILLIS + 3_000);
    assertThat(channel.isOpen()).isFalse();
  }
}

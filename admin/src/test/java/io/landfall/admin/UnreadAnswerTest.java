package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An admin client that pipelines and does not read. */
class UnreadAnswerTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final AtomicInteger asked = new AtomicInteger();
  private final AdminConnections open = new AdminConnections();

  /** A connection whose other end reads nothing. */
  private static final class Unread extends EmbeddedChannel {
    @Override
    protected void doWrite(ChannelOutboundBuffer in) {}

    boolean isWaiting() {
      runPendingTasks();
      ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
      return waiting != null && waiting.totalPendingWriteBytes() > 0;
    }
  }

  private static ByteBuf requests(int count) {
    return Unpooled.copiedBuffer(GET.repeat(count), StandardCharsets.US_ASCII);
  }

  @Test
  void oneRequestIsAnsweredTheRestThrownAwayAndTheConnectionEndsInTime() {
    Unread channel = new Unread();
    channel.freezeTime();
    AdminHandler.addTo(
        channel,
        AdminHandler.overLoopback(
            request -> {
              asked.incrementAndGet();
              return AdminAnswer.problem(404, "nothing");
            }),
        open);
    assertThat(channel.writeInbound(requests(50))).isFalse();
    Await.until("the answer waits", channel::isWaiting);
    for (int i = 0; i < 100; i++) {
      ByteBuf more = requests(1_000);
      assertThat(channel.writeInbound(more)).isFalse();
      assertThat(more.refCnt()).isZero();
    }
    assertThat(asked).hasValue(1);
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(AdminHandler.ANSWER_TIMEOUT_SECONDS + 1L, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(open.size()).isZero();
  }
}

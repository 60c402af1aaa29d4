package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.server.EmbeddedEdge;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Resets that have to wait, of a connection whose other end does not read. */
@ExtendWith(UnreadChannel.Closed.class)
class PacedResetsTest {
  private static final int REFUSED = 100;

  private static final int REQUESTS = HeldRequests.MAX_REQUESTS + REFUSED;
  private static final int OWED = REFUSED - PacedResets.MAX_WAITING;

  private final EmbeddedEdge edge = new EmbeddedEdge(EdgeLimits.defaults());

  /** One on which more requests wait than may, so that so many have to be reset. */
  private UnreadChannel refusing() {
    UnreadChannel channel = edge.waitingNode();
    channel.freezeTime(); // What is owed is paid after 50 ms, which a busy machine may need before.
    byte[] preface = new RawFrames().preface().settings(0, 0).bytes();
    channel.deliver(preface, 0, preface.length);
    RawFrames frames = new RawFrames();
    for (int i = 0; i < REQUESTS; i++) {
      frames.headers(1 + 2 * i, true, RawFrames.get("shop.test", "/"));
    }
    channel.deliver(frames.bytes(), 0, 64 * 1024);
    return channel;
  }

  private static H2FromNode connection(UnreadChannel channel) {
    return channel.pipeline().get(H2FromNode.class);
  }

  @Test
  void aStreamIsOwedOneResetHoweverOftenItIsGivenUp() {
    UnreadChannel channel = refusing();
    H2FromNode connection = connection(channel);
    assertThat(connection.owedResets()).isEqualTo(OWED);
    assertThat(edge.runtime().counters().heldResets.sum()).isEqualTo(OWED);

    connection.reset(2 * REQUESTS - 1, 8);

    assertThat(connection.owedResets()).isEqualTo(OWED);
    assertThat(edge.runtime().counters().heldResets.sum()).isEqualTo(OWED);
    channel.finishAndReleaseAll();
  }

  @Test
  void aStreamThatItsSenderResetsIsOwedNone() {
    UnreadChannel channel = refusing();
    byte[] reset = new RawFrames().reset(2 * REQUESTS - 1).bytes();
    channel.deliver(reset, 0, reset.length);
    assertThat(connection(channel).owedResets()).isEqualTo(OWED - 1);
    channel.finishAndReleaseAll();
  }

  @Test
  void whatIsOwedIsSentOnceTheOtherEndHasReadTheFirstOnes() {
    UnreadChannel channel = refusing();
    channel.take(Integer.MAX_VALUE);
    assertThat(connection(channel).owedResets()).isEqualTo(OWED);
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
    assertThat(connection(channel).owedResets()).isZero();
    assertThat(RawFrames.parse(channel.taken()))
        .filteredOn(frame -> frame.type() == RawFrames.RST_STREAM)
        .hasSize(REFUSED);
    channel.finishAndReleaseAll();
  }
}

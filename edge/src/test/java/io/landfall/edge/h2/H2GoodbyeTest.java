package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.EmbeddedEdge;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection between nodes that ends while a request is being answered. */
@ExtendWith(UnreadChannel.Closed.class)
class H2GoodbyeTest {
  private static final int A_WINDOW_BYTES = 60_000;

  private UnreadChannel channel;

  /** One request is under way: its answer waits for a window. */
  @BeforeEach
  void oneRequestIsUnderWay() {
    channel = new EmbeddedEdge(EdgeLimits.defaults()).otherNode();
    channel.freezeTime();
    channel.take(Integer.MAX_VALUE);
    send(
        new RawFrames()
            .preface()
            .settings(RawFrames.INITIAL_WINDOW_SIZE, 0)
            .headers(1, true, RawFrames.get("unknown.test", "/")));
    assertThat(server().connection().numActiveStreams()).isEqualTo(1);
    answers();
  }

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
  }

  private H2FromNode server() {
    return channel.pipeline().get(H2FromNode.class);
  }

  private void send(RawFrames frames) {
    channel.deliver(frames.bytes(), 0, 16_000);
    channel.runPendingTasks();
  }

  private List<Frame> answers() {
    return RawFrames.parse(channel.taken());
  }

  private void giveTheWindow() {
    send(new RawFrames().windowUpdate(1, A_WINDOW_BYTES));
  }

  private void theAnswerArrivesAndTheConnectionEnds() {
    channel.advanceTimeBy(H2FromNode.LAST_GOAWAY_MILLIS, TimeUnit.MILLISECONDS);
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    giveTheWindow();
    assertThat(answers())
        .anyMatch(
            frame ->
                frame.type() == RawFrames.DATA
                    && frame.stream() == 1
                    && (frame.flags() & RawFrames.END_STREAM) != 0);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aRequestThatCrossedTheGoAwayAndWasGivenUpDoesNotEndTheOneUnderWay() {
    server().refuse();
    channel.runPendingTasks();

    // Sent before the other node saw the GOAWAY of this one, and reset when it did.
    send(new RawFrames().headers(3, true, RawFrames.get("unknown.test", "/")).reset(3));

    assertThat(channel.isOpen()).isTrue();
    theAnswerArrivesAndTheConnectionEnds();
  }

  @Test
  void aWindowForARequestThatCrossedTheGoAwayDoesNotEndTheOneUnderWay() {
    server().refuse();
    channel.runPendingTasks();

    send(
        new RawFrames()
            .headers(3, true, RawFrames.get("unknown.test", "/"))
            .windowUpdate(3, A_WINDOW_BYTES));

    assertThat(channel.isOpen()).isTrue();
    theAnswerArrivesAndTheConnectionEnds();
  }

  @Test
  void aConnectionThatIsToldSeveralTimesToEndStillFinishesTheRequestUnderWay() {
    for (int i = 0; i < 3; i++) {
      server().refuse();
      channel.runPendingTasks();
    }

    assertThat(channel.isOpen()).isTrue();
    theAnswerArrivesAndTheConnectionEnds();
  }
}

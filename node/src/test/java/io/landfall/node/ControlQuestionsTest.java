package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.admin.Unavailable;
import io.landfall.transport.Sockets;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a question that the control thread does not come to. */
class ControlQuestionsTest {
  private static final long SHORT_MILLIS = 20;

  private final EventLoopGroup loops = Sockets.loops(1, "test-control");
  private final ControlLoop control = new ControlLoop(loops.next(), () -> {});

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Who is told that a command was not obeyed tries again, or does something else. */
  @Test
  void aQuestionThatNobodyWaitsForIsNotAsked() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    AtomicBoolean asked = new AtomicBoolean();
    control.execute(() -> await(busy));
    ControlQuestions questions = new ControlQuestions(control, SHORT_MILLIS);
    assertThatThrownBy(
            () ->
                questions.ask(
                    () -> {
                      asked.set(true);
                      return true;
                    }))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("did not answer within " + SHORT_MILLIS + " ms");
    busy.countDown();
    assertThat(control.ask(() -> "behind it").get(20, TimeUnit.SECONDS)).isEqualTo("behind it");
    assertThat(asked).isFalse();
  }

  @Test
  void whatHasBegunIsWaitedForOnceMore() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ends = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answer =
          threads.submit(
              () ->
                  control.askWithin(
                      2_000,
                      () -> {
                        begun.countDown();
                        await(ends);
                        return "late";
                      }));
      await(begun);
      ends.countDown();
      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("late");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

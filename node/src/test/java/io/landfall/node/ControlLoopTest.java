package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlLoopTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final AtomicInteger broken = new AtomicInteger();
  private final ControlLoop control = new ControlLoop(loop, broken::incrementAndGet);

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private void run(Runnable task) {
    control.execute(task);
    control.ask(() -> "after it").join();
  }

  @Test
  void aTaskThatThrowsHasBrokenAnInvariant() {
    run(
        () -> {
          throw new IllegalStateException("never");
        });
    assertThat(broken).hasValue(1);
  }

  @Test
  void stepsAreCountedOnceHoweverDeepTheyAreNested() {
    AtomicInteger ran = new AtomicInteger();
    run(() -> control.hereOrLater(() -> control.hereOrLater(ran::incrementAndGet)));
    control.ask(ran::incrementAndGet).join();
    // The question of this very moment may or may not be over when its answer is here.
    long counted = control.ask(() -> Arrays.stream(control.steps().counts()).sum()).join();
    assertThat(ran).hasValue(2);
    assertThat(counted).as("a task and two questions").isEqualTo(3);
    assertThat(control.steps().longestSeconds()).isPositive();
    assertThat(control.steps().sumSeconds())
        .isGreaterThanOrEqualTo(control.steps().longestSeconds());
    assertThat(control.steps().counts()).hasSize(control.steps().upperBoundsSeconds().length + 1);
  }

  @Test
  void aStepFallsIntoTheBucketOfItsBound() {
    ControlSteps steps = new ControlSteps();
    steps.took(TimeUnit.MICROSECONDS.toNanos(100));
    steps.took(TimeUnit.MICROSECONDS.toNanos(101));
    steps.took(TimeUnit.MILLISECONDS.toNanos(10));
    steps.took(TimeUnit.SECONDS.toNanos(2));
    assertThat(steps.counts()).containsExactly(1, 1, 0, 1, 0, 0, 0, 1);
    assertThat(steps.longestSeconds()).isEqualTo(2);
  }

  /** A stream's last bytes may still ask for more when its loop has ended. */
  @Test
  void whoComesTooLateForALoopThatHasEndedBrokeNothingOnceTheNodeStops() {
    Runnable late =
        () -> {
          throw new RejectedExecutionException("event executor terminated");
        };
    run(late);
    assertThat(broken).as("while the node runs, every loop is there").hasValue(1);
    control.stopping();
    run(late);
    assertThat(broken).hasValue(1);
    run(
        () -> {
          throw new IllegalStateException("never");
        });
    assertThat(broken).as("anything else is as bad as before").hasValue(2);
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
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

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.landfall.testkit.Await;
import io.netty.channel.epoll.Epoll;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  @Test
  void sendsEveryChangeThroughAReflectorAndLeavesNoThread() {
    assumeThat(Epoll.isAvailable()).isTrue();
    assertThat(WarmUp.withChanges(50, Await.PATIENCE.toMillis())).isTrue();
    // An event loop reports that it has ended a moment before its thread does.
    Await.until("no thread is left", () -> warmingUp().isEmpty(), () -> warmingUp().toString());
  }

  private static List<String> warmingUp() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("landfall-warm-up"))
        .toList();
  }

  @Test
  void nothingIsSentWhenNothingWasAskedFor() {
    assertThat(WarmUp.withChanges(0)).isTrue();
  }
}

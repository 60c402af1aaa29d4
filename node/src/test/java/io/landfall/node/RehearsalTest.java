package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.epoll.Epoll;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  @Test
  void playsEveryChangeThroughAReflectorAndLeavesNoThread() {
    assumeThat(Epoll.isAvailable()).isTrue();
    assertThat(Rehearsal.play(50)).isTrue();
    // An event loop reports that it has ended a moment before its thread does.
    Poll.until("no thread is left", () -> rehearsing().isEmpty(), () -> rehearsing().toString());
  }

  private static List<String> rehearsing() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("landfall-rehearsal"))
        .toList();
  }

  @Test
  void nothingIsPlayedWhenNothingWasAskedFor() {
    assertThat(Rehearsal.play(0)).isTrue();
  }
}

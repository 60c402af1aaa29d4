package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  @Test
  void playsEveryChangeThroughAReflectorAndLeavesNoThread() {
    assumeThat(Epoll.isAvailable()).isTrue();
    assertThat(Rehearsal.play(50)).isTrue();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("landfall-rehearsal"));
  }

  @Test
  void nothingIsPlayedWhenNothingWasAskedFor() {
    assertThat(Rehearsal.play(0)).isTrue();
  }
}

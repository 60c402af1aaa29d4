package io.landfall.edge.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A fault in one part of a tick. */
class TicksTest {
  @Test
  void endsNeitherTheOthersNorTheNextRound() {
    List<String> done = new ArrayList<>();
    Ticks ticks =
        new Ticks(
            List.of(
                at -> done.add("first " + at),
                at -> {
                  throw new IllegalStateException("a fault");
                },
                at -> done.add("last " + at)));
    ticks.run(1);
    ticks.run(2);
    assertThat(done).containsExactly("first 1", "last 1", "first 2", "last 2");
  }
}

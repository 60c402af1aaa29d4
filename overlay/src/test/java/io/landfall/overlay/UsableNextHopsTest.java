package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.overlay.OverlayEvent.Reachability;
import org.junit.jupiter.api.Test;

class UsableNextHopsTest {
  private static final int OWN = 1;
  private static final int NYC = 2;

  private final UsableNextHops nextHops = new UsableNextHops(OWN);

  @Test
  void aDeadPathAloneIsToldFromAnAdjacencyThatIsDown() {
    nextHops.set(NYC, Reachability.DOWN);
    assertThat(nextHops.isPathDeadAlone(NYC)).as("no adjacency either").isFalse();

    nextHops.setEstablished(NYC, true);
    assertThat(nextHops.isUsable(NYC)).isFalse();
    assertThat(nextHops.isPathDeadAlone(NYC)).isTrue();

    nextHops.setEstablished(NYC, false);
    nextHops.setChannel(NYC, true);
    assertThat(nextHops.isPathDeadAlone(NYC)).isTrue();

    nextHops.set(NYC, Reachability.UNKNOWN);
    assertThat(nextHops.isUsable(NYC)).isTrue();
    assertThat(nextHops.isPathDeadAlone(NYC)).isFalse();
    nextHops.set(OWN, Reachability.DOWN);
    assertThat(nextHops.isPathDeadAlone(OWN)).isFalse();
  }
}

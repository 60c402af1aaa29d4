package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * A full node in virtual time: 4,096 services probed every second, on a control thread that stands
 * still now and then, in a process that is paused now and then.
 */
class ManyServicesProperty {
  private static final int SEEDS = 8;

  @Test
  void noHealthyServiceIsWithdrawnAndNoDeadOneStaysUpHoweverLateTheNodeIs() {
    int withdrawn = 0;
    int readLate = 0;
    int excused = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      VirtualNode node = new VirtualNode(seed, LocalSignals.MAX_SERVICES);
      node.run(8_000 * Drive.MS);
      assertThat(node.healthyWithdrawn).as("seed %d", seed).isEmpty();
      assertThat(node.overdue()).as("seed %d", seed).isEmpty();
      assertThat(node.isEvaluated()).as("seed %d", seed).isTrue();
      assertThat(node.mostOut).isLessThanOrEqualTo(LocalSignals.MAX_CONNECTIONS);
      withdrawn += node.withdrawn;
      readLate += node.readLate;
      excused += node.timedOurStillness;
    }
    assertThat(withdrawn).as("services die").isGreaterThan(100);
    assertThat(readLate).as("results are read a second and more after they were seen").isPositive();
    assertThat(excused).as("probes time the node's own pause").isPositive();
  }

  @Test
  void evenWhenHalfOfAllBackendsHangNoOtherServiceIsWithdrawn() {
    VirtualNode node = new VirtualNode(99, LocalSignals.MAX_SERVICES);
    node.hang(2);
    node.run(10_000 * Drive.MS);
    assertThat(node.mostOut).as("all places are taken").isEqualTo(LocalSignals.MAX_CONNECTIONS);
    assertThat(node.healthyWithdrawn).isEmpty();
    assertThat(node.withdrawn).as("those that hang").isEqualTo(LocalSignals.MAX_SERVICES / 2);
  }
}

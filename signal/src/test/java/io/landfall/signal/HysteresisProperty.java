package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Hysteresis against a model that only counts results in a row. */
class HysteresisProperty {
  private static final long MS = 1_000_000L;

  @Test
  void aBackendChangesExactlyAfterFallFailuresOrRiseSuccessesInARow() {
    int falls = 0;
    int rises = 0;
    for (int seed = 0; seed < Seeds.COUNT; seed++) {
      Seeds random = new Seeds(seed);
      int fall = 1 + (int) random.below(4);
      int rise = 1 + (int) random.below(4);
      int badPercent = (int) random.below(101);
      ProbeSpec spec = new ProbeSpec(new ProbeSpec.Check.Tcp(), 500, 300, fall, rise);
      ServiceHealth health =
          new ServiceHealth(spec, List.of(new BackendAddress("10.0.0.7", 80)), 0);
      long now = 0;
      boolean up = false;
      boolean first = true;
      int same = 0;
      boolean last = false;
      for (int i = 0; i < 200; i++) {
        long deadline = health.deadlineNanos();
        assertThat(deadline).as("seed %d", seed).isGreaterThanOrEqualTo(now);
        now = deadline;
        List<ProbeTicket> due = health.dueProbes(now);
        assertThat(due).as("seed %d", seed).hasSize(1);
        now += random.below(300) * MS;
        boolean ok = !random.chance(badPercent);
        same = ok == last ? same + 1 : 1;
        last = ok;
        boolean before = up;
        if (first) {
          up = ok;
          first = false;
        } else if (ok && same >= rise) {
          up = true;
        } else if (!ok && same >= fall) {
          up = false;
        }
        health.probeResult(due.getFirst(), ok, "x", now, now);
        falls += before && !up ? 1 : 0;
        rises += !before && up ? 1 : 0;
        assertThat(health.isUp()).as("seed %d step %d", seed, i).isEqualTo(up);
        // Fast down: while it is up and failing, the next probe does not wait.
        if (up && !ok) {
          assertThat(health.deadlineNanos()).isEqualTo(now);
        } else {
          assertThat(health.deadlineNanos()).isEqualTo(now + 500 * MS);
        }
      }
    }
    assertThat(falls).as("the generator makes backends fall").isGreaterThan(100);
    assertThat(rises).as("the generator makes backends rise").isGreaterThan(100);
  }
}

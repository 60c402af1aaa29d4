package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which purge was the latest at a time: never a later one than it was. */
class PurgeTimesProperty {
  @Test
  void theAnswerIsTheTruthWhileTimesAreFewAndNeverLaterThanThat() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      PurgeTimes times = new PurgeTimes();
      TreeMap<Long, Long> truth = new TreeMap<>();
      int purges = random.nextInt(3 * PurgeTimes.MOST);
      long now = 1_000;
      for (long epoch = 1; epoch <= purges; epoch++) {
        now += random.nextInt(4);
        times.applied(epoch, now);
        truth.put(now, epoch);
      }
      for (long at = 990; at < now + 10; at++) {
        var before = truth.lowerEntry(at);
        long latest = before == null ? PurgeEpochs.START : before.getValue();
        assertThat(times.epochAt(at)).isLessThanOrEqualTo(latest);
        if (truth.size() <= PurgeTimes.MOST) {
          assertThat(times.epochAt(at)).isEqualTo(latest);
        }
      }
      assertThat(times.epochAt(now + 1)).isEqualTo(purges);
    }
  }

  @Test
  void withManyPurgesTheNewestTimesStayExact() {
    PurgeTimes times = new PurgeTimes();
    for (int epoch = 1; epoch <= 100_000; epoch++) {
      times.applied(epoch, epoch * 10L);
    }
    for (int epoch = 100_000 - PurgeTimes.MOST / 4; epoch <= 100_000; epoch++) {
      assertThat(times.epochAt(epoch * 10L + 1)).isEqualTo(epoch);
    }
    assertThat(times.epochAt(500_000)).isBetween(0L, 50_000L);
  }
}

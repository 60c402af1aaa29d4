package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A peer chooses its prefixes as it likes, and cannot choose where they stand. */
class ReceivedPrefixesTest {
  private static final int PREFIXES = 2_000;

  /** Fingerprints that fall into one slot where the multiplier is known. */
  private static List<Long> aimed() {
    List<Long> aimed = new ArrayList<>();
    for (long i = 1; aimed.size() < PREFIXES; i++) {
      if ((i * 0x9E3779B97F4A7C15L) >>> 50 == 0) {
        aimed.add(i);
      }
    }
    return aimed;
  }

  private static double meanProbes(Rng secret) {
    ReceivedPrefixes received = new ReceivedPrefixes(10 * PREFIXES, secret);
    aimed().forEach(received::announced);
    assertThat(received.size()).isEqualTo(PREFIXES);
    return aimed().stream().mapToInt(received::probes).average().orElseThrow();
  }

  @Test
  void prefixesThatWereAimedAtOneSlotAreSpreadByTheSecret() {
    assertThat(meanProbes(bound -> 0)).as("the canary: nothing is secret").isGreaterThan(500);
    assertThat(meanProbes(new Random(7)::nextLong)).isLessThan(20);
  }
}

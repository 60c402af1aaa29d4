package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts of paths against a map. */
class PathCountsProperty {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void countsAreThoseOfAMap(long seed) {
    Random random = new Random(seed);
    PathCounts counts = new PathCounts(random.nextLong() | 1);
    Map<Integer, Integer> model = new HashMap<>();
    for (int step = 0; step < 40_000; step++) {
      // Grows in its first half and shrinks in its second, to nothing at the end.
      boolean up = random.nextInt(20_000) >= step / 2 || model.isEmpty();
      int key = random.nextInt(3_000);
      key = random.nextBoolean() ? key : (1 << 24) - 1 - key;
      if (up) {
        counts.increment(key);
        model.merge(key, 1, Integer::sum);
      } else if (model.containsKey(key)) {
        counts.decrement(key);
        model.computeIfPresent(key, (k, n) -> n == 1 ? null : n - 1);
      }
      assertThat(counts.get(key)).isEqualTo(model.getOrDefault(key, 0));
    }
    model.forEach((key, count) -> assertThat(counts.get(key)).isEqualTo(count));
    model.forEach(
        (key, count) -> {
          for (int i = 0; i < count; i++) {
            counts.decrement(key);
          }
        });
    model.keySet().forEach(key -> assertThat(counts.get(key)).isZero());
  }
}

package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The queue against a sorted list. */
class DeadlineQueueProperty {
  private static final int SEEDS = 200;

  @Test
  void ofEqualDeadlinesTheLowerNumberIsFirst() {
    DeadlineQueue<String> queue = new DeadlineQueue<>();
    queue.set(new DeadlineQueue.Entry<>("third", 3), OptionalLong.of(10));
    queue.set(new DeadlineQueue.Entry<>("first", 1), OptionalLong.of(10));
    queue.set(new DeadlineQueue.Entry<>("second", 2), OptionalLong.of(10));

    assertThat(queue.takeDue(10)).containsExactly("first", "second", "third");
  }

  @Test
  void theEarliestIsFirstWhateverWasMovedAndRemoved() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Seeded random = new Seeded(seed);
      // Times wrap.
      long start = random.below(100) < 30 ? Long.MAX_VALUE - 500 : 0;
      DeadlineQueue<Integer> queue = new DeadlineQueue<>();
      List<DeadlineQueue.Entry<Integer>> entries = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        entries.add(new DeadlineQueue.Entry<>(i, i));
      }
      TreeMap<Integer, Long> model = new TreeMap<>();
      for (int step = 0; step < 300; step++) {
        int which = random.below(entries.size());
        if (random.below(100) < 20) {
          queue.set(entries.get(which), OptionalLong.empty());
          model.remove(which);
        } else if (random.below(100) < 10) {
          long now = start + random.below(1_000);
          List<Integer> due =
              model.entrySet().stream()
                  .filter(each -> now - each.getValue() >= 0)
                  .sorted(Comparator.comparingLong(each -> each.getValue() - start))
                  .map(each -> each.getKey())
                  .toList();
          assertThat(queue.takeDue(now)).as("seed %d step %d", seed, step).isEqualTo(due);
          due.forEach(model::remove);
        } else {
          long at = start + random.below(1_000);
          queue.set(entries.get(which), OptionalLong.of(at));
          model.put(which, at);
        }
        OptionalLong first = model.values().stream().mapToLong(at -> at - start).min();
        assertThat(queue.firstNanos().isPresent()).isEqualTo(first.isPresent());
        if (first.isPresent()) {
          long firstAt = start + first.getAsLong();
          assertThat(queue.firstNanos()).hasValue(firstAt);
          assertThat(queue.due(firstAt - 1)).isEmpty();
          assertThat(queue.due(firstAt).map(model::get)).hasValue(firstAt);
        } else {
          assertThat(queue.due(start)).isEmpty();
        }
      }
    }
  }
}

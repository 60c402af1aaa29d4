package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of what lies on a disk. */
class DiskIndexTest {
  private final Set<Long> gone = new TreeSet<>();
  private final DiskIndex index = new DiskIndex(low -> !gone.contains(low));
  private final DiskIndex.Found[] into = new DiskIndex.Found[DiskIndex.MOST_OF_KEY];

  private static SegmentEntry entry(long fingerprint, int offset, int variant) {
    return new SegmentEntry(fingerprint, 1, offset, offset % 100 + 1, variant, false);
  }

  @Test
  void whatWasAddedIsFoundHoweverManyThereAre() {
    Random random = new Random(1);
    long[] keys = random.longs(100_000).toArray();
    for (int i = 0; i < keys.length; i++) {
      assertThat(index.put(entry(keys[i], i + 1, 0), i % 7)).isTrue();
    }
    assertThat(index.entries()).isEqualTo(keys.length);
    for (int i = 0; i < keys.length; i++) {
      assertThat(index.has(keys[i])).isTrue();
      assertThat(index.find(keys[i], into)).isEqualTo(1);
      assertThat(into[0].offsetBytes()).isEqualTo((i + 1L) * RecordFormat.UNIT_BYTES);
      assertThat(into[0].sequence()).isEqualTo(i % 7);
    }
    assertThat(index.has(random.nextLong())).isFalse();
    assertThat(index.memoryBytes()).isLessThan(100L * keys.length);
  }

  @Test
  void aKeyHasItsVariantsTheNewestFirst() {
    for (int i = 1; i <= 20; i++) {
      assertThat(index.put(entry(5, i, i), 70_000)).isTrue();
    }
    assertThat(index.find(5, into)).isEqualTo(DiskIndex.MOST_OF_KEY);
    assertThat(into[0].variant()).isEqualTo(20);
    assertThat(into[15].variant()).isEqualTo(5);
    assertThat(index.put(entry(5, 99, 7), 70_000)).isTrue();
    assertThat(index.find(5, into)).isEqualTo(DiskIndex.MOST_OF_KEY);
    assertThat(into[0].variant()).isEqualTo(7);
  }

  @Test
  void whatIsOfASegmentThatIsGoneIsNotFoundAndItsSlotsAreUsedAgain() {
    for (long round = 0; round < 20; round++) {
      for (int i = 1; i <= 2_000; i++) {
        assertThat(index.put(entry(round * 10_000 + i, i, 0), round)).isTrue();
      }
      if (round > 0) {
        gone.add(round - 1);
        assertThat(index.has((round - 1) * 10_000 + 1)).isFalse();
      }
      assertThat(index.has(round * 10_000 + 1)).isTrue();
    }
    assertThat(index.memoryBytes()).isLessThan(1_000_000);
  }

  @Test
  void whatWasRemovedIsNotFound() {
    assertThat(index.put(entry(5, 1, 0), 3)).isTrue();
    assertThat(index.put(entry(6, 2, 0), 3)).isTrue();
    assertThat(index.find(5, into)).isEqualTo(1);
    index.remove(5, into[0].place());
    assertThat(index.has(5)).isFalse();
    assertThat(index.has(6)).isTrue();
    assertThat(index.entries()).isEqualTo(1);
    index.clear();
    assertThat(index.has(6)).isFalse();
  }

  @Test
  void beyondItsBoundItTakesNothingAndDoesNotGrow() {
    DiskIndex small = new DiskIndex(low -> !gone.contains(low), 10_000);
    for (int i = 1; i <= 10_000; i++) {
      assertThat(small.put(entry(i, i, 0), i / 1_000)).isTrue();
    }
    assertThat(small.put(entry(20_000, 1, 0), 10)).isFalse();
    assertThat(small.entries()).isEqualTo(10_000);
    // What is there is replaced all the same.
    assertThat(small.put(entry(5, 77, 0), 10)).isTrue();
    assertThat(small.entries()).isEqualTo(10_000);
    for (long round = 0; round < 100; round++) {
      gone.add(round);
      assertThat(small.put(entry(30_000 + round * 10_000, 1, 0), round + 10)).isTrue();
      for (int i = 1; small.put(entry(30_000 + round * 10_000 + i, i, 0), round + 10); i++) {
        assertThat(i).isLessThan(1_100);
      }
      assertThat(small.entries()).isEqualTo(10_000);
    }
    assertThat(small.memoryBytes()).isLessThan(1_000_000);
  }

  @Test
  void whatIsRemovedOrReplacedIsCountedOnce() {
    assertThat(index.put(entry(5, 1, 0), 3)).isTrue();
    assertThat(index.put(entry(5, 2, 0), 4)).isTrue();
    assertThat(index.entries()).isEqualTo(1);
    gone.add(3L);
    assertThat(index.put(entry(6, 1, 0), 5)).isTrue();
    assertThat(index.entries()).isEqualTo(2);
    gone.add(4L);
    assertThat(index.put(entry(7, 1, 0), 6)).isTrue();
    assertThat(index.entries()).isEqualTo(2);
  }
}

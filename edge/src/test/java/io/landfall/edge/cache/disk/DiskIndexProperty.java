package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The table of what lies on a disk does what a plain list does, whatever comes in whatever order:
 * keys whose slots lie one behind the other, more variants than are kept, segments that go, numbers
 * of segments that outgrow their 16 bits, and a bound that is reached again and again.
 */
class DiskIndexProperty {
  private static final int STEPS = 60_000;
  private static final int MOST_ENTRIES = 560;

  /** So many keys meet in each place of the table. */
  private static final int KEYS_OF_A_PLACE = 12;

  /** From this on, since 0 is no fingerprint and counts as 1. */
  private static final int FIRST_PLACE = 2;

  private static final int PLACES = 10;
  private static final int SEGMENTS = 6;

  private final Set<Long> gone = new HashSet<>();
  private final DiskIndex index = new DiskIndex(low -> !gone.contains(low), MOST_ENTRIES);
  private final List<Stored> reference = new ArrayList<>();

  private record Stored(long key, int variant, int sequence, int offset, int length) {
    static final Comparator<Stored> OLDEST_FIRST =
        Comparator.comparingInt(Stored::sequence).thenComparingInt(Stored::offset);

    String text() {
      return variant + " " + sequence + " " + offset + " " + length;
    }
  }

  private List<Stored> of(long key) {
    return reference.stream()
        .filter(each -> each.key() == key)
        .sorted(Stored.OLDEST_FIRST.reversed())
        .toList();
  }

  /** Whether it was taken. */
  private boolean put(Stored entry) {
    List<Stored> there = of(entry.key());
    Stored replaced =
        there.stream()
            .filter(each -> each.variant() == entry.variant())
            .findFirst()
            .orElse(there.size() == DiskIndex.MOST_OF_KEY ? there.getLast() : null);
    if (replaced == null && reference.size() == MOST_ENTRIES) {
      return false;
    }
    reference.remove(replaced);
    reference.add(entry);
    return true;
  }

  private void assertSame(long key) {
    DiskIndex.Found[] into = new DiskIndex.Found[DiskIndex.MOST_OF_KEY];
    int count = index.find(key, into);
    List<String> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      found.add(
          into[i].variant()
              + " "
              + into[i].sequence()
              + " "
              + into[i].offsetBytes() / RecordFormat.UNIT_BYTES
              + " "
              + into[i].lengthBytes() / RecordFormat.UNIT_BYTES);
    }
    assertThat(found).isEqualTo(of(key).stream().map(Stored::text).toList());
    assertThat(index.has(key)).isEqualTo(count > 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void itDoesWhatAListDoes(long seed) {
    Random random = new Random(seed);
    // Number 65,536 comes in between.
    int sequence = 65_500;
    int oldest = sequence;
    int offset = 1;
    int refused = 0;
    for (int step = 0; step < STEPS; step++) {
      // The lowest bits give the place in a table of this size.
      // A third of the time one of a few keys, which get more variants than are kept.
      long key =
          FIRST_PLACE
              + (random.nextInt(3) == 0 ? 0 : random.nextInt(PLACES))
              + ((long) random.nextInt(KEYS_OF_A_PLACE) << 20);
      int what = random.nextInt(100);
      if (what < 80) {
        Stored entry =
            new Stored(key, random.nextInt(24), sequence, offset++, 1 + random.nextInt(90));
        boolean taken =
            index.put(
                new SegmentEntry(key, step, entry.offset(), entry.length(), entry.variant(), false),
                sequence);
        assertThat(taken).isEqualTo(put(entry));
        refused += taken ? 0 : 1;
      } else if (what < 90) {
        List<Stored> there = of(key);
        DiskIndex.Found[] into = new DiskIndex.Found[DiskIndex.MOST_OF_KEY];
        if (!there.isEmpty() && index.find(key, into) == there.size()) {
          int which = random.nextInt(there.size());
          index.remove(key, into[which].place());
          reference.remove(there.get(which));
        }
      } else if (what < 92) {
        index.removeAll(key);
        reference.removeIf(each -> each.key() == key);
      } else if (what == 99) {
        sequence++;
        offset = 1;
        if (sequence - oldest == SEGMENTS) {
          gone.add((long) oldest);
          int left = oldest;
          reference.removeIf(each -> each.sequence() == left);
          oldest++;
        }
      }
      assertSame(key);
    }
    for (int place = 0; place < PLACES; place++) {
      for (long other = 0; other < KEYS_OF_A_PLACE; other++) {
        assertSame(FIRST_PLACE + place + (other << 20));
      }
    }
    index.leaveOutGone();
    assertThat(index.entries()).isEqualTo(reference.size());
    assertThat(refused).isPositive();
    assertThat(sequence).isGreaterThan(65_536);
  }
}

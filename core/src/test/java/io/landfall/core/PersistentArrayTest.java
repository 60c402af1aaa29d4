package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PersistentArrayTest {
  private static PersistentArray<Integer> numbers(int length) {
    return PersistentArray.of(length, i -> i);
  }

  @Test
  void holdsEachElementWhateverTheLength() {
    for (int length : new int[] {0, 1, 63, 64, 65, 128, 1000}) {
      PersistentArray<Integer> array = numbers(length);

      assertThat(array.length()).isEqualTo(length);
      assertThat(IntStream.range(0, length).map(array::get)).isSorted().hasSize(length);
    }
  }

  @Test
  void aChangedCopyDiffersInWhatChangedAndTheOriginalDoesNot() {
    PersistentArray<Integer> before = numbers(200);

    PersistentArray<Integer> after = before.with(new TreeMap<>(Map.of(0, -1, 1, -2, 130, -3)));

    for (int i = 0; i < 200; i++) {
      int expected = i == 0 ? -1 : i == 1 ? -2 : i == 130 ? -3 : i;
      assertThat(after.get(i)).isEqualTo(expected);
      assertThat(before.get(i)).isEqualTo(i);
    }
  }

  @Test
  void anIndexThatIsNotThereIsRefused() {
    PersistentArray<Integer> array = numbers(65);

    assertThatThrownBy(() -> array.get(65)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> array.with(new TreeMap<>(Map.of(65, 0))))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}

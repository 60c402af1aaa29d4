package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The canary of every property here: one that is false for some values must fail. */
class SeededTest {
  @Test
  void aFalsePropertyFailsAndNamesItsSeed() {
    assertThatThrownBy(
            () -> Seeded.always(seeded -> assertThat(seeded.below(1000)).isLessThan(990)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("fails for seed");
  }

  @Test
  void theSameSeedDrawsTheSameValues() {
    assertThat(new Seeded(7).bytes(64)).isEqualTo(new Seeded(7).bytes(64));
    assertThat(new Seeded(7).bits()).isNotEqualTo(new Seeded(8).bits());
  }
}

package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MedMappingTest {
  private static final OptionalLong NEVER = OptionalLong.empty();

  @ParameterizedTest
  @CsvSource({
    "0, 0, UP",
    "199, 0, UP",
    "200, 1, UP",
    "300, 2, UP",
    "399, 2, UP",
    "400, 3, UP",
    "499, 3, UP",
    "500, 3, DRAINING",
    "999, 3, DRAINING",
    "1000, 3, DOWN",
    "4294967295, 3, DOWN",
  })
  void theDefaultLadder(long med, long tier, Signal signal) {
    assertThat(MedMapping.DEFAULT.tier(OptionalLong.of(med))).isEqualTo(tier);
    assertThat(MedMapping.DEFAULT.signal(OptionalLong.of(med), false)).isEqualTo(signal);
  }

  @Test
  void noMedCountsAsZero() {
    assertThat(MedMapping.DEFAULT.tier(NEVER)).isZero();
    assertThat(MedMapping.DEFAULT.signal(NEVER, false)).isEqualTo(Signal.UP);
    assertThat(mapping(Map.of(1L, 5L), NEVER, OptionalLong.of(0)).signal(NEVER, false))
        .isEqualTo(Signal.DOWN);
  }

  @Test
  void gracefulShutdownDrainsAtLeast() {
    assertThat(MedMapping.DEFAULT.signal(OptionalLong.of(0), true)).isEqualTo(Signal.DRAINING);
    assertThat(MedMapping.DEFAULT.signal(OptionalLong.of(1000), true)).isEqualTo(Signal.DOWN);
  }

  @Test
  void withoutBoundsEveryMedIsUp() {
    MedMapping mapping = mapping(Map.of(0L, 7L), NEVER, NEVER);
    assertThat(mapping.signal(OptionalLong.of(MedMapping.MAX), false)).isEqualTo(Signal.UP);
  }

  @Test
  void belowTheFirstStepTheTierIsThatOfTheFirst() {
    MedMapping mapping = mapping(Map.of(100L, 3L, 200L, 4L), NEVER, NEVER);
    assertThat(mapping.tier(OptionalLong.of(99))).isEqualTo(3);
    assertThat(mapping.tier(OptionalLong.of(100))).isEqualTo(3);
    assertThat(mapping.tier(OptionalLong.of(200))).isEqualTo(4);
  }

  @Test
  void aHigherMedMustNotBeBetter() {
    assertThatThrownBy(() -> mapping(Map.of(0L, 2L, 10L, 1L), NEVER, NEVER))
        .hasMessage(
            "MED 10 maps to tier 1, better than a lower MED's 2;"
                + " in BGP the lower MED is the better one");
    assertThatCode(() -> mapping(Map.of(0L, 2L, 10L, 2L), NEVER, NEVER)).doesNotThrowAnyException();
  }

  @Test
  void thereAreOneToSixtyFourSteps() {
    TreeMap<Long, Long> steps = new TreeMap<>();
    for (long i = 0; i < MedMapping.MAX_STEPS; i++) {
      steps.put(i, i);
    }
    assertThatCode(() -> mapping(steps, NEVER, NEVER)).doesNotThrowAnyException();
    steps.put(1_000L, 1_000L);
    assertThatThrownBy(() -> mapping(steps, NEVER, NEVER)).hasMessage("MED maps to 1 to 64 tiers");
    assertThatThrownBy(() -> mapping(Map.of(), NEVER, NEVER))
        .hasMessage("MED maps to 1 to 64 tiers");
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0, 1, 2",
    "4294967296, 0, 1, 2",
    "0, -1, 1, 2",
    "0, 4294967296, 1, 2",
    "0, 0, -1, 2",
    "0, 0, 1, 4294967296",
  })
  void eachNumberHasThirtyTwoBits(long med, long tier, long draining, long down) {
    assertThatThrownBy(
            () -> mapping(Map.of(med, tier), OptionalLong.of(draining), OptionalLong.of(down)))
        .hasMessageEndingWith("is outside 0..4294967295");
  }

  @Test
  void theEndsOfTheRangeAreInIt() {
    assertThatCode(
            () ->
                mapping(
                    Map.of(0L, 0L, MedMapping.MAX, MedMapping.MAX),
                    OptionalLong.of(0),
                    OptionalLong.of(MedMapping.MAX)))
        .doesNotThrowAnyException();
  }

  @Test
  void drainingBeginsBelowDown() {
    assertThatThrownBy(() -> mapping(Map.of(0L, 0L), OptionalLong.of(7), OptionalLong.of(7)))
        .hasMessage("MED 7 drains and 7 is down; draining has to begin below down");
    assertThatCode(() -> mapping(Map.of(0L, 0L), OptionalLong.of(6), OptionalLong.of(7)))
        .doesNotThrowAnyException();
    assertThatCode(() -> mapping(Map.of(0L, 0L), OptionalLong.of(7), NEVER))
        .doesNotThrowAnyException();
    assertThatCode(() -> mapping(Map.of(0L, 0L), NEVER, OptionalLong.of(7)))
        .doesNotThrowAnyException();
  }

  private static MedMapping mapping(
      Map<Long, Long> tiers, OptionalLong draining, OptionalLong down) {
    SortedMap<Long, Long> sorted = new TreeMap<>(tiers);
    return new MedMapping(sorted, draining, down);
  }
}

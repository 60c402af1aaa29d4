package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.MedMapping;
import io.landfall.core.Signal;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How the MED of a service host is read. */
class MedMappingTest {
  private static String read(MedMapping mapping, long med) {
    HostSignal signal = HostSignal.read(mapping, OptionalLong.of(med), false);
    return signal.signal() + " " + signal.tier();
  }

  @Test
  void theDefaultsOfExaBgpsHealthCheckMeanWhatTheySay() {
    assertThat(read(MedMapping.DEFAULT, 100)).as("up-metric").isEqualTo("UP 0");
    assertThat(read(MedMapping.DEFAULT, 500)).as("disabled-metric").isEqualTo("DRAINING 3");
    assertThat(read(MedMapping.DEFAULT, 1000)).as("down-metric").isEqualTo("DOWN 0");
  }

  @Test
  void eachStepBeginsAtItsMed() {
    assertThat(read(MedMapping.DEFAULT, 0)).isEqualTo("UP 0");
    assertThat(read(MedMapping.DEFAULT, 199)).isEqualTo("UP 0");
    assertThat(read(MedMapping.DEFAULT, 200)).isEqualTo("UP 1");
    assertThat(read(MedMapping.DEFAULT, 499)).isEqualTo("UP 3");
    assertThat(read(MedMapping.DEFAULT, 999)).isEqualTo("DRAINING 3");
    assertThat(read(MedMapping.DEFAULT, MedMapping.MAX)).isEqualTo("DOWN 0");
  }

  @Test
  void noMedIsTheBestMed() {
    assertThat(HostSignal.read(MedMapping.DEFAULT, OptionalLong.empty(), false))
        .isEqualTo(new HostSignal(Signal.UP, 0, OptionalLong.empty()));
  }

  @Test
  void gracefulShutdownDrainsAndDoesNotRaiseTheDead() {
    assertThat(HostSignal.read(MedMapping.DEFAULT, OptionalLong.of(200), true))
        .isEqualTo(new HostSignal(Signal.DRAINING, 1, OptionalLong.of(200)));
    assertThat(HostSignal.read(MedMapping.DEFAULT, OptionalLong.of(1000), true).signal())
        .isEqualTo(Signal.DOWN);
  }

  @Test
  void withoutThresholdsEveryMedIsATier() {
    MedMapping tiersOnly =
        new MedMapping(
            new TreeMap<>(Map.of(10L, 5L, 20L, 6L)), OptionalLong.empty(), OptionalLong.empty());
    assertThat(read(tiersOnly, 3)).as("below the first step").isEqualTo("UP 5");
    assertThat(read(tiersOnly, 10)).isEqualTo("UP 5");
    assertThat(read(tiersOnly, MedMapping.MAX)).isEqualTo("UP 6");
  }

  @Test
  void aHigherMedMayNotMakeAServiceBetter() {
    assertThatThrownBy(
            () ->
                new MedMapping(
                    new TreeMap<>(Map.of(0L, 2L, 100L, 1L)),
                    OptionalLong.empty(),
                    OptionalLong.empty()))
        .hasMessageContaining("MED 100 maps to tier 1");
    assertThatThrownBy(
            () ->
                new MedMapping(
                    new TreeMap<>(Map.of(0L, 0L)), OptionalLong.of(1000), OptionalLong.of(1000)))
        .hasMessageContaining("draining has to begin below down");
    assertThatThrownBy(
            () -> new MedMapping(new TreeMap<>(), OptionalLong.empty(), OptionalLong.empty()))
        .hasMessageContaining("1 to 64 tiers");
    assertThatThrownBy(
            () ->
                new MedMapping(
                    new TreeMap<>(Map.of(-1L, 0L)), OptionalLong.empty(), OptionalLong.empty()))
        .hasMessageContaining("outside 0..4294967295");
  }
}

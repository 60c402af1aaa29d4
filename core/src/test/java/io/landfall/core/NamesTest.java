package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"fra", "a", "z", "0", "9", "7", "edge-fra-1", "a--b", "0x7"})
  void aLowerCaseDnsLabelIsAName(String text) {
    assertThat(new NodeName(text)).hasToString(text);
    assertThat(new ServiceName(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Fra",
        "-fra",
        "fra-",
        "fra.eu",
        "fra_1",
        "fr a",
        "fr\u00e4",
        "*",
        "a/b",
        "\n"
      })
  void anythingElseIsNot(String text) {
    assertThatThrownBy(() -> new NodeName(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node name");
    assertThatThrownBy(() -> new ServiceName(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("service name");
  }

  @Test
  void sixtyThreeLettersAreTheMost() {
    assertThat(new NodeName("a".repeat(63)).value()).hasSize(63);
    assertThatThrownBy(() -> new NodeName("a".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesAreOrderedByTheirLetters() {
    assertThat(new NodeName("fra")).isLessThan(new NodeName("nyc"));
    assertThat(new ServiceName("api")).isLessThan(new ServiceName("shop"));
  }

  @Test
  void onlyDownHasNoRoute() {
    assertThat(Signal.values())
        .filteredOn(signal -> !signal.isAdvertised())
        .containsOnly(Signal.DOWN);
  }
}

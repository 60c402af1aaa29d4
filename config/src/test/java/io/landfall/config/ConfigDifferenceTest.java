package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What two config files have differently, as people read it. */
class ConfigDifferenceTest {
  private static List<String> lines(String before, String after) {
    return ConfigDifference.of(before, after).stream()
        .map(ConfigDifference.Change::toString)
        .toList();
  }

  @Test
  void theSameTextOtherwiseWrittenIsNoDifference() {
    assertThat(lines("a: {b: 1, c: [x, y]}\n", "# new\na:\n  c: [x, \"y\"]\n  b: 1\n")).isEmpty();
  }

  @Test
  void aKeyIsNewAnotherValueOrGone() {
    assertThat(lines("a: 1\nb: {c: 2}\nd: [1, 2]\n", "a: 3\nd: [2, 1]\ne: {}\nf:\n"))
        .containsExactly("~ a: 1 -> 3", "~ d: [1, 2] -> [2, 1]", "+ e: {}", "+ f: ", "- b.c: 2");
  }

  @Test
  void aListOfMappingsHasALineForEachKey() {
    assertThat(lines("l: [{a: 1}, {a: 2}]\n", "l: [{a: 1}, {a: 3, b: 4}, x]\n"))
        .containsExactly("~ l[1].a: 2 -> 3", "+ l[1].b: 4", "+ l[2]: x");
  }

  @Test
  void ofATextThatIsNoConfigAllKeysAreMissing() {
    assertThat(lines("a: 1\n", "{")).containsExactly("- a: 1");
    assertThat(lines("", "a: 1\n")).containsExactly("+ a: 1");
  }
}

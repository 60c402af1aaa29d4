package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DER values one after another (ITU-T X.690 section 8.1). */
class DerTest {
  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] joined(String head, int contentBytes, String tail) {
    byte[] start = bytes(head);
    byte[] all = Arrays.copyOf(start, start.length + contentBytes + tail.length() / 2);
    System.arraycopy(bytes(tail), 0, all, start.length + contentBytes, tail.length() / 2);
    return all;
  }

  private static List<Integer> lengths(Optional<List<Der.Value>> items) {
    return items.orElseThrow().stream().map(item -> item.content().length).toList();
  }

  @Test
  void valuesOfEveryFormOfLengthAreReadInTheirOrder() {
    assertThat(lengths(Der.items(bytes("")))).isEmpty();
    assertThat(lengths(Der.items(bytes("0500")))).containsExactly(0);
    assertThat(lengths(Der.items(joined("047f", 127, "0500")))).containsExactly(127, 0);
    assertThat(lengths(Der.items(joined("048180", 128, "0500")))).containsExactly(128, 0);
    assertThat(lengths(Der.items(joined("04820100", 256, "0500")))).containsExactly(256, 0);
    assertThat(lengths(Der.items(joined("0483010002", 65_538, "0500")))).containsExactly(65_538, 0);
    Der.Value last = Der.items(bytes("0401aa0402bbcc")).orElseThrow().getLast();
    assertThat(last.tag()).isEqualTo(4);
    assertThat(last.content()).isEqualTo(bytes("bbcc"));
    assertThat(Der.items(bytes("8701ff")).orElseThrow().getFirst().tag()).isEqualTo(0x87);
  }

  /** The last ones are whole but for their end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "04",
        "050004",
        "0480",
        "04840000000100",
        "0482",
        "048201",
        "0481",
        "0402aa",
        "0500040caa"
      })
  void whatIsCutShortOrOfNoKnownLengthIsNothing(String hex) {
    assertThat(Der.items(bytes(hex))).isEmpty();
  }

  /** X.690 section 10.1: DER has no indefinite form, whatever follows. */
  @Test
  void theIndefiniteFormIsNothing() {
    assertThat(Der.items(joined("0480", 128, "0000"))).isEmpty();
  }
}

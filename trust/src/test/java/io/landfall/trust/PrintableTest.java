package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a stranger wrote, in one line of a log. */
class PrintableTest {
  @Test
  void whatIsPrintableStaysAndAllElseIsAQuestionMark() {
    assertThat(Printable.text(" a~")).isEqualTo("' a~'");
    assertThat(Printable.text("a\nb\u001f\u007f\u00e9")).isEqualTo("'a?b???'");
    assertThat(Printable.text("")).isEqualTo("''");
  }

  @Test
  void aLongTextAndALongListAreCut() {
    assertThat(Printable.text("x".repeat(120))).isEqualTo("'" + "x".repeat(120) + "'");
    assertThat(Printable.text("x".repeat(121))).isEqualTo("'" + "x".repeat(120) + "...'");
    assertThat(Printable.list(List.of("a", "b", "c"))).isEqualTo("'a', 'b', 'c'");
    assertThat(Printable.list(List.of("a", "b", "c", "d"))).isEqualTo("'a', 'b', 'c', ...");
  }
}

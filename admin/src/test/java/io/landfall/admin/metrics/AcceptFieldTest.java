package io.landfall.admin.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of two media types a field Accept wants. */
class AcceptFieldTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a/a                      | a/a
          A/A ; version=1          | a/a
          a/a,b/b                  | a/a
          b/b,a/a                  | b/b
          a/a;q=0.5,b/b            | b/b
          a/a; Q = 0.9 ,b/b;q=0.8  | a/a
          a/a;q=0,b/b;q=0.001      | b/b
          a/a;q=0                  |
          a/a;q=much,b/b;q=0.1     | b/b
          c/c,*/*                  |
          ''                       |
          ,;,=                     |
          """)
  void theOneWithTheHighestWeightAndOfEqualOnesTheFirst(String field, String wanted) {
    assertThat(AcceptField.best(field, List.of("a/a", "b/b")).orElse(null)).isEqualTo(wanted);
  }
}

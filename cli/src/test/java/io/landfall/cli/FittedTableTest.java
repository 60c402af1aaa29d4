package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tables on terminals that are too narrow for them. */
class FittedTableTest {
  private static final List<String[]> ROWS =
      List.of(
          new String[] {"PEER", "STATE", "ENDPOINT", "LAST RESET"},
          new String[] {"nyc", "established", "127.0.0.2:8443", "-"},
          new String[] {
            "sin", "candidate", "127.0.0.3:8443", "connection refused: nothing listens there now"
          },
          new String[] {"", "", "", ""});

  private static String text(int columns) {
    return FittedTable.lines(ROWS, columns).stream().collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void aTableThatFitsIsALineForEachRow() {
    assertThat(text(82)).isEqualTo(text(Integer.MAX_VALUE));
    assertThat(FittedTable.lines(ROWS, 82)).hasSize(4);
  }

  @Test
  void aLongLastColumnIsBrokenBetweenWordsBeneathItself() {
    assertThat(text(64))
        .isEqualTo(
            """
            PEER  STATE        ENDPOINT        LAST RESET
            nyc   established  127.0.0.2:8443  -
            sin   candidate    127.0.0.3:8443  connection refused: nothing
                                               listens there now

            """);
  }

  @Test
  void whatDoesNotFitIsFoldedHeadingAndRowsAlike() {
    assertThat(text(40))
        .isEqualTo(
            """
            PEER  STATE        ENDPOINT
                LAST RESET
            nyc   established  127.0.0.2:8443
                -
            sin   candidate    127.0.0.3:8443
                connection refused: nothing listens
                there now

            """);
  }

  @Test
  void noTextIsLostAndNoLineIsTooLongAtAnyWidth() {
    Random random = new Random(7);
    for (int seed = 0; seed < 300; seed++) {
      int cells = 1 + random.nextInt(8);
      List<String[]> rows = new ArrayList<>();
      for (int row = 0; row < 5; row++) {
        String[] each = new String[cells];
        Arrays.setAll(each, i -> "word ".repeat(random.nextInt(i == cells - 1 ? 20 : 4)).strip());
        rows.add(each);
      }
      int columns = 40 + random.nextInt(100);
      List<String> lines = FittedTable.lines(rows, columns);
      assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(columns));
      assertThat(words(String.join(" ", lines)))
          .isEqualTo(rows.stream().flatMap(Arrays::stream).mapToLong(FittedTableTest::words).sum());
    }
  }

  private static long words(String text) {
    return Arrays.stream(text.split(" ")).filter(word -> word.equals("word")).count();
  }
}

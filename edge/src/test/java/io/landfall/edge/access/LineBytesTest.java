package io.landfall.edge.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands in a line: numbers, texts of strangers, and times. */
class LineBytesTest {
  private static String time(AccessLog.Format format, long... wallMillis) {
    LineTime time = new LineTime(format);
    LineBytes line = new LineBytes();
    for (long each : wallMillis) {
      time.write(each, line);
      line.text(" ");
    }
    return line.takeText();
  }

  @Test
  void numbersAreDecimal() {
    for (long number : new long[] {0, 1, 9, 10, 11, 99, 100, -1, -10, Long.MAX_VALUE}) {
      assertThat(new LineBytes().text("a").number(number).text("b").takeText())
          .isEqualTo("a" + number + "b\n");
    }
  }

  @Test
  void textsAreCutAndEscaped() {
    String text = " ~\"\\\u001f\u007f\u00e9\u0120";
    assertThat(new LineBytes().json(text, 100).takeText())
        .isEqualTo(" ~\\\"\\\\\\u001f\\u007f\\u00e9\\u0020\n");
    assertThat(new LineBytes().quoted(text, 100).takeText())
        .isEqualTo(" ~\\x22\\x5c\\x1f\\x7f\\xe9\\x20\n");
    assertThat(new LineBytes().json("abc", 2).text("|").quoted("abc", 2).takeText())
        .isEqualTo("ab|ab\n");
    assertThat(new LineBytes().json("abc", 3).text("|").quoted("abc", 3).takeText())
        .isEqualTo("abc|abc\n");
  }

  @Test
  void aPieceKnowsItsLinesAndItsRoom() {
    LineBytes piece = new LineBytes();
    piece.text("ab").end();
    piece.text("c").end();
    assertThat(piece.lines()).isEqualTo(2);
    assertThat(piece.room()).isEqualTo(LineBytes.SIZE - 5);
    assertThat(piece.takeText()).isEqualTo("ab\nc\n\n");
    assertThat(piece.lines()).isZero();
    assertThat(piece.room()).isEqualTo(LineBytes.SIZE);
    assertThat(piece.text("d").takeText()).as("it begins anew").isEqualTo("d\n");
  }

  @Test
  void timesOfJsonHaveThreeDigitsOfASecond() {
    assertThat(time(AccessLog.Format.JSON, 0, 9, 10, 99, 100, 999, 1_000, 86_400_001, -1))
        .isEqualTo(
            String.join(
                    "Z ",
                    List.of(
                        "1970-01-01T00:00:00.000",
                        "1970-01-01T00:00:00.009",
                        "1970-01-01T00:00:00.010",
                        "1970-01-01T00:00:00.099",
                        "1970-01-01T00:00:00.100",
                        "1970-01-01T00:00:00.999",
                        "1970-01-01T00:00:01.000",
                        "1970-01-02T00:00:00.001",
                        "1969-12-31T23:59:59.999"))
                + "Z \n");
  }

  @Test
  void timesOfTheCombinedFormatAreOfWholeSeconds() {
    assertThat(time(AccessLog.Format.COMBINED, 0, 999, 1_000))
        .isEqualTo(
            "01/Jan/1970:00:00:00 +0000 01/Jan/1970:00:00:00 +0000 01/Jan/1970:00:00:01 +0000 \n");
  }
}

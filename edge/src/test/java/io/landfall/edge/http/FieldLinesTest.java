package io.landfall.edge.http;

import static io.landfall.edge.http.MessageRulesTest.fields;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;

class FieldLinesTest {
  private static final AsciiString X = AsciiString.of("x");

  @Test
  void linesFindRoomHoweverManyWereExpected() {
    for (int expected = 0; expected < 4; expected++) {
      FieldLines lines = new FieldLines(expected);
      StringBuilder wanted = new StringBuilder();
      for (int i = 0; i < 9; i++) {
        lines.add(X, AsciiString.of("" + i));
        wanted.append("x: ").append(i).append('\n');
      }
      assertThat(lines).hasToString(wanted.toString());
    }
  }

  @Test
  void linesAreEncodedAsTheyAreSent() {
    assertThat(new String(fields("a: 1", "b: \u00fc").encode(), ISO_8859_1))
        .isEqualTo("a: 1\r\nb: \u00fc\r\n");
    assertThat(fields().encode()).isEmpty();
  }

  @Test
  void whatIsSentAgainAndAgainComesFirstAndStaysAsItWas() {
    FieldLines first = fields("a: 1", "b: 2");
    byte[] encoded = first.encode();

    FieldLines lines = FieldLines.startingWith(first, encoded, 1);
    lines.add(X, X);

    assertThat(lines).hasToString("a: 1\nb: 2\nx: x\n");
    assertThat(lines.encoded()).isSameAs(encoded);
    assertThat(lines.encodedLines()).isEqualTo(2);
    assertThat(first).hasToString("a: 1\nb: 2\n");
    assertThat(first.encodedLines()).isZero();
  }
}

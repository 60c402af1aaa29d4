package io.landfall.edge.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which bytes may stand where, byte by byte, and numbers and lists. */
class SyntaxTest {
  private static final String ALPHANUMERIC =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** Those of the first 128 bytes for which that is so. */
  private static String ascii(IntPredicate is) {
    return IntStream.range(0, 128)
        .filter(is)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String sorted(String chars) {
    return ascii(c -> chars.indexOf(c) >= 0);
  }

  @Test
  void tokensAndHostsHaveTheirBytes() {
    assertThat(ascii(c -> Syntax.isToken((byte) c)))
        .isEqualTo(sorted(ALPHANUMERIC + "!#$%&'*+-.^_`|~"));
    assertThat(ascii(c -> Syntax.isHost((byte) c))).isEqualTo(sorted(ALPHANUMERIC + "-._"));
    assertThat(ascii(c -> Syntax.isValue((byte) c)))
        .isEqualTo(ascii(c -> c == '\t' || (c >= ' ' && c < 127)));
    for (int c = 128; c < 256; c++) {
      assertThat(Syntax.isToken((byte) c)).isFalse();
      assertThat(Syntax.isHost((byte) c)).isFalse();
      assertThat(Syntax.isValue((byte) c)).isTrue();
    }
  }

  private static boolean standsIn(String before, int c) {
    byte[] bytes = (before + (char) c).getBytes(ISO_8859_1);
    return Syntax.targetEnd(bytes, 0) == bytes.length;
  }

  @Test
  void aTargetEndsAtWhatMayNotStandInIt() {
    IntPredicate path = c -> c > ' ' && c < 127 && "<>\\#".indexOf(c) < 0;
    assertThat(ascii(c -> standsIn("/", c))).isEqualTo(ascii(path));
    assertThat(ascii(c -> standsIn("/?", c))).isEqualTo(ascii(c -> c > ' ' && c < 127 && c != '#'));
    for (int c = 128; c < 256; c++) {
      assertThat(standsIn("/", c)).isFalse();
    }
    byte[] line = "GET /a<?b<c HTTP".getBytes(ISO_8859_1);
    assertThat(Syntax.targetEnd(line, 4)).isEqualTo(6);
    assertThat(Syntax.targetEnd(line, 7)).isEqualTo(11);
    assertThat(Syntax.targetEnd(line, line.length)).isEqualTo(line.length);
  }

  @Test
  void textsAreOfBytesThatMay() {
    assertThat(Syntax.isToken(AsciiString.of("get"))).isTrue();
    assertThat(Syntax.isToken(AsciiString.of("g t"))).isFalse();
    assertThat(Syntax.isToken(AsciiString.of(" gt"))).isFalse();
    assertThat(Syntax.isToken(AsciiString.of("gt "))).isFalse();
    assertThat(Syntax.isToken(AsciiString.EMPTY_STRING)).isFalse();
    assertThat(Syntax.isValue(AsciiString.of("a b"))).isTrue();
    assertThat(Syntax.isValue(AsciiString.of("a\nb"))).isFalse();
    assertThat(Syntax.isValue(AsciiString.of("\na"))).isFalse();
    assertThat(Syntax.isValue(AsciiString.EMPTY_STRING)).isTrue();
  }

  @Test
  void lettersOnlyGetLower() {
    assertThat(ascii(c -> Syntax.lower((byte) c) != c)).isEqualTo("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    assertThat(Syntax.lower((byte) 'A')).isEqualTo((byte) 'a');
    assertThat(Syntax.lower((byte) 'Z')).isEqualTo((byte) 'z');
  }

  @Test
  void numbersAreDigitsOnlyAndNoMoreThan18() {
    String most = "9".repeat(18);
    for (String text : List.of("0", "7", "10", "90", most)) {
      assertThat(Syntax.contentLength(AsciiString.of(text))).isEqualTo(Long.parseLong(text));
      assertThat(Syntax.number(AsciiString.of(text))).isEqualTo(Long.parseLong(text));
    }
    for (String text :
        List.of("", "-1", "+1", "1 ", " 1", "1a", "a", "/", ":", "1,1", most + "9")) {
      assertThat(Syntax.contentLength(AsciiString.of(text))).as(text).isEqualTo(-1);
      assertThat(Syntax.number(AsciiString.of(text))).as(text).isEqualTo(-1);
    }
    assertThat(Syntax.contentLength(AsciiString.of("07"))).isEqualTo(-1);
    assertThat(Syntax.contentLength(AsciiString.of("00"))).isEqualTo(-1);
    assertThat(Syntax.number(AsciiString.of("07"))).isEqualTo(7);
  }

  private static boolean contains(String list, String token) {
    return Tokens.contains(AsciiString.of(list), token);
  }

  @Test
  void aMemberOfAListIsFoundByItsToken() {
    for (String list :
        List.of("b", "a,b", "a, \tb", "b ,a", "B", "b;q=1", "b ;q", ",,b", "\"x,\\\",y\",b")) {
      assertThat(contains(list, "b")).as(list).isTrue();
    }
    for (String list :
        List.of(
            "",
            "a",
            "ab",
            "ba",
            "a b",
            "a, ",
            "\"a,b\"",
            "\"a,b,c\"",
            "\"a,\\\",b\"",
            "a;b",
            "a;x=\"1,b\"")) {
      assertThat(contains(list, "b")).as(list).isFalse();
    }
    assertThat(contains("a\\,b", "b")).as("outside quotes it escapes nothing").isTrue();
    assertThat(contains("\"a\\", "b")).isFalse();
  }

  @Test
  void theLastOfSeveralMembersAloneIsThatToken() {
    for (String list : List.of("a,b", "a, b", "a,c,B", "\"b,b\",b")) {
      assertThat(Tokens.endsWithOnly(AsciiString.of(list), "b")).as(list).isTrue();
    }
    for (String list : List.of("b", ",b", "b,b", "b,a", "a,b,a", "a", "b,a,b", "a,\"x,b\"", "")) {
      assertThat(Tokens.endsWithOnly(AsciiString.of(list), "b")).as(list).isFalse();
    }
  }
}

package io.landfall.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 9651: what is well-formed, and that what is not is ignored as a whole. */
class StructuredFieldsTest {
  @Test
  void everyTypeOfAMemberIsRead() {
    assertThat(
            StructuredFields.dictionary(
                "a, b=5, c=-5, d=1.5, e=\"x\\\"y\", f=tok/en:1, g=?0, h=:aGk=:, i=@5, j=%\"x\","
                    + " k=(1 \"b\" c), *l;p;q=\"r\";s=?1"))
        .extracting(member -> member.key() + "=" + member.value())
        .containsExactly(
            "a=true",
            "b=5",
            "c=-5",
            "d=1.5",
            "e=x\"y",
            "f=tok/en:1",
            "g=false",
            "h=:aGk=:",
            "i=@5",
            "j=x",
            "k=1,b,c",
            "*l=true");
  }

  @Test
  void ofTwoMembersWithOneKeyTheLastCounts() {
    assertThat(StructuredFields.dictionary("a=1, b=2, a=3"))
        .extracting(StructuredFields.Member::value)
        .containsExactly(3L, 2L);
  }

  @Test
  void whiteSpaceMayStandAroundAndBetweenMembers() {
    assertThat(StructuredFields.dictionary("  a=1 \t,\t b=2  ")).hasSize(2);
    assertThat(StructuredFields.dictionary("a=( 1  2 )")).hasSize(1);
  }

  @Test
  void aMalformedDictionaryIsEmpty() {
    for (String bad :
        List.of(
            "A=1",
            "a=1,",
            ",a",
            "a=1 b=2",
            "a=\"",
            "a=\"\\x\"",
            "a=?2",
            "a=1.",
            "a=1.2345",
            "a=-",
            "a=1234567890123456",
            "a=(1",
            "a=(1,2)",
            "a=:x",
            "a=:!:",
            "a;=1",
            "a=1;B",
            "a=",
            "a==1",
            "1=a",
            "a=@1.5",
            "a=%x",
            "a=\u00e4",
            "a= 1",
            "a =1")) {
      assertThat(StructuredFields.dictionary(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void aListOfStringsHasStringsOnly() {
    assertThat(StructuredFields.strings("\"a\", \"b, c\";x=1")).containsExactly("a", "b, c");
    for (String bad : List.of("a", "\"a\", b", "\"a\",", "\"a\" \"b\"", "(\"a\")", "5", "\"a")) {
      assertThat(StructuredFields.strings(bad)).as(bad).isEmpty();
    }
  }

  @Test
  void aFieldWithMoreMembersThanTheBoundIsMalformed() {
    String most = "\"a\"" + ", \"a\"".repeat(StructuredFields.MOST_MEMBERS - 1);
    assertThat(StructuredFields.strings(most)).hasSize(StructuredFields.MOST_MEMBERS);
    assertThat(StructuredFields.strings(most + ", \"a\"")).isEmpty();
  }
}

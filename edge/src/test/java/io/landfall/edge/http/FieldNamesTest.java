package io.landfall.edge.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which names of fields are known, and what they stand for. */
class FieldNamesTest {
  @Test
  void aKnownNameIsOneObject() {
    byte[] head = "cookie: a=1".getBytes(US_ASCII);

    assertThat((Object) FieldNames.intern(head, 0, 6)).isSameAs(FieldNames.COOKIE);
    assertThat((Object) FieldNames.intern("cookie")).isSameAs(FieldNames.COOKIE);
  }

  @Test
  void anyOtherNameIsItself() {
    for (String name : List.of("", "cookif", "x".repeat(32), "x".repeat(33), "x".repeat(99))) {
      assertThat((Object) FieldNames.intern(name)).hasToString(name);
    }
  }

  @Test
  void anotherMethodOrTargetIsAskedForWithHyphensOrUnderscores() {
    for (String name :
        List.of("x-http-method-override", "x_http_method_override", "x-original-url")) {
      assertThat(FieldNames.isOverride(AsciiString.of(name))).as(name).isTrue();
    }
    for (String name : List.of("x-http", "_x-http-method", "x_http", "a", "")) {
      assertThat(FieldNames.isOverride(AsciiString.of(name))).as(name).isFalse();
    }
  }

  @Test
  void namesOfOurNodesHaveTheirPrefixAndMore() {
    assertThat(FieldNames.isPrivate(AsciiString.of("landfall-x"))).isTrue();
    for (String name : List.of("landfall-", "landfall", "handfall-x", "landfalls-x", "")) {
      assertThat(FieldNames.isPrivate(AsciiString.of(name))).as(name).isFalse();
    }
  }
}

package io.landfall.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the gate takes of messages, and by which rule it refuses the rest. */
class MessageRulesTest {
  /** Fields, each {@code name: value}. */
  static FieldLines fields(String... lines) {
    FieldLines fields = new FieldLines();
    for (String line : lines) {
      // A name of this node's own may begin with a colon.
      int colon = line.indexOf(": ", 1);
      fields.add(
          AsciiString.of(line.substring(0, colon)), AsciiString.of(line.substring(colon + 2)));
    }
    return fields;
  }

  /** What may be refused. */
  private interface Check {
    String run() throws BadMessage;
  }

  private static String of(Check check) {
    try {
      return check.run();
    } catch (BadMessage e) {
      return e.rule().name();
    }
  }

  private static String framing(boolean version11, String... lines) {
    return of(
        () -> {
          Framing framing = Framing.of(fields(lines), version11, Framing.UNTIL_CLOSE);
          return framing.kind() + " " + framing.length() + (framing.isEmpty() ? " empty" : "");
        });
  }

  private static String host(String authority) {
    return of(() -> Authority.hostOf(AsciiString.of(authority), true));
  }

  private static String request(String method, String target, boolean version11, String... lines) {
    return of(
        () -> {
          Method of = Method.of(AsciiString.of(method));
          RequestRules.check(of, target, fields(lines), version11);
          return "taken";
        });
  }

  @Test
  void aBodyIsFramedInOneWay() {
    assertThat(framing(true)).isEqualTo("UNTIL_CLOSE -1");
    assertThat(framing(true, "a: 1", "content-length: 0")).isEqualTo("LENGTH 0 empty");
    assertThat(framing(true, "content-length: 7", "a: 1")).isEqualTo("LENGTH 7");
    assertThat(framing(false, "content-length: 7")).isEqualTo("LENGTH 7");
    assertThat(framing(true, "transfer-encoding: Chunked")).isEqualTo("CHUNKED -1");
    assertThat(Framing.NONE.isEmpty()).isTrue();
  }

  @Test
  void aBodyThatTwoParsersCouldFrameOtherwiseIsRefused() {
    assertThat(framing(true, "content-length: 0", "content-length: 0"))
        .isEqualTo("LENGTH_REPEATED");
    assertThat(framing(true, "content-length: +1")).isEqualTo("LENGTH_MALFORMED");
    assertThat(framing(false, "transfer-encoding: chunked")).isEqualTo("CODING_IN_1_0");
    assertThat(framing(true, "transfer-encoding: chunked", "content-length: 0"))
        .isEqualTo("LENGTH_WITH_CODING");
    assertThat(framing(true, "content-length: 7", "transfer-encoding: chunked"))
        .isEqualTo("LENGTH_WITH_CODING");
    assertThat(framing(true, "transfer-encoding: gzip, chunked")).isEqualTo("CODING_UNKNOWN");
    assertThat(framing(true, "transfer-encoding: gzip")).isEqualTo("CODING");
    assertThat(framing(true, "transfer-encoding: chunked", "transfer-encoding: chunked"))
        .isEqualTo("CODING");
    assertThat(framing(true, "transfer-encoding: chunked", "transfer-encoding: gzip, chunked"))
        .isEqualTo("CODING");
  }

  @Test
  void theHostOfAnAuthority() {
    assertThat(host("Shop.Test")).isEqualTo("shop.test");
    assertThat(host("shop.test.")).isEqualTo("shop.test");
    assertThat(host("shop.test:")).isEqualTo("shop.test");
    for (String port : List.of("1", "9", "80", "65535", "00080")) {
      assertThat(host("a:" + port)).as(port).isEqualTo("a");
    }
    assertThat(host("[2001:DB8::1]:80")).isEqualTo("[2001:db8::1]");
    assertThat(host("[::]")).isEqualTo("[::]");
    assertThat(host("[::ffff:192.0.2.1]")).isEqualTo("[::ffff:192.0.2.1]");
    assertThat(host("a".repeat(255))).hasSize(255);
    assertThat(host(".")).isEqualTo(".");
    assertThat(of(() -> "-" + Authority.hostOf(AsciiString.EMPTY_STRING, false))).isEqualTo("-");
  }

  @Test
  void whatIsNoAuthorityIsRefused() {
    for (String bad :
        List.of(
            "",
            ":80",
            "a b",
            "a:0",
            "a:65536",
            "a:100000",
            "a:000001",
            "a:8x",
            "a:80:",
            "u@a",
            "[::1",
            "[]",
            "[:]",
            "[::1]x",
            "[::1]:x",
            "[g::]",
            "a/",
            "a:/",
            "a::")) {
      assertThat(host(bad)).as(bad).isEqualTo("HOST_MALFORMED");
    }
    assertThat(host("a".repeat(256))).isEqualTo("HOST_MALFORMED");
  }

  @Test
  void methodsTargetsAndExpectations() {
    assertThat(request("GET", "/a", true)).isEqualTo("taken");
    assertThat(request("CONNECT", "/", true)).isEqualTo("METHOD_CONNECT");
    assertThat(request("TRACE", "/", true)).isEqualTo("METHOD_TRACE");
    assertThat(request("OPTIONS", "*", true)).isEqualTo("taken");
    assertThat(request("GET", "*", true)).isEqualTo("TARGET");
    assertThat(request("GET", "/a/../b", true)).isEqualTo("DOT_SEGMENT");
    assertThat(request("PUT", "/", true, "a: 1", "expect: 100-Continue")).isEqualTo("taken");
    assertThat(request("PUT", "/", true, "expect: 100-continue", "expect: more"))
        .isEqualTo("EXPECTATION");
    assertThat(request("PUT", "/", false, "expect: more")).isEqualTo("taken");
    for (String list :
        List.of("", " ", ", ,", "100-continue, 100-continue", ",100-Continue\t,, 100-continue ,")) {
      assertThat(request("PUT", "/", true, "expect: " + list)).as(list).isEqualTo("taken");
      assertThat(request("PUT", "/", true, "expect: " + list, "expect: more"))
          .as(list)
          .isEqualTo("EXPECTATION");
      assertThat(request("PUT", "/", true, "expect: " + list + ",more"))
          .as(list)
          .isEqualTo("EXPECTATION");
    }
    for (String other :
        List.of("100-continue;a=b", "100-continue 100-continue", "\"100-continue\"", "100")) {
      assertThat(request("PUT", "/", true, "expect: " + other)).as(other).isEqualTo("EXPECTATION");
    }
  }

  @Test
  void methodsAreKnownByTheirName() {
    for (String name : List.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE")) {
      Method method = Method.of(AsciiString.of(name));
      assertThat(method.isIdempotent()).as(name).isTrue();
      assertThat(method.isRead()).as(name).isEqualTo(List.of("GET", "HEAD").contains(name));
      assertThat(method.isHead()).as(name).isEqualTo(name.equals("HEAD"));
      assertThat(method.isOptions()).as(name).isEqualTo(name.equals("OPTIONS"));
    }
    for (String name : List.of("POST", "PATCH", "get", "BREW")) {
      Method method = Method.of(AsciiString.of(name));
      assertThat((Object) method.name()).hasToString(name);
      assertThat(method.isIdempotent()).as(name).isFalse();
      assertThat(method.isRead()).as(name).isFalse();
    }
  }

  @Test
  void trailersHaveWhatMayStandInThem() throws BadMessage {
    FieldLines good = fields("grpc-status: 0", "x: y");
    TrailerRules.check(good);
    assertThat(TrailerRules.allowed(good)).hasToString(good.toString());
    for (String bad : List.of("content-length", "te", "landfall-client", "cookie", "via")) {
      FieldLines trailers = fields("x: y", bad + ": 1");
      assertThat(TrailerRules.allowed(trailers)).hasToString("x: y\n");
      assertThat(
              of(
                  () -> {
                    TrailerRules.check(trailers);
                    return "taken";
                  }))
          .as(bad)
          .isEqualTo("TRAILER_FORBIDDEN");
    }
  }

  @Test
  void eachRuleHasItsStatusAndWords() {
    for (HttpViolation rule : HttpViolation.values()) {
      assertThat(rule.status()).isBetween(400, 502);
      assertThat(new BadMessage(rule)).hasMessage(rule.text());
      assertThat(rule.text()).isNotBlank();
    }
    assertThat(HttpViolation.HOST_NOT_CERTIFIED.status()).isEqualTo(421);
  }

  private static String cookies(int most, String... lines) {
    return Cookies.values(fields(lines), AsciiString.of("a"), most).toString();
  }

  @Test
  void theValuesOfACookieAreFoundInAllLines() {
    assertThat(cookies(9, "cookie: a=1; b=2;a = 3 ; A=4;a", "x: a=5", "cookie: a=6;;ab=7; a="))
        .isEqualTo("[1, 3, 6, ]");
    assertThat(cookies(2, "cookie: a=1; a=2; a=3", "cookie: a=4")).isEqualTo("[1, 2]");
    assertThat(cookies(3, "cookie: a=1; a=2", "cookie: a=4", "cookie: a=5")).isEqualTo("[1, 2, 4]");
    assertThat(cookies(9, "cookie: ", "cookie: =1;b;a")).isEqualTo("[]");
    assertThat(cookies(9, "cookie: a=b=c")).isEqualTo("[b=c]");
    assertThat(cookies(9, "cookie: ;a=1")).isEqualTo("[1]");
  }

  private static String without(String... lines) {
    return Cookies.without(fields(lines), AsciiString.of("a")).toString();
  }

  @Test
  void aCookieIsTakenOutOfAllLines() {
    assertThat(without("cookie: a=1; b=2;a=3", "x: ", "cookie: a=4", "cookie: ", "y: a=5"))
        .isEqualTo("cookie: b=2\nx: \ncookie: \ny: a=5\n");
    assertThat(without("cookie: b=1;;c ; a=2")).isEqualTo("cookie: b=1; c\n");
    FieldLines other = fields("cookie: b=2;;c");
    assertThat(Cookies.without(other, AsciiString.of("a"))).isSameAs(other);
  }
}

package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.server.TestSite;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of the gate: the bytes that it refuses, and their legal twin, which passes. */
class Http1RequestParserTest {
  private static final String HOST = "Host: shop.test\r\n";
  private static TestBackend backend;
  private static TestSite fra;

  @BeforeAll
  static void start() {
    backend = TestBackend.saying("ok");
    fra = new TestSite("fra", 1);
    fra.publish(Signal.UP, backends(backend));
  }

  @AfterAll
  static void stop() {
    fra.close();
    backend.close();
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        rule(HttpViolation.REQUEST_LINE, get("GET  / HTTP/1.1", HOST), get("GET / HTTP/1.1", HOST)),
        rule(HttpViolation.REQUEST_LINE, get("GET /", HOST), get("GET / HTTP/1.0", HOST)),
        rule(HttpViolation.REQUEST_LINE, get(" GET / HTTP/1.1", HOST), get("G!T / HTTP/1.1", HOST)),
        rule(
            HttpViolation.REQUEST_LINE,
            "\r\n".repeat(3) + get("GET / HTTP/1.1", HOST),
            "\r\n\r\n" + get("GET / HTTP/1.1", HOST)),
        rule(HttpViolation.VERSION, get("GET / HTTP/1.x", HOST), get("GET / HTTP/1.2", HOST)),
        rule(HttpViolation.VERSION, get("GET / HTTP/2.0", HOST), get("GET / HTTP/1.0", HOST)),
        rule(HttpViolation.VERSION, get("GET / http/1.1", HOST), get("GET / HTTP/1.1", HOST)),
        rule(HttpViolation.VERSION, get("GET / HTTP/1.1 ", HOST), get("GET / HTTP/1.1", HOST)),
        rule(
            HttpViolation.TARGET,
            get("GET /\u0001 HTTP/1.1", HOST),
            get("GET /%01 HTTP/1.1", HOST)),
        rule(
            HttpViolation.TARGET,
            get("GET /\u007f HTTP/1.1", HOST),
            get("GET /%7f HTTP/1.1", HOST)),
        rule(
            HttpViolation.TARGET,
            get("GET /\u00e9 HTTP/1.1", HOST),
            get("GET /%e9 HTTP/1.1", HOST)),
        rule(
            HttpViolation.TARGET, get("GET /a#b HTTP/1.1", HOST), get("GET /a%23b HTTP/1.1", HOST)),
        rule(
            HttpViolation.TARGET,
            get("GET /a\tb HTTP/1.1", HOST),
            get("GET /a%09b HTTP/1.1", HOST)),
        rule(
            HttpViolation.TARGET,
            get("GET /a\\b HTTP/1.1", HOST),
            get("GET /?a\\b<c> HTTP/1.1", HOST)),
        rule(
            HttpViolation.DOT_SEGMENT,
            get("GET /api/../admin HTTP/1.1", HOST),
            get("GET /api//..admin/.../a.b?/../ HTTP/1.1", HOST)),
        rule(
            HttpViolation.DOT_SEGMENT,
            get("GET http://shop.test/%2E%2e HTTP/1.1", HOST),
            get("GET http://shop.test/%2E%2e%2e HTTP/1.1", HOST)),
        rule(HttpViolation.TARGET, get("GET a HTTP/1.1", HOST), get("GET /a HTTP/1.1", HOST)),
        rule(HttpViolation.TARGET, get("GET * HTTP/1.1", HOST), get("OPTIONS * HTTP/1.1", HOST)),
        rule(
            HttpViolation.TARGET,
            get("GET ftp://shop.test/ HTTP/1.1", HOST),
            get("GET http://shop.test/ HTTP/1.1", HOST)),
        rule(
            HttpViolation.METHOD_CONNECT,
            get("CONNECT shop.test:443 HTTP/1.1", HOST),
            get("OPTIONS / HTTP/1.1", HOST)),
        rule(
            HttpViolation.METHOD_TRACE,
            get("TRACE / HTTP/1.1", HOST),
            get("trace / HTTP/1.1", HOST)),
        rule(
            HttpViolation.TARGET_TOO_LONG,
            get("GET /" + "a".repeat(9000) + " HTTP/1.1", HOST),
            get("GET /" + "a".repeat(8000) + " HTTP/1.1", HOST)),
        rule(
            HttpViolation.HEAD_TOO_LARGE,
            get("GET / HTTP/1.1", HOST + "A: " + "a".repeat(33000) + "\r\n"),
            get("GET / HTTP/1.1", HOST + "A: " + "a".repeat(30000) + "\r\n")),
        rule(
            HttpViolation.TOO_MANY_FIELDS,
            get("GET / HTTP/1.1", HOST + "A: b\r\n".repeat(100)),
            get("GET / HTTP/1.1", HOST + "A: b\r\n".repeat(99))),
        rule(
            HttpViolation.BARE_LINE_FEED,
            "GET / HTTP/1.1\nHost: shop.test\n\n",
            get("GET / HTTP/1.1", HOST)),
        rule(
            HttpViolation.BARE_LINE_FEED,
            get("GET / HTTP/1.1", HOST + "A: b\nC: d\r\n"),
            get("GET / HTTP/1.1", HOST + "A: b\r\nC: d\r\n")),
        rule(
            HttpViolation.BARE_CARRIAGE_RETURN,
            get("GET / HTTP/1.1", HOST + "A: b\rC: d\r\n"),
            get("GET / HTTP/1.1", HOST + "A: b C: d\r\n")),
        rule(
            HttpViolation.FIELD_NAME,
            get("GET / HTTP/1.1", HOST + "A : b\r\n"),
            get("GET / HTTP/1.1", HOST + "A: b\r\n")),
        rule(
            HttpViolation.FIELD_NAME,
            get("GET / HTTP/1.1", HOST + ": b\r\n"),
            get("GET / HTTP/1.1", HOST + "A:\r\n")),
        rule(
            HttpViolation.FIELD_NAME,
            get("GET / HTTP/1.1", HOST + "no colon\r\n"),
            get("GET / HTTP/1.1", HOST + "a: colon\r\n")),
        rule(
            HttpViolation.FIELD_NAME,
            get("GET / HTTP/1.1", HOST + "A(b: c\r\n"),
            get("GET / HTTP/1.1", HOST + "A-b: c\r\n")),
        rule(
            HttpViolation.FIELD_VALUE,
            get("GET / HTTP/1.1", HOST + "A: b\u0000c\r\n"),
            get("GET / HTTP/1.1", HOST + "A: b\tc\r\n")),
        rule(
            HttpViolation.FOLDED_FIELD,
            get("GET / HTTP/1.1", HOST + "A: b\r\n c\r\n"),
            get("GET / HTTP/1.1", HOST + "A: b c\r\n")),
        rule(
            HttpViolation.FOLDED_FIELD,
            get("GET / HTTP/1.1", " " + HOST),
            get("GET / HTTP/1.1", HOST)),
        rule(
            HttpViolation.HOST_MISSING,
            get("GET / HTTP/1.1", "A: b\r\n"),
            get("GET / HTTP/1.1", HOST)),
        rule(
            HttpViolation.HOST_REPEATED,
            get("GET / HTTP/1.1", HOST + HOST),
            get("GET / HTTP/1.1", HOST)),
        rule(
            HttpViolation.HOST_MALFORMED,
            get("GET / HTTP/1.1", "Host: shop.test, other.test\r\n"),
            get("GET / HTTP/1.1", "Host: shop.test:80\r\n")),
        rule(
            HttpViolation.HOST_MALFORMED,
            get("GET / HTTP/1.1", "Host: shop.test:8o\r\n"),
            get("GET / HTTP/1.1", "Host: SHOP.test.\r\n")),
        rule(
            HttpViolation.HOST_MALFORMED,
            get("GET / HTTP/1.1", "Host: shop.test:0\r\n"),
            get("GET / HTTP/1.1", "Host: shop.test:\r\n")),
        rule(
            HttpViolation.HOST_MALFORMED,
            get("GET / HTTP/1.1", "Host: shop.test:65536\r\n"),
            get("GET / HTTP/1.1", "Host: shop.test:65535\r\n")),
        rule(
            HttpViolation.HOST_MALFORMED,
            get("GET / HTTP/1.1", "Host: user@shop.test\r\n"),
            get("GET / HTTP/1.1", HOST)),
        rule(
            HttpViolation.HOST_MALFORMED,
            get("GET / HTTP/1.1", "Host:\r\n"),
            get("GET / HTTP/1.1", HOST)),
        rule(
            HttpViolation.HOST_MALFORMED,
            get("GET http:///x HTTP/1.1", HOST),
            get("GET http://shop.test HTTP/1.1", HOST)),
        rule(
            HttpViolation.HOST_MALFORMED,
            get("GET http://a@shop.test/ HTTP/1.1", HOST),
            get("GET http://shop.test?q HTTP/1.1", HOST)),
        rule(
            HttpViolation.LENGTH_MALFORMED,
            body("Content-Length: 05\r\n"),
            body("Content-Length: 5\r\n")),
        rule(
            HttpViolation.LENGTH_MALFORMED,
            body("Content-Length: +5\r\n"),
            body("content-length:5\r\n")),
        rule(
            HttpViolation.LENGTH_MALFORMED,
            body("Content-Length: 5, 5\r\n"),
            body("Content-Length:   5  \r\n")),
        rule(
            HttpViolation.LENGTH_MALFORMED,
            body("Content-Length: 0x5\r\n"),
            body("Content-Length: 5\r\n")),
        rule(
            HttpViolation.LENGTH_MALFORMED,
            body("Content-Length: \r\n"),
            body("Content-Length: 5\r\n")),
        rule(
            HttpViolation.LENGTH_MALFORMED,
            body("Content-Length: 9999999999999999999\r\n"),
            body("Content-Length: 5\r\n")),
        rule(
            HttpViolation.LENGTH_REPEATED,
            body("Content-Length: 5\r\nContent-Length: 5\r\n"),
            body("Content-Length: 5\r\n")),
        rule(
            HttpViolation.LENGTH_WITH_CODING,
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        rule(
            HttpViolation.CODING,
            post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        rule(
            HttpViolation.CODING_UNKNOWN,
            post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n")),
        rule(
            HttpViolation.CODING,
            post("Transfer-Encoding: identity\r\n", ""),
            post("Content-Length: 0\r\n", "")),
        rule(
            HttpViolation.CODING,
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        rule(
            HttpViolation.CODING,
            post("Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n").replace("\u000b", "x"),
            post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        rule(
            HttpViolation.CODING_IN_1_0,
            get("POST / HTTP/1.0", HOST + "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
            get("POST / HTTP/1.0", HOST + "Content-Length: 0\r\n")),
        rule(
            HttpViolation.EXPECTATION,
            get("GET / HTTP/1.1", HOST + "Expect: something\r\n"),
            get("GET / HTTP/1.1", HOST + "Expect: 100-Continue\r\n")),
        rule(
            HttpViolation.EXPECTATION,
            get("GET / HTTP/1.1", HOST + "Expect: 100-continue\r\nExpect: 200-ok\r\n"),
            get("GET / HTTP/1.1", HOST + "Expect: 100-continue\r\nExpect: 100-continue\r\n")),
        rule(
            HttpViolation.EXPECTATION,
            get("GET / HTTP/1.1", HOST + "Expect: 100-continue, 200-ok\r\n"),
            get("GET / HTTP/1.1", HOST + "Expect: 100-continue, 100-continue\r\nExpect:\r\n")),
        rule(
            HttpViolation.CHUNK_SIZE,
            chunked("x\r\nhello\r\n0\r\n\r\n"),
            chunked("5\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_SIZE,
            chunked("0x5\r\nhello\r\n0\r\n\r\n"),
            chunked("05\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_SIZE,
            chunked("5 \r\nhello\r\n0\r\n\r\n"),
            chunked("5\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_SIZE,
            chunked("-5\r\nhello\r\n0\r\n\r\n"),
            chunked("5\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_SIZE,
            chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"),
            chunked("000000000000005\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_EXTENSION,
            chunked("5;a=\u0001\r\nhello\r\n0\r\n\r\n"),
            chunked("5;a=b\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_EXTENSION,
            chunked("5;\r\nhello\r\n0\r\n\r\n"),
            chunked("5;a\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_EXTENSION,
            chunked("5;bad[=x\r\nhello\r\n0\r\n\r\n"),
            chunked("5;good=x;a=\"b; \\\"c\"\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_EXTENSION,
            chunked("5;a=\"b\r\nhello\r\n0\r\n\r\n"),
            chunked("5;a=\"b\"\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_EXTENSION,
            chunked("5;" + "a".repeat(300) + "\r\nhello\r\n0\r\n\r\n"),
            chunked("5;" + "a".repeat(200) + "\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_END,
            chunked("5\r\nhelloXX0\r\n\r\n"),
            chunked("5\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.BARE_LINE_FEED,
            chunked("5\nhello\r\n0\r\n\r\n"),
            chunked("5\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.CHUNK_END,
            chunked("5\r\nhello\n0\r\n\r\n"),
            chunked("5\r\nhello\r\n0\r\n\r\n")),
        rule(
            HttpViolation.TRAILER_FORBIDDEN,
            chunked("0\r\nContent-Length: 5\r\n\r\n"),
            chunked("0\r\nX-Checksum: 5\r\n\r\n")),
        rule(
            HttpViolation.TRAILER_FORBIDDEN,
            chunked("0\r\nHost: other.test\r\n\r\n"),
            chunked("0\r\nX-Host: other.test\r\n\r\n")),
        rule(
            HttpViolation.TRAILER_FORBIDDEN,
            chunked("0\r\nLandfall-Decline: NOT_HERE\r\n\r\n"),
            chunked("0\r\nX-Landfall-Decline: NOT_HERE\r\n\r\n")),
        rule(HttpViolation.FOLDED_FIELD, chunked("0\r\n a\r\n\r\n"), chunked("0\r\na: b\r\n\r\n")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void theGateRefusesAndClosesAndAcceptsTheLegalTwin(HttpViolation rule, String bad, String good) {
    try (RawClient client = new RawClient(fra.http())) {
      RawClient.Answer answer = client.send(bad).read();
      assertThat(answer.status()).isEqualTo(rule.status());
      assertThat(answer.field("proxy-status").orElseThrow())
          .startsWith("fra; error=http_request_error; details=\"" + rule.name());
      assertThat(answer.field("connection")).contains("close");
      assertThat(client.isEnded()).isTrue();
    }
    try (RawClient client = new RawClient(fra.http())) {
      assertThat(client.send(good).read().status()).isEqualTo(200);
    }
  }

  @Test
  void everyRuleThatAClientCanBreakIsTested() {
    assertThat(rules().map(a -> (HttpViolation) a.get()[0]).distinct())
        .containsAll(
            Stream.of(HttpViolation.values())
                .filter(
                    r ->
                        r != HttpViolation.STATUS_LINE
                            && r != HttpViolation.HOST_NOT_CERTIFIED
                            && r != HttpViolation.PSEUDO_FIELDS
                            && r != HttpViolation.HOST_DIFFERS
                            && r != HttpViolation.LENGTH_MISMATCH
                            && r != HttpViolation.HEAD_TIMEOUT
                            && r != HttpViolation.CROWDED_OUT
                            && r != HttpViolation.BODY_TIMEOUT)
                .toList());
  }

  @Test
  void anAbsoluteTargetOverridesHost() {
    try (RawClient client = new RawClient(fra.http())) {
      String request =
          get("GET HTTP://Shop.Test:80/from/target?q HTTP/1.1", "Host: other.test\r\n");
      assertThat(client.send(request).read().status()).isEqualTo(200);
    }
    TestBackend.Received last = backend.received.getLast();
    assertThat(last.line()).isEqualTo("GET /from/target?q HTTP/1.1");
    assertThat(last.all("host")).containsExactly("Shop.Test:80");
  }

  @Test
  void optionsOfNoPathIsForTheServerAsAWhole() {
    try (RawClient client = new RawClient(fra.http())) {
      assertThat(client.send(get("OPTIONS http://shop.test HTTP/1.1", HOST)).read().status())
          .isEqualTo(200);
    }
    assertThat(backend.received.getLast().line()).isEqualTo("OPTIONS * HTTP/1.1");
  }

  @Test
  void aMethodThatIsNotAllowedIsAnsweredWithThoseThatAre() {
    try (RawClient client = new RawClient(fra.http())) {
      RawClient.Answer answer = client.send(get("TRACE / HTTP/1.1", HOST)).read();
      assertThat(answer.field("allow").orElseThrow()).contains("GET").doesNotContain("TRACE");
    }
  }

  @Test
  void optionsThatMayGoNoFurtherIsAnsweredHereAndElseGoesOneHopLess() {
    try (RawClient client = new RawClient(fra.http())) {
      String options = get("OPTIONS / HTTP/1.1", HOST + "Max-Forwards: 0\r\n");
      int before = backend.received.size();
      RawClient.Answer answer = client.send(options).read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.field("allow")).isPresent();
      assertThat(backend.received).hasSize(before);
      // Leading zeros change nothing, and what is no number counts nothing.
      assertThat(client.send(options.replace(": 0", ": 00")).read().field("allow")).isPresent();
      assertThat(backend.received).hasSize(before);
      assertThat(client.send(options.replace(": 0", ": 007")).read().status()).isEqualTo(200);
      assertThat(backend.received.getLast().all("max-forwards")).containsExactly("6");
      assertThat(client.send(options.replace(": 0", ": -0")).read().status()).isEqualTo(200);
      assertThat(backend.received.getLast().all("max-forwards")).containsExactly("-0");
      assertThat(client.send(options.replace(": 0", ": 7")).read().status()).isEqualTo(200);
      assertThat(backend.received.getLast().all("max-forwards")).containsExactly("6");
      String get = options.replace("OPTIONS", "GET");
      assertThat(client.send(get).read().status()).isEqualTo(200);
      assertThat(backend.received.getLast().all("max-forwards")).containsExactly("0");
    }
  }

  @Test
  void bytesThatArriveOneByOneMakeTheSameRequest() {
    try (RawClient client = new RawClient(fra.http())) {
      String request = chunked("5;x=y\r\nhello\r\n3\r\nabc\r\n0\r\nX-T: u\r\n\r\n");
      for (int i = 0; i < request.length(); i++) {
        client.send(request.substring(i, i + 1));
      }
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(backend.received.getLast().bodyLength()).isEqualTo(8);
  }

  private static Arguments rule(HttpViolation rule, String bad, String good) {
    return Arguments.of(rule, bad, good);
  }

  private static String get(String line, String fields) {
    return line + "\r\n" + fields + "\r\n";
  }

  private static String post(String fields, String body) {
    return get("POST / HTTP/1.1", HOST + fields) + body;
  }

  private static String body(String fields) {
    return post(fields, "hello");
  }

  private static String chunked(String body) {
    return post("Transfer-Encoding: chunked\r\n", body);
  }
}

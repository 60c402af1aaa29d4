package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What another node may send as a head, and what it may not, however authenticated it is. */
class H2HeadsTest {
  private static final int MAX_FIELDS = H2Profile.NODE.maxFields(EdgeLimits.defaults());

  @Test
  void aLegalRequestIsAccepted() throws BadMessage {
    RequestHead head = H2Heads.acceptRequest(request(), false, MAX_FIELDS);
    assertThat((Object) head.method().name()).hasToString("POST");
    assertThat(head.host()).isEqualTo("shop.test");
    assertThat(head.target()).isEqualTo("/x?y");
    assertThat(head.framing()).isEqualTo(Framing.length(5));
    assertThat((Object) head.fields().first(FieldNames.VIA)).hasToString("1.1 fra");
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.remove(":method")),
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.remove(":path")),
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.remove(":scheme")),
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.remove(":authority")),
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.method("GET / HTTP/1.1\r\nX:")),
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.path("/ HTTP/1.1\r\nHost: x")),
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.path("")),
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.path("x")),
        bad(HttpViolation.PSEUDO_FIELDS, h -> h.scheme("ftp")),
        bad(HttpViolation.TARGET, h -> h.path("*")),
        bad(HttpViolation.DOT_SEGMENT, h -> h.path("/api/..%2fadmin")),
        bad(HttpViolation.METHOD_CONNECT, h -> h.method("CONNECT")),
        bad(HttpViolation.METHOD_TRACE, h -> h.method("TRACE")),
        bad(HttpViolation.EXPECTATION, h -> h.add("expect", "200-ok")),
        bad(HttpViolation.HOST_MALFORMED, h -> h.authority("shop.test:0")),
        bad(HttpViolation.HOST_MALFORMED, h -> h.authority("shop.test\r\nX: y")),
        bad(HttpViolation.HOST_REPEATED, h -> h.add("host", "other.test")),
        bad(HttpViolation.FIELD_NAME, h -> h.add("a b", "c")),
        bad(HttpViolation.FIELD_NAME, h -> h.add("Upper", "c")),
        bad(HttpViolation.FIELD_VALUE, h -> h.add("a", "b\r\nc: d")),
        bad(HttpViolation.FIELD_VALUE, h -> h.add("a", "b\0")),
        bad(HttpViolation.LENGTH_REPEATED, h -> h.add("content-length", "5")),
        bad(HttpViolation.CODING, h -> h.add("transfer-encoding", "gzip")),
        bad(
            HttpViolation.CODING,
            h -> {
              h.remove("content-length");
              h.add("transfer-encoding", "chunked");
            }));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedRequestIsRefused(HttpViolation rule, Consumer<Http2Headers> change) {
    Http2Headers headers = request();
    change.accept(headers);
    assertThatThrownBy(() -> H2Heads.acceptRequest(headers, false, MAX_FIELDS))
        .isInstanceOfSatisfying(BadMessage.class, e -> assertThat(e.rule()).isEqualTo(rule));
  }

  @Test
  void aLengthWithoutABodyIsRefused() {
    assertThatThrownBy(() -> H2Heads.acceptRequest(request(), true, MAX_FIELDS))
        .isInstanceOfSatisfying(
            BadMessage.class, e -> assertThat(e.rule()).isEqualTo(HttpViolation.LENGTH_MISMATCH));
  }

  @Test
  void aResponseThatEndsWithItsHeadSaysSoInHttp1() throws BadMessage {
    Http2Headers headers = new DefaultHttp2Headers(false).status("200");
    ResponseHead head = H2Heads.acceptResponse(headers, false, true, MAX_FIELDS);
    assertThat((Object) head.fields().first(FieldNames.CONTENT_LENGTH)).hasToString("0");
    assertThatThrownBy(
            () ->
                H2Heads.acceptResponse(
                    new DefaultHttp2Headers(false).status("2x0"), false, true, MAX_FIELDS))
        .isInstanceOf(BadMessage.class);
  }

  private static Http2Headers request() {
    return new DefaultHttp2Headers(false)
        .method("POST")
        .scheme("https")
        .authority("shop.test:443")
        .path("/x?y")
        .add("content-length", "5")
        .add("via", "1.1 fra");
  }

  private static Arguments bad(HttpViolation rule, Consumer<Http2Headers> change) {
    return Arguments.of(rule, change);
  }
}

package io.landfall.edge.h2;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The heads of clients over HTTP/2 pass the same gate as those over HTTP/1.1. */
class ClientGateTest {
  private static final EdgeLimits LIMITS = EdgeLimits.defaults();

  private static Http2Headers get() {
    return new DefaultHttp2Headers(false)
        .method("GET")
        .scheme("http")
        .path("/a?b")
        .authority("Shop.test:8080");
  }

  private static Http2Headers copy(Http2Headers headers) {
    return new DefaultHttp2Headers(false).add(headers);
  }

  private static RequestHead accept(Http2Headers headers) throws BadMessage {
    return H2Heads.acceptOfClient(headers, true, RequestHead.HTTPS, LIMITS);
  }

  private static void refused(HttpViolation rule, Http2Headers headers) {
    assertThat(catchThrowable(() -> accept(headers)))
        .as(headers.toString())
        .isInstanceOfSatisfying(BadMessage.class, e -> assertThat(e.rule()).isEqualTo(rule));
  }

  @Test
  void aRequestHasTheSchemeOfItsListener() throws BadMessage {
    RequestHead head = accept(get().add("x-a", "b"));
    assertThat((Object) head.scheme()).isEqualTo(RequestHead.HTTPS);
    assertThat(head.host()).isEqualTo("shop.test");
    assertThat(head.target()).isEqualTo("/a?b");
    assertThat(head.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(head.fields().size()).isEqualTo(1);
  }

  @Test
  void hostStandsInForTheAuthorityAndMustNotDiffer() throws BadMessage {
    Http2Headers without = get().add("host", "shop.test");
    without.remove(":authority");
    assertThat(accept(without).host()).isEqualTo("shop.test");
    assertThat(accept(get().add("host", "shop.TEST:8080")).host()).isEqualTo("shop.test");
    refused(HttpViolation.HOST_DIFFERS, get().add("host", "shop.test"));
    refused(HttpViolation.HOST_REPEATED, copy(without).add("host", "shop.test"));
    without.remove("host");
    refused(HttpViolation.HOST_MISSING, without);
  }

  @Test
  void eachRuleOfTheGateHolds() {
    refused(HttpViolation.METHOD_CONNECT, get().method("CONNECT"));
    refused(HttpViolation.METHOD_TRACE, get().method("TRACE"));
    refused(HttpViolation.PSEUDO_FIELDS, get().method("G T"));
    refused(HttpViolation.PSEUDO_FIELDS, get().scheme("ftp"));
    refused(HttpViolation.PSEUDO_FIELDS, get().add(":protocol", "websocket"));
    refused(HttpViolation.TARGET, get().path("a"));
    refused(HttpViolation.TARGET, get().path("/a b"));
    refused(HttpViolation.TARGET, get().path("*"));
    refused(HttpViolation.DOT_SEGMENT, get().path("/a/%2e%2e/b"));
    refused(HttpViolation.TARGET_TOO_LONG, get().path("/" + "a".repeat(8192)));
    refused(HttpViolation.HOST_MALFORMED, get().authority("user@shop.test"));
    refused(HttpViolation.HOST_MALFORMED, get().authority(""));
    refused(HttpViolation.FIELD_NAME, get().add("X-A", "b"));
    refused(HttpViolation.FIELD_NAME, get().add("x a", "b"));
    refused(HttpViolation.FIELD_VALUE, get().add("x-a", "b\r\nx: y"));
    refused(HttpViolation.FIELD_VALUE, get().add("x-a", " b"));
    refused(HttpViolation.FIELD_VALUE, get().add("x-a", "b\t"));
    refused(HttpViolation.EXPECTATION, get().add("expect", "more"));
    refused(HttpViolation.LENGTH_MALFORMED, get().add("content-length", "+1"));
    refused(
        HttpViolation.LENGTH_REPEATED, get().add("content-length", "0").add("content-length", "0"));
    refused(HttpViolation.LENGTH_MISMATCH, get().add("content-length", "1"));
  }

  @Test
  void optionsMayBeForTheServer() throws BadMessage {
    assertThat(accept(get().method("OPTIONS").path("*")).target()).isEqualTo("*");
  }

  @Test
  void fieldsAreBoundedInNumberAndInOctets() throws BadMessage {
    int most = LIMITS.messages().maxFields();
    Http2Headers many = get();
    for (int i = 0; i < most; i++) {
      many.add("a", "b");
    }
    assertThat(accept(many).fields().size()).isEqualTo(most);
    refused(HttpViolation.TOO_MANY_FIELDS, copy(many).add("a", "b"));
    refused(HttpViolation.TOO_MANY_FIELDS, copy(many).add("cookie", "b"));
    String half = "x".repeat(LIMITS.messages().maxHeadBytes() / 2);
    refused(HttpViolation.HEAD_TOO_LARGE, get().add("a", half).add("b", half));
  }

  private static void trailersRefused(HttpViolation rule, Http2Headers trailers) {
    assertThat(catchThrowable(() -> H2Heads.acceptTrailersOfClient(trailers, LIMITS)))
        .as(trailers.toString())
        .isInstanceOfSatisfying(BadMessage.class, e -> assertThat(e.rule()).isEqualTo(rule));
  }

  private static Http2Headers trailers(String name, String value) {
    return new DefaultHttp2Headers(false).add(name, value);
  }

  @Test
  void trailersAreHeldToTheRulesOfHttp1() throws BadMessage {
    H2Heads.acceptTrailersOfClient(trailers("x-sum", "7"), LIMITS);
    for (String name :
        List.of(
            "content-length",
            "host",
            "authorization",
            "via",
            "cookie",
            "connection",
            "proxy-connection",
            "http2-settings",
            "proxy-authentication-info")) {
      trailersRefused(HttpViolation.TRAILER_FORBIDDEN, trailers(name, "1"));
    }
    trailersRefused(HttpViolation.PSEUDO_FIELDS, trailers(":path", "/"));
    trailersRefused(HttpViolation.FIELD_NAME, trailers("X-A", "b"));
    trailersRefused(HttpViolation.FIELD_VALUE, trailers("x-a", "b\r\nx: y"));
    Http2Headers many = trailers("a", "b");
    for (int i = 1; i < LIMITS.messages().maxFields(); i++) {
      many.add("a", "b");
    }
    H2Heads.acceptTrailersOfClient(many, LIMITS);
    trailersRefused(HttpViolation.TOO_MANY_FIELDS, many.add("a", "b"));
    trailersRefused(
        HttpViolation.HEAD_TOO_LARGE, trailers("a", "x".repeat(LIMITS.messages().maxHeadBytes())));
  }

  @Test
  void aHeadTakesItsNamesTooAndSomethingForEachLine() throws BadMessage {
    RequestHead head = accept(get().add("x-" + "n".repeat(98), "v").add("y", "z"));
    assertThat(H2Heads.bytes(head.fields())).isEqualTo(100 + 1 + 2 + 2 * 32);
  }

  @Test
  void crumbsOfACookieAreOneFieldAndBoundedInNumber() throws BadMessage {
    Http2Headers crumbs = get();
    Map<Integer, Integer> lengths = new TreeMap<>();
    for (int i = 0; i < H2Profile.MAX_COOKIE_CRUMBS; i++) {
      crumbs.add("cookie", "a=b");
      lengths.put(i + 1, requireNonNull(accept(crumbs).fields().first(FieldNames.COOKIE)).length());
    }
    assertThat(lengths).allSatisfy((n, length) -> assertThat(length).isEqualTo(5 * n - 2));
    assertThat(accept(crumbs).fields().size()).isEqualTo(1);
    refused(HttpViolation.TOO_MANY_FIELDS, crumbs.add("cookie", "a=b"));
  }
}

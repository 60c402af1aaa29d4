package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Coding;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Variants of stored responses in further codings, as clients see them. */
class CodedVariantsTest {
  @ParameterizedTest
  @EnumSource
  void aVariantIsMadeOnceAndIsTheTextToItsDecoder(Coding coding) {
    try (TestBackend backend = CodedSite.text("ETag: \"v1\"", "Accept-Ranges: bytes");
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CodedSite.make(fra, "/a", coding);
      long before = CodedSite.coded(fra).answers();
      for (int i = 0; i < 20; i++) {
        RawClient.Answer answer =
            CachedSite.ask(fra, "/a", "Accept-Encoding: " + coding.token() + ";q=0.5");
        assertThat(answer.field("content-encoding")).contains(coding.token());
        assertThat(CodedSite.decoded(answer)).isEqualTo(CodedSite.TEXT);
        assertThat(answer.field("etag")).contains("W/\"v1\"");
        assertThat(answer.all("vary")).containsExactly("accept-encoding");
        assertThat(answer.field("accept-ranges")).isEmpty();
        assertThat(answer.field("cache-status").orElseThrow())
            .contains("; hit; ")
            .endsWith("; detail=" + coding.token());
        assertThat(answer.field("content-length").map(Integer::parseInt).orElseThrow())
            .isLessThan(CodedSite.TEXT.length() / 2);
      }
      assertThat(CodedSite.coded(fra).made()).isEqualTo(1);
      assertThat(CodedSite.coded(fra).answers() - before).isEqualTo(20);
      assertThat(CodedSite.coded(fra).savedBytes()).isGreaterThan(10L * CodedSite.TEXT.length());
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void whoAcceptsNoCodingGetsWhatWasReceivedAndLearnsThatThereAreOthers() {
    try (TestBackend backend = CodedSite.text("ETag: \"v1\"");
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CodedSite.make(fra, "/a", Coding.GZIP);
      for (String accept :
          List.of("X: y", "Accept-Encoding: gzip;q=0", "Accept-Encoding: identity, gzip;q=0.9")) {
        RawClient.Answer answer = CachedSite.ask(fra, "/a", accept);
        assertThat(answer.field("content-encoding")).isEmpty();
        assertThat(answer.body()).isEqualTo(CodedSite.TEXT);
        assertThat(answer.field("etag")).contains("\"v1\"");
        assertThat(answer.all("vary")).containsExactly("accept-encoding");
      }
    }
  }

  @Test
  void theTagOfAVariantIsAnsweredBy304WithTheSameTag() {
    try (TestBackend backend = CodedSite.text("ETag: \"v1\"");
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CodedSite.make(fra, "/a", Coding.GZIP);
      RawClient.Answer weak =
          CachedSite.ask(fra, "/a", "Accept-Encoding: gzip", "If-None-Match: W/\"v1\"");
      assertThat(weak.status()).isEqualTo(304);
      assertThat(weak.field("etag")).contains("W/\"v1\"");
      assertThat(weak.all("vary")).containsExactly("accept-encoding");
      assertThat(weak.field("content-encoding")).isEmpty();
      RawClient.Answer strong = CachedSite.ask(fra, "/a", "If-None-Match: \"v1\"");
      assertThat(strong.status()).isEqualTo(304);
      assertThat(strong.field("etag")).contains("\"v1\"");
    }
  }

  @Test
  void partsAreOfWhatWasReceivedAndNeverOfAVariant() {
    String modified = "Last-Modified: Sun, 01 Nov 2015 00:00:00 GMT";
    try (TestBackend backend = CodedSite.text("ETag: \"v1\"", modified);
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CodedSite.make(fra, "/a", Coding.GZIP);
      String accept = "Accept-Encoding: gzip";
      RawClient.Answer part = CachedSite.ask(fra, "/a", accept, "Range: bytes=1-3");
      assertThat(part.status()).isEqualTo(206);
      assertThat(part.body()).isEqualTo(CodedSite.TEXT.substring(1, 4));
      assertThat(part.field("content-encoding")).isEmpty();
      assertThat(part.field("etag")).contains("\"v1\"");
      for (String condition : List.of("W/\"v1\"", modified.substring(15))) {
        RawClient.Answer whole =
            CachedSite.ask(fra, "/a", accept, "Range: bytes=1-3", "If-Range: " + condition);
        assertThat(whole.status()).as(condition).isEqualTo(200);
        assertThat(CodedSite.decoded(whole)).isEqualTo(CodedSite.TEXT);
      }
      RawClient.Answer strong =
          CachedSite.ask(fra, "/a", accept, "Range: bytes=1-3", "If-Range: \"v1\"");
      assertThat(strong.status()).isEqualTo(206);
    }
  }

  @Test
  void headTellsOfTheVariantThatGetWouldGive() {
    try (TestBackend backend = CodedSite.text();
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CodedSite.make(fra, "/a", Coding.BROTLI);
      RawClient.Answer get = CachedSite.ask(fra, "/a", "Accept-Encoding: br");
      long before = CodedSite.coded(fra).answers();
      try (RawClient client = new RawClient(fra.http())) {
        RawClient.Answer head =
            client
                .send("HEAD /a HTTP/1.1\r\nHost: shop.test\r\nAccept-Encoding: br\r\n\r\n")
                .read(true);
        assertThat(head.field("content-encoding")).contains("br");
        assertThat(head.field("content-length")).isEqualTo(get.field("content-length"));
      }
      assertThat(CodedSite.coded(fra).answers()).as("no body was sent").isEqualTo(before);
    }
  }

  @Test
  void whatIsBetterIsMadeAndMeanwhileThereIsWhatIsThere() {
    try (TestBackend backend = CodedSite.text();
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CodedSite.make(fra, "/a", Coding.GZIP);
      RawClient.Answer first = CachedSite.ask(fra, "/a", "Accept-Encoding: gzip, br");
      // It waits for nothing, and is not identity; br may be made by the time that it is written.
      assertThat(first.field("content-encoding").orElse("")).isIn("gzip", "br");
      TestSite.await("br is made", () -> CodedSite.coded(fra).made() == 2);
      RawClient.Answer second = CachedSite.ask(fra, "/a", "Accept-Encoding: gzip, br");
      assertThat(second.field("content-encoding")).contains("br");
      RawClient.Answer third = CachedSite.ask(fra, "/a", "Accept-Encoding: gzip, br;q=0.1");
      assertThat(third.field("content-encoding")).contains("gzip");
    }
  }

  @Test
  void otherNodesGetWhatWasReceivedAndMakeTheirOwn() {
    try (TestBackend backend = CodedSite.text("ETag: \"v1\"");
        TestSite fra = CodedSite.of("fra", 1);
        TestSite nyc = CodedSite.of("nyc", 2)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      CodedSite.make(nyc, "/a", Coding.GZIP);
      CodedSite.make(fra, "/a", Coding.GZIP);
      RawClient.Answer hit = CachedSite.ask(fra, "/a", "Accept-Encoding: gzip");
      assertThat(hit.field("content-encoding")).contains("gzip");
      assertThat(hit.all("vary")).containsExactly("accept-encoding");
      assertThat(CodedSite.decoded(hit)).isEqualTo(CodedSite.TEXT);
      assertThat(backend.received).hasSize(1);
      RawClient.Answer identity = CachedSite.ask(fra, "/a");
      assertThat(identity.field("etag")).contains("\"v1\"");
      assertThat(identity.field("content-encoding")).isEmpty();
    }
  }

  @Test
  void canaryWithoutTheKeyNothingIsCodedAndNothingVaries() {
    try (TestBackend backend = CodedSite.text();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 3; i++) {
        RawClient.Answer answer = CachedSite.ask(fra, "/a", "Accept-Encoding: gzip");
        assertThat(answer.body()).isEqualTo(CodedSite.TEXT);
        assertThat(answer.all("vary")).isEmpty();
      }
      assertThat(CodedSite.coded(fra).made()).isZero();
    }
  }
}

package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Coding;
import io.landfall.cache.Purge;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What variants in further codings cost at most, and when they end. */
class CodedBoundsTest {
  private static final String GZIP = "Accept-Encoding: gzip";

  @Test
  void manyWhoAskAtOnceHaveItMadeOnce() {
    try (TestBackend backend = CodedSite.text();
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        clients.add(new RawClient(fra.http()));
      }
      for (int turn = 0; turn < 3; turn++) {
        clients.forEach(each -> each.send(CachedSite.get("/a", GZIP)));
        for (RawClient each : clients) {
          assertThat(CodedSite.decoded(each.read())).isEqualTo(CodedSite.TEXT);
        }
      }
      clients.forEach(RawClient::close);
      TestSite.await("it is made", () -> CodedSite.coded(fra).made() == 1);
      assertThat(CachedSite.ask(fra, "/a", GZIP).field("content-encoding")).contains("gzip");
      assertThat(CodedSite.coded(fra).made() + CodedSite.coded(fra).notMade()).isEqualTo(1);
    }
  }

  @Test
  void whatDoesNotBecomeShorterIsTriedOnce() {
    byte[] noise = new byte[4000];
    new Random(1).nextBytes(noise);
    StringBuilder text = new StringBuilder();
    for (byte each : noise) {
      text.append((char) (each & 0xff));
    }
    String body = text.toString();
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out,
                        CodedSite.response(
                            body, "Cache-Control: max-age=60", "Content-Type: text/plain")));
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      CachedSite.ask(fra, "/a", GZIP);
      TestSite.await("it was tried", () -> CodedSite.coded(fra).notMade() == 1);
      for (int i = 0; i < 50; i++) {
        RawClient.Answer answer = CachedSite.ask(fra, "/a", GZIP);
        assertThat(answer.field("content-encoding")).isEmpty();
        assertThat(answer.body()).isEqualTo(body);
      }
      assertThat(CodedSite.coded(fra).notMade()).isEqualTo(1);
      assertThat(CodedSite.coded(fra).made()).isZero();
    }
  }

  @Test
  void aVariantTakesRoomAndGivesItBackWithWhatItWasMadeOf() {
    try (TestBackend backend = CodedSite.text();
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a");
      TestSite.await("it is stored", () -> CachedSite.ask(fra, "/a").field("age").isPresent());
      long identity = CachedSite.view(fra).stored().bytes();
      CodedSite.make(fra, "/a", Coding.GZIP);
      CodedSite.make(fra, "/a", Coding.ZSTD);
      assertThat(CachedSite.view(fra).stored().bytes()).isGreaterThan(identity + 50);
      fra.edge().purge(new Purge.Everything(), false).join();
      RawClient.Answer anew = CachedSite.ask(fra, "/a", "Accept-Encoding: gzip, zstd");
      assertThat(anew.field("cache-status").orElseThrow()).contains("fwd=uri-miss");
      assertThat(anew.field("content-encoding")).isEmpty();
      assertThat(backend.received).hasSize(2);
      assertThat(CodedSite.coded(fra).made()).isEqualTo(2);
      TestSite.await(
          "the room is given back", () -> CachedSite.view(fra).stored().bytes() <= identity);
    }
  }

  @Test
  void whatIsFoundToBeRightKeepsItsVariants() {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out,
                        request.all("if-none-match").isEmpty()
                            ? CodedSite.response(
                                CodedSite.TEXT,
                                "Cache-Control: max-age=10",
                                "Content-Type: text/css",
                                "ETag: \"v1\"")
                            : "HTTP/1.1 304 Not Modified\r\n"
                                + CachedSite.joined("ETag: \"v1\"", "Cache-Control: max-age=10")
                                + "\r\n"));
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CodedSite.make(fra, "/a", Coding.BROTLI);
      for (int i = 0; i < 3; i++) {
        fra.letPass(11_000);
        RawClient.Answer validated = CachedSite.ask(fra, "/a", "Accept-Encoding: br");
        assertThat(validated.field("cache-status").orElseThrow()).contains("fwd-status=304");
        assertThat(validated.field("content-encoding")).contains("br");
        assertThat(CodedSite.decoded(validated)).isEqualTo(CodedSite.TEXT);
      }
      assertThat(CodedSite.coded(fra).made()).isEqualTo(1);
      assertThat(backend.received.get(1).all("if-none-match")).containsExactly("\"v1\"");
    }
  }

  @Test
  void whatForbidsItIsNotTouched() {
    try (TestBackend backend = CodedSite.text("Cache-Control: no-transform");
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (int i = 0; i < 3; i++) {
        RawClient.Answer answer = CachedSite.ask(fra, "/a", GZIP);
        assertThat(answer.body()).isEqualTo(CodedSite.TEXT);
        assertThat(answer.all("vary")).isEmpty();
      }
      assertThat(CodedSite.coded(fra).made() + CodedSite.coded(fra).notMade()).isZero();
    }
  }

  @Test
  void requestsWithCredentialsGetWhatWasReceived() {
    try (TestBackend backend = CodedSite.text();
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CodedSite.make(fra, "/a", Coding.GZIP);
      for (String line : List.of("Cookie: s=1", "Cache-Control: no-transform")) {
        assertThat(CachedSite.ask(fra, "/a", GZIP, line).body()).isEqualTo(CodedSite.TEXT);
      }
      assertThat(CachedSite.ask(fra, "/a", GZIP).field("content-encoding")).contains("gzip");
    }
  }

  @Test
  void theOriginIsAskedForWhatTheClientAccepts() {
    try (TestBackend backend = CodedSite.text();
        TestSite fra = CodedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a", "Accept-Encoding: zstd;q=0.3, deflate, br");
      assertThat(backend.received.getFirst().all("accept-encoding")).containsExactly("br, zstd");
    }
  }
}

package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.KeyPolicy;
import io.landfall.cache.QueryRules;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a key leaves out of a request does not get into a response that others receive. */
class PoisoningTest {
  /** Answers with all that it was sent, and lets it be stored. */
  private static TestBackend echo() {
    return new TestBackend(
        (request, in, out) -> {
          String body = request.line() + "\n" + String.join("\n", request.fields());
          return TestBackend.raw(
              out,
              "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body);
        });
  }

  private static String send(TestSite site, String text) {
    try (RawClient client = new RawClient(site.http())) {
      return client.send(RawClient.wire(text)).read().body();
    }
  }

  @Test
  void fieldsThatChangeTheRequestAreNotSentWithAFetch() {
    try (TestBackend backend = echo();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (String field :
          List.of(
              "X-HTTP-Method-Override: DELETE",
              "X-Method-Override: POST",
              "X-Original-URL: /evil",
              "X-Forwarded-Host: evil.test",
              "X-Forwarded-Scheme: evil",
              "Forwarded: host=evil.test",
              "Range: bytes=0-0",
              "If-Range: evil")) {
        String path = "/" + field.substring(0, field.indexOf(':'));
        CachedSite.ask(fra, path, field);
        assertThat(CachedSite.ask(fra, path).body())
            .as(field)
            .startsWith("GET " + path)
            .doesNotContain("evil", "DELETE", "POST", "bytes=0-0\n");
      }
    }
  }

  @Test
  void theOriginSeesOfAcceptEncodingWhatSelectsAResponse() {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) -> {
                  String body = request.all("accept-encoding").toString();
                  return TestBackend.raw(
                      out,
                      "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nVary: Accept-Encoding\r\n"
                          + "Content-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body);
                });
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (String evil : List.of("evil", ",evil", "gzip;q=0, evil", "evil;q=0.5,deflate")) {
        assertThat(CachedSite.ask(fra, "/a", "Accept-Encoding: " + evil).body())
            .as(evil)
            .isEqualTo("[identity]");
      }
      assertThat(CachedSite.ask(fra, "/b", "Accept-Encoding: evil, br;q=0.1, gzip").body())
          .isEqualTo("[br, gzip]");
      assertThat(CachedSite.ask(fra, "/c").body()).isEqualTo("[]");
    }
  }

  @Test
  void aGetWithABodyIsNeverStored() {
    try (TestBackend backend = echo();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      send(fra, "GET /a HTTP/1.1\nHost: shop.test\nContent-Length: 4\nX-Evil: 1\n\nevil");
      assertThat(CachedSite.ask(fra, "/a").body()).doesNotContain("x-evil");
      assertThat(CachedSite.view(fra).requests().bypasses()).isEqualTo(1);
    }
  }

  @Test
  void pathsAndHostsThatAnOriginCouldTellApartAreKeysOfTheirOwn() {
    try (TestBackend backend = echo();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      for (String path : List.of("/a", "/a;x=1", "/a/", "/A", "/a%2Fb", "/a//b", "/a?", "/a?b")) {
        assertThat(CachedSite.ask(fra, path).body()).startsWith("GET " + path + " HTTP");
      }
      for (String host : List.of("shop.test:80", "shop.test:81", "shop.test.")) {
        assertThat(send(fra, "GET /a HTTP/1.1\nHost: " + host + "\n\n"))
            .contains("host: " + host + "\n");
      }
    }
  }

  @Test
  void whatIsTheSameInNormalFormIsOneKeyAndTheOriginSeesTheNormalForm() {
    try (TestBackend backend = echo();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(CachedSite.ask(fra, "/%61").body()).startsWith("GET /a HTTP");
      assertThat(CachedSite.ask(fra, "/a").body()).startsWith("GET /a HTTP");
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void aParameterThatIsNotKeyedDoesNotReachTheOrigin() {
    CachePolicy policy =
        CachePolicy.DEFAULT.withKey(
            new KeyPolicy(
                List.of(),
                new QueryRules(QueryRules.Mode.ALL_BUT, List.of("utm_*", "evil"), false)));
    try (TestBackend backend = echo();
        TestSite fra = CachedSite.of("fra", 1, policy)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(CachedSite.ask(fra, "/a?evil=1&b=2&utm_source=x").body())
          .startsWith("GET /a?b=2 HTTP");
      assertThat(CachedSite.ask(fra, "/a?b=2").field("cache-status").orElseThrow())
          .contains("; hit; ");
    }
  }

  @Test
  void aKeyedFieldMakesAResponseOfItsOwn() {
    CachePolicy policy =
        CachePolicy.DEFAULT.withKey(new KeyPolicy(List.of("x-device"), QueryRules.WHOLE));
    try (TestBackend backend = echo();
        TestSite fra = CachedSite.of("fra", 1, policy)) {
      fra.publish(Signal.UP, backends(backend));
      CachedSite.ask(fra, "/a", "X-Device: phone");
      assertThat(CachedSite.ask(fra, "/a", "X-Device: desk").body()).contains("x-device: desk");
      assertThat(CachedSite.ask(fra, "/a", "X-Device: phone").field("cache-status").orElseThrow())
          .contains("; hit; ");
    }
  }

  @Test
  void whatAFieldSelectsThatTheOriginDoesNotSeeIsNotStored() {
    try (TestBackend backend = echo();
        TestSite fra = CachedSite.of("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      RawClient.Answer answer = CachedSite.ask(fra, "/a", "Connection: X-Who", "X-Who: me");
      assertThat(answer.field("cache-status").orElseThrow()).contains("fwd=bypass");
      assertThat(CachedSite.view(fra).stored().keys()).isZero();
      CachedSite.ask(fra, "/a", "Connection: TE", "TE: trailers");
      assertThat(CachedSite.view(fra).stored().keys()).isEqualTo(1);
    }
  }
}

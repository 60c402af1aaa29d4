package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.TtlPolicy;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Web cache deception: a victim is led to its own page under a name that looks static, and the
 * attacker asks for the same name behind it. What is stored depends on what the origin says and
 * never on the path: no part of the node knows extensions or folders.
 */
class CacheDeceptionTest {
  /** The page under all the names that some origin or framework takes for it. */
  private static final List<String> DISGUISED =
      List.of(
          "/account",
          "/account.css",
          "/account/x.css",
          "/account.php/x.css",
          "/account;x.css",
          "/account;/x.css",
          "/account%2fx.css",
          "/account%2Fx.css",
          "/account%3fx.css",
          "/account%3Fx=1.css",
          "/account%23x.css",
          "/account%00.css",
          "/account%00x.css",
          "/account%0ax.css",
          "/account%09x.css",
          "/account%20.css",
          "/account%5cx.css",
          "/account~x.css",
          "/account!x.css",
          "/account//x.css",
          "/account?x.css",
          "/account/robots.txt",
          "/account/favicon.ico",
          "//account/x.css",
          "/%61ccount/x.css",
          "/static;/account",
          "/static%2faccount");

  /** The same with segments that the origin resolves, and a cache may not. */
  private static final List<String> REFUSED =
      List.of(
          "/static/..%2faccount",
          "/static/..%2Faccount",
          "/static/%2e%2e/account",
          "/static/%2e%2e%2faccount",
          "/static/.%2e%2faccount",
          "/static%2f..%2faccount",
          "/static/..;/account",
          "/static/..%5caccount",
          "/account/..%2fstatic/x.css",
          "/account/%2e%2e/static/x.css");

  private volatile String control = "";
  private final TestBackend origin = new TestBackend((request, in, out) -> page(request, out));
  private final TestSite fra = CachedSite.of("fra", 1, CachePolicy.DEFAULT);

  /** Whatever the path, the page of the client that its cookie names. */
  private boolean page(TestBackend.Received request, OutputStream out) throws java.io.IOException {
    String body = "account of " + request.all("cookie");
    return TestBackend.raw(
        out,
        "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\n"
            + control
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  @BeforeEach
  void isUp() {
    fra.publish(Signal.UP, backends(origin));
  }

  @AfterEach
  void closes() {
    fra.close();
    origin.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Cache-Control: private\r\n",
        "Cache-Control: no-store\r\n",
        "Cache-Control: no-cache\r\n",
        "Cache-Control: max-age=0\r\n",
        "Cache-Control: max-age=600, private\r\n",
        "Cache-Control: max-age=600\r\nSet-Cookie: a=1\r\n",
        "Cache-Control: max-age=600\r\nVary: Cookie\r\n",
        "Cache-Control: max-age=600\r\nVary: *\r\n",
        "Expires: 0\r\n",
        "ETag: \"a\"\r\n"
      })
  void noNameMakesAPageOfOneClientThatOfAnother(String says) {
    control = says;
    for (String path : DISGUISED) {
      RawClient.Answer victim = CachedSite.ask(fra, path, "Cookie: id=victim");
      RawClient.Answer attacker = CachedSite.ask(fra, path);
      assertThat(victim.body()).as(path).isEqualTo("account of [id=victim]");
      assertThat(attacker.body()).as(path).isEqualTo("account of []");
    }
    int asked = origin.received.size();
    for (String path : REFUSED) {
      assertThat(CachedSite.ask(fra, path, "Cookie: id=victim").status()).as(path).isEqualTo(400);
    }
    assertThat(origin.received.size()).isEqualTo(asked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/page", "/page.php", "/x.css", "/a.b/c", "/robots.txt", "/img/x.png"})
  void whatTheOriginLetsBeStoredIsWhateverItsName(String path) {
    control = "Cache-Control: max-age=600\r\n";
    CachedSite.ask(fra, path);
    assertThat(CachedSite.ask(fra, path).field("cache-status").orElseThrow()).contains("; hit");
    control = "";
    String other = path + "2";
    CachedSite.ask(fra, other);
    assertThat(CachedSite.ask(fra, other).field("cache-status").orElseThrow())
        .contains("fwd=uri-miss");
    assertThat(CachedSite.view(fra).stored().keys()).isEqualTo(1);
  }

  @Test
  void withoutTheHeuristicAPageThatSaysNothingButItsDateIsAskedForEachTime() {
    TtlPolicy usual = TtlPolicy.DEFAULT;
    TtlPolicy none =
        new TtlPolicy(
            0,
            usual.minSeconds(),
            usual.maxSeconds(),
            usual.statusSeconds(),
            usual.heuristicPercent(),
            usual.heuristicMostSeconds(),
            usual.hitForMissSeconds());
    control = "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
    try (TestSite nyc = CachedSite.of("nyc", 2, CachePolicy.DEFAULT.withTtl(none))) {
      nyc.publish(Signal.UP, backends(origin));
      CachedSite.ask(nyc, "/account/x.css", "Cookie: id=victim");
      assertThat(CachedSite.ask(nyc, "/account/x.css").body()).isEqualTo("account of []");
    }
    CachedSite.ask(fra, "/account/x.css", "Cookie: id=victim");
    assertThat(CachedSite.ask(fra, "/account/x.css").body())
        .as("by the heuristic of RFC 9111 section 4.2.2")
        .isEqualTo("account of [id=victim]");
  }
}

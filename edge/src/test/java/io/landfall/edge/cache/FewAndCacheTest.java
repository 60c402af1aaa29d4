package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.RuledBackends;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is for one client, or for few, does not get into what others receive from a cache. */
class FewAndCacheTest {
  private volatile String fields = "Cache-Control: max-age=60";
  private final TestBackend canary = new TestBackend((request, in, out) -> says(out, "canary"));
  private final TestBackend usual = new TestBackend((request, in, out) -> says(out, "usual"));
  private final CachePolicy policy =
      CachePolicy.DEFAULT.withMethods(List.of("GET", "HEAD", "POST"));
  private final TestSite fra = CachedSite.of("fra", 1, policy);
  private final TestSite nyc = new TestSite("nyc", 2);

  private boolean says(OutputStream out, String name) throws IOException {
    return TestBackend.raw(
        out,
        "HTTP/1.1 200 OK\r\n"
            + fields
            + "\r\nContent-Length: "
            + name.length()
            + "\r\n\r\n"
            + name);
  }

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    canary.close();
    usual.close();
  }

  private void withCanaries(TestSite site) {
    site.publish(
        Signal.UP,
        RuledBackends.kept(
            RuledBackends.CANARY,
            RuledBackends.kept(canary, true, RuledBackends.CANARY),
            RuledBackends.sticky(usual, true, 1)));
  }

  private void sticky(TestSite site) {
    site.publish(Signal.UP, RuledBackends.sticky(0, RuledBackends.sticky(usual, true, 1)));
  }

  private String post(String path, String line) {
    try (RawClient client = new RawClient(fra.http())) {
      return client
          .send(
              "POST "
                  + path
                  + " HTTP/1.1\r\nHost: shop.test\r\n"
                  + line
                  + "Content-Length: 2\r\n\r\nhi")
          .read()
          .body();
    }
  }

  @Test
  void theResponseOfACanaryIsNotStoredAndNoStoredOneIsInItsPlace() {
    withCanaries(fra);
    assertThat(CachedSite.ask(fra, "/a", "X-Canary: yes").body()).isEqualTo("canary");
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("usual");
    assertThat(CachedSite.ask(fra, "/a", "X-Canary: yes").body()).isEqualTo("canary");
    assertThat(CachedSite.ask(fra, "/a").field("cache-status").orElseThrow()).contains("hit");
    assertThat(usual.received).hasSize(1);
  }

  @Test
  void theResponseOfACanaryToPostDoesNotAnswerGet() {
    withCanaries(fra);
    fields = "Cache-Control: max-age=60\r\nContent-Location: /a";
    assertThat(post("/a", "X-Canary: yes\r\n")).isEqualTo("canary");
    assertThat(CachedSite.ask(fra, "/a").body()).isEqualTo("usual");
  }

  @Test
  void theCacheOfAnotherSiteDoesNotStoreWhatACanaryAnswered() {
    withCanaries(nyc);
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    for (String own :
        List.of("", "\r\nLandfall-Cache-Control: max-age=60", "\r\nLandfall-Cache-Control: ?=")) {
      fields = "Cache-Control: max-age=60" + own;
      String path = "/" + own.length();
      RawClient.Answer first = CachedSite.ask(fra, path, "X-Canary: yes");
      assertThat(first.body()).isEqualTo("canary");
      assertThat(first.field("landfall-cache-control")).isEmpty();
      assertThat(CachedSite.ask(fra, path).body()).as(own).isEqualTo("usual");
    }
  }

  @Test
  void aStoredResponseHasNoClientsCookieAndNoneGetsOneWithIt() {
    sticky(fra);
    for (int i = 0; i < 3; i++) {
      RawClient.Answer answer = CachedSite.ask(fra, "/a");
      assertThat(answer.body()).isEqualTo("usual");
      assertThat(answer.field("set-cookie")).isEmpty();
      assertThat(answer.all("cache-control")).containsExactly("max-age=60");
    }
    assertThat(usual.received).hasSize(1);
  }

  @Test
  void aResponseThatIsNotStoredBringsTheCookieToTheOneWhoAskedForIt() {
    sticky(fra);
    fields = "Cache-Control: private";
    RawClient.Answer first = CachedSite.ask(fra, "/a");
    assertThat(first.field("set-cookie").orElseThrow())
        .startsWith(RuledBackends.COOKIE + "=" + RuledBackends.cookieOf(usual) + ";");
    String cookie = "Cookie: " + RuledBackends.COOKIE + "=" + RuledBackends.cookieOf(usual);
    assertThat(CachedSite.ask(fra, "/a", cookie).field("set-cookie")).isEmpty();
    assertThat(usual.received).allMatch(request -> request.all("cookie").isEmpty());
  }

  @Test
  void theResponseToPostIsStoredWithoutTheCookieThatItsClientGot() {
    sticky(fra);
    fields = "Cache-Control: max-age=60\r\nContent-Location: /a";
    try (RawClient client = new RawClient(fra.http())) {
      RawClient.Answer posted =
          client.send("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 2\r\n\r\nhi").read();
      assertThat(posted.all("set-cookie")).hasSize(1);
    }
    RawClient.Answer got = CachedSite.ask(fra, "/a");
    assertThat(got.field("cache-status").orElseThrow()).contains("hit");
    assertThat(got.field("set-cookie")).isEmpty();
  }

  @Test
  void theCacheOfAnotherSiteDoesNotStoreWhatHasACookie() {
    sticky(nyc);
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    for (int i = 1; i <= 2; i++) {
      assertThat(CachedSite.ask(fra, "/a").all("set-cookie")).hasSize(1);
      assertThat(usual.received).hasSize(i);
    }
  }
}

package io.landfall.edge.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which redirect a request gets, and where to. */
class RedirectRulesTest {
  private static Redirect to(String path, String to, boolean keepPath) {
    return new Redirect.To(Optional.empty(), Optional.of(path), to, keepPath, 302);
  }

  private static String find(String method, AsciiString scheme, String target, Redirect... rules) {
    Ruling found = new RedirectRules(List.of(rules)).find(Heads.of(method, scheme, target));
    return found instanceof Ruling.Redirected(int status, AsciiString location)
        ? status + " " + location
        : "none";
  }

  private static String find(String target, Redirect... rules) {
    return find("GET", RequestHead.HTTP, target, rules);
  }

  @Test
  void withoutARuleOrAPathThereIsNone() {
    assertThat(find("/")).isEqualTo("none");
    Redirect all = new Redirect.To(Optional.empty(), Optional.empty(), "/new", false, 302);
    assertThat(find("OPTIONS", RequestHead.HTTP, "*", all)).isEqualTo("none");
    assertThat(find("/a", all)).isEqualTo("302 /new");
  }

  @Test
  void toHttpsHoldsForHttpAndItsStatusForTheMethod() {
    Redirect rule = new Redirect.ToHttps();
    assertThat(find("GET", RequestHead.HTTP, "/a?b", rule)).isEqualTo("301 https://shop.test/a?b");
    assertThat(find("HEAD", RequestHead.HTTP, "/a", rule)).isEqualTo("301 https://shop.test/a");
    assertThat(find("POST", RequestHead.HTTP, "/a", rule)).isEqualTo("308 https://shop.test/a");
    assertThat(find("GET", RequestHead.HTTPS, "/a", rule)).isEqualTo("none");
    assertThat(find("GET", RequestHead.HTTPS, "/a", rule, to("/a", "/b", false)))
        .isEqualTo("302 /b");
  }

  @Test
  void aPathIsThatPathOrWhatIsBelow() {
    Redirect exact = to("/old", "/new", false);
    assertThat(find("/old", exact)).isEqualTo("302 /new");
    for (String other : List.of("/older", "/old/", "/ol", "/a/old")) {
      assertThat(find(other, exact)).as(other).isEqualTo("none");
    }
    Redirect below = to("/old/*", "/new", false);
    for (String each : List.of("/old", "/old/", "/old/a/b")) {
      assertThat(find(each, below)).as(each).isEqualTo("302 /new");
    }
    for (String other : List.of("/older", "/ol", "/a/old/", "/new/x")) {
      assertThat(find(other, below)).as(other).isEqualTo("none");
    }
  }

  @Test
  void aHostIsThatHost() {
    Redirect www =
        new Redirect.To(Optional.of("www.shop.test"), Optional.empty(), "/www", false, 302);
    Redirect own = new Redirect.To(Optional.of("shop.test"), Optional.of("/a"), "/b", false, 302);
    assertThat(find("/a", www)).isEqualTo("none");
    assertThat(find("/a", www, own)).isEqualTo("302 /b");
    assertThat(find("/c", www, own)).isEqualTo("none");
  }

  @Test
  void theFirstThatMatchesHasTheAnswer() {
    assertThat(find("/a", to("/b", "/1", false), to("/a", "/2", false), to("/a", "/3", false)))
        .isEqualTo("302 /2");
  }

  @Test
  void theQueryIsKeptUnlessTheRuleHasOne() {
    assertThat(find("/a?q=1&r", to("/a", "/b", false))).isEqualTo("302 /b?q=1&r");
    assertThat(find("/a?q", to("/a", "/b?own", false))).isEqualTo("302 /b?own");
    assertThat(find("/a?q", to("/a", "?own", false))).isEqualTo("302 ?own");
    assertThat(find("/a?", to("/a", "/b", false))).isEqualTo("302 /b?");
    assertThat(find("/a", to("/a", "/b", false))).isEqualTo("302 /b");
  }

  @Test
  void thePathIsKeptOnlyIfThatIsWanted() {
    assertThat(find("/a/b%2F?q", to("/a/*", "https://c.test", true)))
        .isEqualTo("302 https://c.test/a/b%2F?q");
    assertThat(find("/a/b", to("/a/*", "https://c.test", true)))
        .isEqualTo("302 https://c.test/a/b");
    assertThat(find("/a/b", to("/a/*", "https://c.test", false))).isEqualTo("302 https://c.test");
  }
}

package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.landfall.config.TrafficConfig.Maintenance;
import io.landfall.config.TrafficConfig.RateLimit;
import io.landfall.config.TrafficConfig.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of a service: what they mean, and what is refused. */
class TrafficReaderTest {
  private static final String HOSTS = "hosts: [shop.example]";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
    folder.write("page.html", "<h1>back soon</h1>");
  }

  private TrafficConfig rules(String lines) {
    return folder
        .valid(ConfigFolder.GOOD.replace(HOSTS, HOSTS + "\n    " + lines))
        .services()
        .getFirst()
        .traffic();
  }

  private List<String> problems(String lines) {
    return folder.problems(HOSTS, HOSTS + "\n    " + lines);
  }

  private void refuses(String lines, String expected) {
    assertThat(problems(lines)).as(lines).singleElement().asString().contains(expected);
  }

  @Test
  void aServiceWithoutRulesHasNone() {
    assertThat(rules("tier: 1")).isEqualTo(TrafficConfig.USUAL);
    assertThat(TrafficConfig.USUAL.hasRules()).isFalse();
    assertThat(TrafficConfig.of(List.of("x")).hasRules()).isFalse();
    assertThat(rules("maintenance: {}").hasRules()).isTrue();
  }

  @Test
  void clientsAreAllowedAndDeniedByPrefix() {
    TrafficConfig.Access access = rules("allow: [10.0.0.0/8]\n    deny: [10.6.0.0/16]").access();
    assertThat(access.allow())
        .containsExactly(new PrefixConfig(InetAddress.ofLiteral("10.0.0.0"), 8));
    assertThat(access.deny())
        .containsExactly(new PrefixConfig(InetAddress.ofLiteral("10.6.0.0"), 16));
    refuses("allow: []", "services.shop.allow: is empty: no client could use the service");
    refuses("deny: [10.0.0.1]", "services.shop.deny[0]: '10.0.0.1' is not a prefix");
    refuses("deny: [0.0.0.0/0]", "services.shop.deny[0]: 0.0.0.0/0 is every address there is");
    refuses(
        "deny: [" + "10.0.0.0/8, ".repeat(1_024) + "10.0.0.0/8]",
        "services.shop.deny: has 1025 entries, more than 1024");
  }

  @Test
  void redirectsAreReadInOrder() {
    assertThat(
            rules(
                    "redirects: [{to-https: true}, {path: /a, to: \"https://b.example\"},"
                        + " {host: shop.example, path: \"/c/*\", to: /d, keep-path: false,"
                        + " status: 308}]")
                .redirects())
        .containsExactly(
            new Redirect.ToHttps(),
            new Redirect.To(Optional.empty(), Optional.of("/a"), "https://b.example", false, 302),
            new Redirect.To(Optional.of("shop.example"), Optional.of("/c/*"), "/d", false, 308));
  }

  @Test
  void aRedirectNamesWhereToAndNothingElse() {
    String at = "services.shop.redirects[0]";
    refuses("redirects: [{path: /a}]", at + ".to: is missing");
    refuses("redirects: [{to-https: false}]", at + ".to: is missing");
    refuses("redirects: [{to-https: true, to: /a}]", at + ".to: does not go with to-https");
    refuses("redirects: [{to-https: true, status: 302}]", at + ".status: does not go with");
    refuses("redirects: [{path: /a, to: /b, status: 304}]", at + ".status: '304' is no status");
    refuses("redirects: [{host: b.example, to: /b}]", at + ".host: 'b.example' is no host of");
    for (String path : List.of("a", "/a/*/b", "/*x", "/a b", "\"/a?b\"")) {
      refuses("redirects: [{path: " + path + ", to: /b}]", at + ".path: ");
    }
    for (String to :
        List.of(
            "b.example",
            "ftp://b.example/",
            "//b.example",
            "\"https://\"",
            "\"https://u@b.example\"",
            "\"https://b.example/#x\"",
            "\"https://b.example/a b\"",
            "\"https://b.example/\\r\\nSet-Cookie: a=b\"",
            "\"javascript:alert(1)\"",
            "\"/\u00e4\"")) {
      refuses("redirects: [{path: /a, to: " + to + "}]", at + ".to: ");
    }
    refuses(
        "redirects: [{path: /a, to: \"https://b.example/\", keep-path: true}]",
        at + ".to: 'https://b.example/' has a slash or a query where the path is added");
    refuses("redirects: [{path: /a, to: /b, from: /c}]", at + ".from: unknown key");
    refuses(
        "redirects: [" + "{path: /a, to: /b}, ".repeat(256) + "{path: /a, to: /b}]",
        "services.shop.redirects: has 257 entries, more than 256");
  }

  @Test
  void aRedirectThatLeadsBackIsRefused() {
    String at = "services.shop.redirects[0].to: leads in a circle, or on without end, from ";
    refuses("redirects: [{to: \"https://shop.example/x\"}]", at + "https://shop.example/x");
    refuses("redirects: [{path: \"/a/*\", to: /a}]", at + "https://shop.example/a/x");
    refuses("redirects: [{to: \"https://shop.example\", keep-path: true}]", at);
    refuses("redirects: [{path: \"/*\", to: /new, keep-path: true}]", at);
    assertThat(problems("redirects: [{path: /a, to: /b}, {path: /b, to: \"/a?c\"}]")).hasSize(2);
    // Scheme, host, port or another rule before leads out of the circle.
    assertThat(problems("redirects: [{to: \"https://shop.example:8443/x\"}]")).isEmpty();
    assertThat(problems("redirects: [{to-https: true}, {path: /a, to: /b}]")).isEmpty();
    refuses(
        "redirects: [{to-https: true}, {path: /a, to: \"http://shop.example/a\"}]",
        "services.shop.redirects[1].to: leads in a circle");
    assertThat(
            problems(
                "redirects: [{path: /a/b, to: \"https://b.example\"}, {path: \"/a/*\", to: /a/b}]"))
        .isEmpty();
  }

  @Test
  void aHostWithoutItsOwnRedirectMayLeadToTheOther() {
    String hosts = "hosts: [shop.example, www.shop.example, \"*.b.example\"]\n    ";
    String to = "to: \"https://shop.example\", keep-path: true}]";
    assertThat(folder.problems(HOSTS, hosts + "redirects: [{host: www.shop.example, " + to))
        .isEmpty();
    assertThat(folder.problems(HOSTS, hosts + "redirects: [{host: x.b.example, " + to)).isEmpty();
    assertThat(folder.problems(HOSTS, hosts + "redirects: [{" + to)).hasSize(1);
    assertThat(folder.problems(HOSTS, hosts + "paths: [/a]\n    redirects: [{to: /b}]")).isEmpty();
  }

  @Test
  void fieldsAreSetAndRemoved() {
    TrafficConfig read =
        rules(
            "request-fields: {set: {X-Env: prod, x-n: 1}, remove: [X-Debug]}\n"
                + "    response-fields: {set: {Strict-Transport-Security: \"max-age=1; a\"}}");
    assertThat(read.requestFields().set()).containsOnly(entry("x-env", "prod"), entry("x-n", "1"));
    assertThat(read.requestFields().remove()).containsExactly("x-debug");
    assertThat(read.responseFields().set())
        .containsEntry("strict-transport-security", "max-age=1; a");
    assertThat(read.responseFields().remove()).isEmpty();
  }

  @Test
  void fieldsOfTheNodesAndOfTheFramingStayTheirs() {
    for (String section : List.of("request-fields", "response-fields")) {
      for (String name :
          List.of(
              "Connection",
              "Transfer-Encoding",
              "content_length",
              "Host",
              "Via",
              "TE",
              "Trailer",
              "X-Forwarded-For",
              "Forwarded",
              "Landfall-Decline",
              "Sec-WebSocket-Key",
              "Upgrade",
              "Content-Encoding",
              "CDN-Loop",
              "Proxy-Status")) {
        refuses(
            section + ": {remove: [" + name + "]}",
            "services.shop." + section + ".remove[0]: '" + name + "' is written or needed by");
        refuses(
            section + ": {set: {" + name + ": x}}",
            "services.shop." + section + ".set." + name + ": '" + name + "' is written or needed");
      }
    }
    refuses("request-fields: {set: {Range: bytes=0-1}}", "'Range' is written or needed");
    refuses("request-fields: {remove: [If-None-Match]}", "'If-None-Match' is written or needed");
    refuses("request-fields: {set: {X_Real_IP: \"::1\"}}", "'X_Real_IP' is written or needed");
    refuses("request-fields: {set: {X.Real.IP: \"::1\"}}", "'X.Real.IP' is written or needed");
    refuses("response-fields: {remove: [Vary]}", "'Vary' is written or needed");
    refuses("response-fields: {set: {ETag: \"1\"}}", "'ETag' is written or needed");
    assertThat(problems("response-fields: {set: {Cache-Control: no-store}, remove: [Set-Cookie]}"))
        .isEmpty();
  }

  @Test
  void namesAndValuesOfFieldsAreSuch() {
    String set = "services.shop.response-fields.set.";
    refuses("response-fields: {set: {\"X Y\": a}}", set + "X Y: 'X Y' is not the name of a field");
    refuses("response-fields: {set: {\":status\": \"1\"}}", "':status' is not the name of a field");
    refuses(
        "response-fields: {set: {X-A: \"a\\r\\nb\"}}", set + "X-A: is not the value of a field");
    refuses("response-fields: {set: {X-A: \"a\\0b\"}}", set + "X-A: is not the value of a field");
    refuses("response-fields: {set: {X-A: \" \"}}", set + "X-A: is not the value of a field");
    refuses("response-fields: {set: {X-A: \u00e4}}", set + "X-A: is not the value of a field");
    refuses("response-fields: {set: {X-A: a, x-a: b}}", set + "x-a: is set twice");
    refuses(
        "response-fields: {set: {X-A: a}, remove: [x-a]}",
        "services.shop.response-fields.remove: has 'x-a', which is set");
    StringBuilder many = new StringBuilder("response-fields: {set: {");
    for (int i = 0; i < 65; i++) {
      many.append(i == 0 ? "" : ", ").append("x-").append(i).append(": a");
    }
    refuses(many + "}}", "has 65 entries, more than 64");
  }

  @Test
  void rateLimitsAreReadWithTheirBurst() {
    assertThat(
            rules(
                    "rate-limits: [{requests: 100, per: 1s},"
                        + " {field: X-API-Key, requests: 10, per: 1m, burst: 3, always-report: true}]")
                .rateLimits())
        .containsExactly(
            new RateLimit(Optional.empty(), 100, 1_000, 100, false),
            new RateLimit(Optional.of("x-api-key"), 10, 60_000, 3, true));
    String at = "services.shop.rate-limits[0]";
    refuses("rate-limits: [{per: 1s}]", at + ".requests: is missing");
    refuses("rate-limits: [{requests: 1}]", at + ".per: is missing");
    refuses("rate-limits: [{requests: 10001, per: 1s}]", at + ".requests: is more than 10000");
    assertThat(problems("rate-limits: [{requests: 10000, per: 1s}]")).isEmpty();
    refuses(
        "rate-limits: [{requests: 1, per: 24h, burst: 2}]",
        at + ".burst: takes more than a day to come back");
    assertThat(problems("rate-limits: [{requests: 1, per: 24h}]")).isEmpty();
    refuses("rate-limits: [{field: \"a b\", requests: 1, per: 1s}]", at + ".field: 'a b' is not");
    refuses(
        "rate-limits: [" + "{requests: 1, per: 1s}, ".repeat(8) + "{requests: 1, per: 1s}]",
        "services.shop.rate-limits: has 9 entries, more than 8");
  }

  @Test
  void aQueueIsForAServiceWithALimit() {
    assertThat(rules("max-requests: 9\n    queue: {}").queue())
        .contains(new TrafficConfig.Queue(100, 1_000));
    assertThat(rules("max-requests: 9\n    queue: {max-waiting: 5, max-wait: 20ms}").queue())
        .contains(new TrafficConfig.Queue(5, 20));
    refuses("queue: {}", "services.shop.queue: has no use: without max-requests");
    refuses("max-requests: 9\n    queue: {max-wait: 2m}", "services.shop.queue.max-wait: 2m is");
  }

  @Test
  void anAuthorizationServiceIsAnHttpUrlOfAnAddress() {
    assertThat(rules("authorization: {url: \"http://127.0.0.1:9000/check?a\"}").authorization())
        .contains(
            new AuthorizationConfig(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9000),
                "127.0.0.1:9000",
                "/check?a",
                500,
                List.of("authorization", "cookie"),
                List.of(),
                AuthorizationConfig.OnFailure.DENY,
                256));
    assertThat(
            rules(
                    "authorization: {url: \"http://[2001:db8::1]\", timeout: 2s, on-failure: allow,"
                        + " request-fields: [X-Key], response-fields: [X-User], max-concurrent: 7}")
                .authorization())
        .contains(
            new AuthorizationConfig(
                new InetSocketAddress("2001:db8::1", 80),
                "[2001:db8::1]",
                "/",
                2_000,
                List.of("x-key"),
                List.of("x-user"),
                AuthorizationConfig.OnFailure.ALLOW,
                7));
    String at = "services.shop.authorization.";
    for (String url :
        List.of("http://auth:9000", "http://127.0.0.1:0/", "http://1.2.3/", "ftp://127.0.0.1/")) {
      refuses("authorization: {url: \"" + url + "\"}", at + "url: '" + url + "' is no http URL");
    }
    refuses("authorization: {url: \"https://127.0.0.1/\"}", "proxy that speaks TLS");
    refuses("authorization: {timeout: 1s}", at + "url: ");
    String url = "authorization: {url: \"http://127.0.0.1/\", ";
    refuses(url + "timeout: 1m}", at + "timeout: 1m is");
    refuses(url + "response-fields: [Host]}", at + "response-fields");
    refuses(url + "max-concurrent: 0}", at + "max-concurrent");
    refuses(url + "on-failure: maybe}", at + "on-failure");
  }

  @Test
  void maintenanceHasAPageThatIsThereAndSmall() {
    assertThat(rules("maintenance: {active: false}").maintenance())
        .contains(new Maintenance(Optional.empty(), 300_000, List.of(), false));
    assertThat(rules("maintenance: {}").maintenance())
        .contains(new Maintenance(Optional.empty(), 300_000, List.of()));
    assertThat(
            rules("maintenance: {page: page.html, retry-after: 2m, allow: [10.0.0.0/8]}")
                .maintenance())
        .contains(
            new Maintenance(
                Optional.of(folder.path("page.html")),
                120_000,
                List.of(new PrefixConfig(InetAddress.ofLiteral("10.0.0.0"), 8))));
    folder.write("large.html", "x".repeat(Maintenance.MAX_PAGE_BYTES + 1));
    folder.write("empty.html", "");
    String at = "services.shop.maintenance.page: ";
    refuses("maintenance: {page: absent.html}", at + "there is no file");
    refuses("maintenance: {page: large.html}", at + "large.html has 65536 bytes");
    refuses("maintenance: {page: empty.html}", at + "empty.html has 0 bytes");
  }
}

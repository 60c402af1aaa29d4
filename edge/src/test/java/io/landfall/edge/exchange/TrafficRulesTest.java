package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.ResultClass;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrafficSettings.Maintenance;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.TrafficSettings.Service;
import io.landfall.edge.TrafficStats;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules of a service: once, at the node where a request lands. */
class TrafficRulesTest {
  private final TestBackend backend =
      new TestBackend(
          (request, in, out) ->
              TestBackend.raw(
                  out,
                  RawClient.wire(
                      """
                        HTTP/1.1 200 OK
                        Content-Length: 2
                        Server: app/1
                        X-Powered-By: x
                        Via: 1.1 inner

                        ok""")));
  private TestSite nyc = new TestSite("nyc", 2);
  private TestSite fra = new TestSite("fra", 1);

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    backend.close();
  }

  private void sites(UnaryOperator<EdgeSettings> there, UnaryOperator<EdgeSettings> here) {
    nyc.close();
    fra.close();
    nyc = new TestSite("nyc", 2, there);
    fra = new TestSite("fra", 1, here);
    nyc.publish(Signal.UP, backends(backend));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
  }

  /** Two sites with the same rules; requests land at fra, and the backend is in nyc. */
  private void forwarding(Service rules) {
    sites(Rules.of(rules), Rules.of(rules));
  }

  /** The same behind a proxy that may name its clients. */
  private void behindProxy(Service rules) {
    sites(Rules.of(rules), Rules.behindProxy(rules));
  }

  private RawClient.Answer ask(String path, String... lines) {
    return send("GET", path, lines);
  }

  private RawClient.Answer send(String method, String path, String... lines) {
    try (RawClient client = new RawClient(fra.http())) {
      return client.send(request(method, path, lines)).read(method.equals("HEAD"));
    }
  }

  private static String request(String method, String path, String... lines) {
    StringBuilder text =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: shop.test\r\n");
    for (String line : lines) {
      text.append(line).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  private static Redirect to(String path, String to, boolean keepPath, int status) {
    return new Redirect.To(Optional.empty(), Optional.of(path), to, keepPath, status);
  }

  @Test
  void aLimitWhoseBurstComesBackInADayIsTaken() {
    for (long requests : new long[] {1, 7, 11, 28, 999_999, 1_000_000}) {
      RateLimit daily = new RateLimit(Optional.empty(), requests, 86_400_000, requests, false);
      try (TestBackend backend = TestBackend.saying("ok");
          TestSite fra = new TestSite("fra", 1, Rules.of(Rules.limits(daily)))) {
        fra.publish(Signal.UP, backends(backend));
        assertThat(RawClient.get(fra.http(), "shop.test", "/").status())
            .as(requests + " a day")
            .isEqualTo(200);
      }
    }
  }

  @Test
  void aRedirectIsAnsweredWhereTheRequestLands() {
    forwarding(
        Rules.redirects(
            to("/old", "https://new.example/x", false, 301),
            to("/moved/*", "https://new.example/base", true, 308),
            to("/fixed", "/here?a=1", false, 302),
            new Redirect.To(
                Optional.of("www.shop.test"), Optional.empty(), "https://shop.test", true, 307)));
    RawClient.Answer answer = ask("/old?q=1&r");
    assertThat(answer.status()).isEqualTo(301);
    assertThat(answer.all("location")).containsExactly("https://new.example/x?q=1&r");
    assertThat(answer.all("content-length")).containsExactly("0");
    assertThat(answer.field("proxy-status")).contains("fra; details=\"REDIRECTED\"");
    fra.awaitLastDecision(Reason.REDIRECTED);
    assertThat(ask("/moved/a%2Fb/c?q").all("location"))
        .containsExactly("https://new.example/base/moved/a%2Fb/c?q");
    assertThat(ask("/moved").status()).isEqualTo(308);
    assertThat(ask("/fixed?q").all("location")).containsExactly("/here?a=1");
    assertThat(send("HEAD", "/%6Fld").all("location")).containsExactly("https://new.example/x");
    RawClient.Answer other = RawClient.get(fra.http(), "WWW.shop.test:80", "/a?b");
    assertThat(other.status()).isEqualTo(307);
    assertThat(other.all("location")).containsExactly("https://shop.test/a?b");
    assertThat(backend.received).isEmpty();
    for (String path : List.of("/older", "/old/", "/movedx", "/a")) {
      assertThat(ask(path).status()).as(path).isEqualTo(200);
    }
    assertThat(backend.received).hasSize(4);
  }

  @Test
  void toHttpsIsForWhatTheClientReachedByHttp() {
    behindProxy(Rules.redirects(new Redirect.ToHttps()));
    RawClient.Answer answer = ask("/a?b=c");
    assertThat(answer.status()).isEqualTo(301);
    assertThat(answer.all("location")).containsExactly("https://shop.test/a?b=c");
    assertThat(ask("/a", "X-Forwarded-Proto: https").status()).isEqualTo(200);
    // The body of a request that is answered at once does not become the next request.
    try (RawClient client = new RawClient(fra.http())) {
      client.send(request("POST", "/form", "Content-Length: 5") + "hello");
      RawClient.Answer posted = client.read();
      assertThat(posted.status()).isEqualTo(308);
      assertThat(posted.all("location")).containsExactly("https://shop.test/form");
    }
    assertThat(send("OPTIONS", "*").status()).isEqualTo(200);
  }

  @Test
  void fieldsOfResponsesChangeOnceForTheClientAndNotBetweenNodes() {
    forwarding(
        Rules.responseFields(
            Rules.changes(
                List.of("x-env: prod", "strict-transport-security: max-age=1"),
                "server",
                "x-powered-by")));
    for (String method : List.of("GET", "HEAD")) {
      RawClient.Answer answer = send(method, "/");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.all("x-env")).containsExactly("prod");
      assertThat(answer.all("server")).isEmpty();
      assertThat(answer.all("x-powered-by")).isEmpty();
      assertThat(answer.all("via").getFirst()).isEqualTo("1.1 inner");
      // RFC 6797 section 7.2.
      assertThat(answer.all("strict-transport-security")).isEmpty();
    }
    fra.publish(Signal.DOWN, List.of());
    RawClient.Answer own = ask("/");
    assertThat(own.status()).isEqualTo(503);
    assertThat(own.all("x-env")).containsExactly("prod");
  }

  @Test
  void whatThisNodeAnswersKeepsFieldsOfItsOwn() {
    behindProxy(
        Rules.responseFields(
            Rules.changes(
                List.of(
                    "content-type: image/png",
                    "cache-control: max-age=9",
                    "strict-transport-security: max-age=1"))));
    RawClient.Answer passed = ask("/", "X-Forwarded-Proto: https");
    assertThat(passed.all("content-type")).containsExactly("image/png");
    assertThat(passed.all("strict-transport-security")).containsExactly("max-age=1");
    fra.publish(Signal.DOWN, List.of());
    RawClient.Answer own = ask("/", "X-Forwarded-Proto: https");
    assertThat(own.all("content-type")).containsExactly("text/plain; charset=utf-8");
    assertThat(own.all("cache-control")).containsExactly("no-store");
    assertThat(own.all("strict-transport-security")).containsExactly("max-age=1");
  }

  @Test
  void fieldsOfRequestsChangeOnceWhereTheBackendIsAsked() {
    forwarding(Rules.requestFields(Rules.changes(List.of("x-env: prod"), "x-debug")));
    assertThat(ask("/", "X-Env: mine", "X-Env: too", "X-Debug: 1", "X-Own: kept").status())
        .isEqualTo(200);
    TestBackend.Received got = backend.received.getLast();
    assertThat(got.all("x-env")).containsExactly("prod");
    assertThat(got.all("x-debug")).isEmpty();
    assertThat(got.all("x-own")).containsExactly("kept");
    // Where the request lands, the backend may be too.
    fra.publish(Signal.UP, backends(backend));
    assertThat(ask("/here", "X-Debug: 1").status()).isEqualTo(200);
    assertThat(backend.received.getLast().all("x-env")).containsExactly("prod");
    assertThat(backend.received.getLast().all("x-debug")).isEmpty();
  }

  @Test
  void whatABackendTakesForAFieldThatChangesIsDropped() {
    forwarding(Rules.requestFields(Rules.changes(List.of("x-env: prod"), "x-de-bug")));
    fra.publish(Signal.UP, backends(backend));
    assertThat(ask("/", "X_Env: mine", "X_De-Bug: 1", "X_Own: kept").status()).isEqualTo(200);
    TestBackend.Received got = backend.received.getLast();
    assertThat(got.all("x-env")).containsExactly("prod");
    assertThat(got.all("x_env")).isEmpty();
    assertThat(got.all("x_de-bug")).isEmpty();
    assertThat(got.all("x_own")).containsExactly("kept");
  }

  @Test
  void theNodeThatAsksTheBackendIsTheOneWhoseFieldsCount() {
    sites(
        UnaryOperator.identity(),
        Rules.of(Rules.requestFields(Rules.changes(List.of("x-env: prod")))));
    assertThat(ask("/", "X-Env: mine").status()).isEqualTo(200);
    assertThat(backend.received.getLast().all("x-env")).containsExactly("mine");
  }

  @Test
  void aClientThatIsDeniedGets403BeforeAnythingElse() {
    forwarding(
        Rules.all(
            Rules.access(List.of(), Rules.networks("127.0.0.0/8")),
            Rules.redirects(to("/old", "/new", false, 301))));
    RawClient.Answer answer = ask("/old", "Accept: application/json");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.field("proxy-status").orElseThrow())
        .startsWith("fra; error=http_request_denied; details=\"CLIENT_DENIED: ");
    assertThat(answer.body()).contains("\"reason\":\"CLIENT_DENIED\"", "\"service\":\"shop\"");
    fra.awaitLastDecision(Reason.CLIENT_DENIED);
    assertThat(backend.received).isEmpty();
  }

  @Test
  void aRequestOfAnotherNodeIsNotJudgedAgain() {
    Service denies = Rules.access(List.of(), Rules.networks("127.0.0.0/8"));
    sites(Rules.of(denies), UnaryOperator.identity());
    assertThat(ask("/").status()).isEqualTo(200);
  }

  @Test
  void theAddressBehindATrustedProxyIsTheOneThatCounts() {
    behindProxy(
        Rules.access(
            Rules.networks("192.0.2.0/24", "2001:db8::/32"), Rules.networks("192.0.2.128/25")));
    assertThat(ask("/", "X-Forwarded-For: 203.0.113.1, 192.0.2.7").status()).isEqualTo(200);
    assertThat(ask("/", "X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 10.1.1.1").status())
        .isEqualTo(200);
    assertThat(ask("/", "X-Forwarded-For: 2001:db8::1").status()).isEqualTo(200);
    // Deny wins; what a client writes itself stands before what the proxy adds.
    assertThat(ask("/", "X-Forwarded-For: 192.0.2.200").status()).isEqualTo(403);
    assertThat(ask("/", "X-Forwarded-For: 192.0.2.7, 203.0.113.1").status()).isEqualTo(403);
    assertThat(ask("/").status()).isEqualTo(403);
  }

  private static RateLimit limit(long requests, long burst, boolean tell) {
    return new RateLimit(Optional.empty(), requests, 1_000, burst, tell);
  }

  @Test
  void aClientGetsNoMoreThanItsRateOnAllConnectionsTogether() {
    forwarding(Rules.limits(limit(1, 3, false)));
    // Connections are spread over both event loops.
    for (int i = 0; i < 3; i++) {
      RawClient.Answer answer = ask("/");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.all("ratelimit")).isEmpty();
    }
    RawClient.Answer refused = ask("/");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.all("retry-after")).containsExactly("1");
    assertThat(refused.all("ratelimit-policy")).containsExactly("\"client\";q=1;w=1");
    assertThat(refused.all("ratelimit")).containsExactly("\"client\";r=0;t=3");
    assertThat(refused.field("proxy-status").orElseThrow())
        .startsWith("fra; error=http_request_denied; details=\"RATE_LIMITED: ");
    fra.awaitLastDecision(Reason.RATE_LIMITED);
    assertThat(backend.received).hasSize(3);
    fra.letPass(1_000);
    assertThat(ask("/").status()).isEqualTo(200);
  }

  @Test
  void whatIsLeftIsInEveryResponseIfThatIsWanted() {
    forwarding(
        Rules.limits(
            limit(100, 100, true),
            new RateLimit(Optional.of(AsciiString.of("x-api-key")), 2, 60_000, 2, true)));
    RawClient.Answer answer = ask("/", "X-API-Key: a");
    assertThat(answer.all("ratelimit-policy"))
        .containsExactly("\"client\";q=100;w=1, \"x-api-key\";q=2;w=60");
    assertThat(answer.all("ratelimit"))
        .containsExactly("\"client\";r=99;t=1, \"x-api-key\";r=1;t=30");
    assertThat(ask("/", "X-API-Key: a").status()).isEqualTo(200);
    assertThat(ask("/", "X-API-Key: a").status()).isEqualTo(429);
    assertThat(ask("/", "X-API-Key: b").status()).isEqualTo(200);
    // Of two lines a backend may take either, so these count for the client's address.
    assertThat(ask("/", "X-API-Key: c", "X-API-Key: a").status()).isEqualTo(200);
    assertThat(ask("/", "X-API-Key: d", "X-API-Key: a").status()).isEqualTo(200);
    assertThat(ask("/", "X-API-Key: e", "X-API-Key: a").status()).isEqualTo(429);
  }

  @Test
  void aServiceUnderMaintenanceShowsItsPageToAllButThoseWhoWorkOnIt() {
    AsciiString page = AsciiString.of("<h1>back soon</h1>");
    behindProxy(
        Rules.maintenance(new Maintenance(Optional.of(page), 120, Rules.networks("192.0.2.0/24"))));
    RawClient.Answer answer = ask("/a");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("<h1>back soon</h1>");
    assertThat(answer.all("content-type")).containsExactly("text/html; charset=utf-8");
    assertThat(answer.all("retry-after")).containsExactly("120");
    assertThat(answer.all("cache-control")).containsExactly("no-store");
    assertThat(answer.field("proxy-status").orElseThrow())
        .startsWith("fra; error=destination_unavailable; details=\"MAINTENANCE: ");
    RawClient.Answer head = send("HEAD", "/a");
    assertThat(head.all("content-length")).containsExactly("18");
    fra.awaitLastDecision(Reason.MAINTENANCE);
    assertThat(ask("/a", "X-Forwarded-For: 192.0.2.7").status()).isEqualTo(200);
    assertThat(backend.received).hasSize(1);
    TestSite.await("all are over", () -> fra.edge().stats().requestsInProgress() == 0);
    TrafficStats.OfService shop =
        fra.edge().traffic().services().stream()
            .filter(each -> each.service().equals(Optional.of(TestSite.SHOP)))
            .findFirst()
            .orElseThrow();
    assertThat(Objects.requireNonNull(shop.outcomes().get(Reason.Outcome.DECLINE)).results())
        .as("no server errors")
        .isEqualTo(Map.of(ResultClass.MAINTENANCE, 2L));
  }

  @Test
  void maintenanceWithoutAPageIsTheNodesOwnText() {
    forwarding(Rules.maintenance(new Maintenance(Optional.empty(), 60, List.of())));
    RawClient.Answer answer = ask("/a", "Accept: application/json");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).contains("\"reason\":\"MAINTENANCE\"");
    assertThat(answer.all("retry-after")).containsExactly("60");
  }

  @Test
  void theRulesAreAskedInTheirOrder() {
    Service limited = Rules.limits(limit(1, 1, false));
    Service maintained =
        Rules.maintenance(new Maintenance(Optional.empty(), 60, Rules.networks("192.0.2.0/24")));
    UnaryOperator<Service> redirected =
        rules -> Rules.all(rules, Rules.redirects(to("/old", "/new", false, 301)));
    behindProxy(redirected.apply(Rules.all(limited, maintained)));
    assertThat(ask("/old").status()).isEqualTo(503);
    assertThat(ask("/old").status()).isEqualTo(429);
    assertThat(ask("/old", "X-Forwarded-For: 192.0.2.7").status()).isEqualTo(301);
  }
}

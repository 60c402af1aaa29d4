package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.SHOP;
import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.decision.Shield;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.AuthorizationView;
import io.landfall.edge.AuthorizationView.Result;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.Service;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A service whose requests an authorization service lets go on, or not. */
class AuthorizationTest {
  private static final String USER = "HTTP/1.1 200 OK\r\nX-User: ann\r\nX-Other: 1\r\n";
  private static final String EMPTY = "Content-Length: 0\r\n\r\n";

  private final CountDownLatch held = new CountDownLatch(1);
  private final TestBackend backend = TestBackend.saying("ok");
  private volatile String answer = USER + EMPTY;
  private final TestBackend authorizer =
      new TestBackend(
          (request, in, out) -> {
            if (answer.isEmpty()) {
              TestBackend.holdUntil(held);
            }
            return TestBackend.raw(out, answer) && !answer.contains("X-Ends");
          });
  private TestSite fra = site(settings(500, false, 256));

  @AfterEach
  void stop() {
    held.countDown();
    fra.close();
    backend.close();
    authorizer.close();
  }

  private AuthorizationSettings settings(long millis, boolean allows, int most) {
    return new AuthorizationSettings(
        new OriginPlace(authorizer.address(), Optional.empty()),
        AsciiString.of("auth.test:9000"),
        "/check?a=b",
        millis,
        List.of(AsciiString.of("authorization"), AsciiString.of("cookie")),
        List.of(AsciiString.of("x-user")),
        allows,
        most);
  }

  private static Service rules(AuthorizationSettings by) {
    Service none = Service.NONE;
    return new Service(
        none.access(),
        List.of(),
        Optional.empty(),
        List.of(),
        none.requestFields(),
        none.responseFields(),
        Optional.empty(),
        Optional.of(by));
  }

  private TestSite site(AuthorizationSettings by) {
    TestSite site = new TestSite("fra", 1, Rules.of(rules(by)));
    site.publish(Signal.UP, backends(backend));
    return site;
  }

  private void restart(AuthorizationSettings by) {
    fra.close();
    fra = site(by);
  }

  private RawClient.Answer ask(String... lines) {
    return ask(fra, lines);
  }

  private static RawClient.Answer ask(TestSite site, String... lines) {
    try (RawClient client = new RawClient(site.http())) {
      return client.send(request("GET", lines) + "\r\n").read();
    }
  }

  private static String request(String method, String... lines) {
    StringBuilder text = new StringBuilder(method + " /a?b=c HTTP/1.1\r\nHost: Shop.test:80\r\n");
    List.of(lines).forEach(line -> text.append(line).append("\r\n"));
    return text.toString();
  }

  private long count(Result result) {
    return fra.edge().authorizations().stream()
        .map(AuthorizationView::results)
        .mapToLong(all -> all.getOrDefault(result, 0L))
        .sum();
  }

  private void awaitInFlight(int number) {
    TestSite.await(
        number + " are in flight",
        () ->
            fra.edge().authorizations().stream().mapToLong(AuthorizationView::inFlight).sum()
                == number);
  }

  @Test
  void whatIsAllowedGoesOnWithTheFieldsOfTheAnswerAndNoneThatTheClientMadeUp() {
    for (int i = 0; i < 2; i++) {
      RawClient.Answer got =
          ask("Authorization: Bearer x", "Cookie: a=1", "X-Secret: s", "X-User: root", "X_User: r");
      assertThat(got.status()).isEqualTo(200);
    }
    TestBackend.Received asked = authorizer.received.getFirst();
    assertThat(asked.line()).isEqualTo("GET /check?a=b HTTP/1.1");
    assertThat(asked.all("host")).containsExactly("auth.test:9000");
    assertThat(asked.all("authorization")).containsExactly("Bearer x");
    assertThat(asked.all("cookie")).containsExactly("a=1");
    assertThat(asked.all("x-secret")).isEmpty();
    assertThat(asked.all("x-user")).isEmpty();
    assertThat(asked.all("x-forwarded-method")).containsExactly("GET");
    assertThat(asked.all("x-forwarded-proto")).containsExactly("http");
    assertThat(asked.all("x-forwarded-host")).containsExactly("Shop.test:80");
    assertThat(asked.all("x-forwarded-uri")).containsExactly("/a?b=c");
    assertThat(asked.all("x-forwarded-for")).containsExactly("127.0.0.1");
    TestBackend.Received passed = backend.received.getFirst();
    assertThat(passed.all("x-user")).containsExactly("ann");
    assertThat(passed.all("x_user")).isEmpty();
    assertThat(passed.all("x-other")).isEmpty();
    assertThat(passed.all("authorization")).containsExactly("Bearer x");
    assertThat(authorizer.received).hasSize(2);
    assertThat(count(Result.ALLOWED)).isEqualTo(2);
    awaitInFlight(0);
  }

  @Test
  void aRefusalIsTheClientsAnswerAndNoBackendIsAsked() {
    answer =
        RawClient.wire(
            """
            HTTP/1.1 401 Unauthorized
            WWW-Authenticate: Basic realm="a"
            Set-Cookie: a=1
            Set-Cookie: b=2
            X-Inner: 1
            Content-Type: text/plain
            Transfer-Encoding: chunked

            5
            login
            0

            """);
    RawClient.Answer got = ask();
    assertThat(got.status()).isEqualTo(401);
    assertThat(got.body()).isEqualTo("login");
    assertThat(got.all("www-authenticate")).containsExactly("Basic realm=\"a\"");
    assertThat(got.all("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(got.all("cache-control")).containsExactly("no-store");
    assertThat(got.all("x-inner")).isEmpty();
    assertThat(got.field("proxy-status").orElse("")).contains("AUTHORIZATION_DENIED");
    fra.awaitLastDecision(Reason.AUTHORIZATION_DENIED);
    assertThat(fra.lastDecision().request().service()).contains(SHOP);
    answer = "HTTP/1.1 302 Found\r\nLocation: https://login.test/?r=%2Fa\r\n" + EMPTY;
    got = ask();
    assertThat(got.status()).isEqualTo(302);
    assertThat(got.all("location")).containsExactly("https://login.test/?r=%2Fa");
    answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno";
    try (RawClient client = new RawClient(fra.http())) {
      // The body of what is refused is no next request.
      client.send(request("POST", "Content-Length: 5") + "\r\nhello");
      assertThat(client.read().status()).isEqualTo(403);
    }
    assertThat(backend.received).isEmpty();
    assertThat(count(Result.DENIED)).isEqualTo(3);
  }

  private Optional<String> problem() {
    return fra.edge().authorizations().getFirst().problem();
  }

  @Test
  void oneThatGivesNoAnswerAgainAndAgainIsAProblemUntilItDoes() {
    assertThat(ask().status()).isEqualTo(200);
    answer = "HTTP/1.1 500 Broken\r\n" + EMPTY;
    for (int i = 1; i < AuthorizationCounts.DEAD_AFTER; i++) {
      assertThat(ask().status()).isEqualTo(503);
    }
    assertThat(problem()).isEmpty();
    assertThat(ask().status()).isEqualTo(503);
    assertThat(problem().orElseThrow())
        .isEqualTo("gave no answer to the last 5 requests: it answered 500");
    answer = "HTTP/1.1 403 Forbidden\r\n" + EMPTY;
    assertThat(ask().status()).isEqualTo(403);
    assertThat(problem()).as("a refusal is an answer").isEmpty();
  }

  @Test
  void whatWasCountedOfAServiceGoesWithIt() {
    assertThat(ask().status()).isEqualTo(200);
    assertThat(fra.edge().authorizations()).hasSize(1);
    fra.edge().servicesGone(Set.of(SHOP));
    TestSite.await("it is gone", () -> fra.edge().authorizations().isEmpty());
  }

  @Test
  void whatWasCountedGoesWithTheAuthorizationOfTheService() {
    assertThat(ask().status()).isEqualTo(200);
    assertThat(fra.edge().authorizations()).hasSize(1);
    EdgeSettings.Policies none = EdgeSettings.Policies.NONE;
    fra.change(none, 0);
    assertThat(fra.edge().authorizations()).isEmpty();
  }

  @Test
  void withoutAnAnswerThatCountsARequestIsRefusedOrGoesOnAsConfigured() {
    for (boolean allows : new boolean[] {false, true}) {
      restart(settings(500, allows, 256));
      for (String wrong :
          List.of(
              "HTTP/1.1 500 Internal Server Error\r\n" + EMPTY,
              "HTTP/1.1 304 Not Modified\r\n\r\n",
              "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + "x".repeat(70_000),
              "HTTP/1.1 200 OK\r\nX-Ends: 1\r\nContent-Length: 9\r\n\r\nshort",
              "nonsense\r\n\r\n")) {
        answer = wrong;
        RawClient.Answer got = ask("X-User: root");
        assertThat(got.status())
            .as(wrong.lines().findFirst().orElse(""))
            .isEqualTo(allows ? 200 : 503);
        if (!allows) {
          assertThat(got.body()).contains("AUTHORIZATION_FAILED");
          assertThat(got.field("retry-after")).isPresent();
        }
      }
      assertThat(count(allows ? Result.FAILED_OPEN : Result.FAILED)).isEqualTo(5);
    }
    assertThat(backend.received).hasSize(5);
    assertThat(backend.received).allMatch(request -> request.all("x-user").isEmpty());
    awaitInFlight(0);
  }

  @Test
  void oneThatIsNotThereOrAnswersLateIsNoAnswer() {
    answer = "";
    assertThat(ask().status()).isEqualTo(503);
    awaitInFlight(0);
    authorizer.close();
    assertThat(ask().status()).isEqualTo(503);
    assertThat(backend.received).isEmpty();
    assertThat(fra.failures).as("none of a backend").isEmpty();
  }

  @Test
  void noMoreThanTheBoundWaitAndOneMoreIsRefusedAtOnce() {
    restart(settings(60_000, false, 1));
    answer = "";
    try (RawClient first = new RawClient(fra.http()).send(request("GET") + "\r\n")) {
      awaitInFlight(1);
      assertThat(ask().status()).isEqualTo(503);
      answer = USER + EMPTY;
      held.countDown();
      assertThat(first.read().status()).isEqualTo(200);
    }
    assertThat(ask().status()).as("there is room again").isEqualTo(200);
  }

  @Test
  void aClientThatLeavesIsNotAskedFor() {
    restart(settings(60_000, false, 256));
    answer = "";
    RawClient leaves = new RawClient(fra.http()).send(request("GET") + "\r\n");
    awaitInFlight(1);
    TestSite.await("it is asked", () -> !authorizer.received.isEmpty());
    leaves.reset();
    awaitInFlight(0);
    TestSite.await("nothing is in progress", () -> fra.edge().stats().requestsInProgress() == 0);
    assertThat(backend.received).isEmpty();
  }

  @Test
  void aBodyWaitsForTheAnswerAndIsTheBackendsAlone() {
    restart(settings(60_000, false, 256));
    answer = "";
    String body = "x".repeat(300_000);
    try (RawClient client = new RawClient(fra.http())) {
      client.send(
          request("POST", "Content-Length: " + body.length(), "Expect: 100-continue") + "\r\n");
      awaitInFlight(1);
      answer = USER + EMPTY;
      held.countDown();
      client.send(body);
      assertThat(client.read().status()).isEqualTo(200);
    }
    assertThat(backend.received.getFirst().bodyLength()).isEqualTo(body.length());
    assertThat(backend.received.getFirst().all("expect")).containsExactly("100-continue");
    assertThat(authorizer.received.getFirst().bodyLength()).isZero();
    assertThat(authorizer.received.getFirst().all("expect")).isEmpty();
    assertThat(authorizer.received.getFirst().all("x-forwarded-method")).containsExactly("POST");
  }

  @Test
  void aFieldMayBeAskedWithAndGivenAnew() {
    AuthorizationSettings usual = settings(500, false, 256);
    restart(
        new AuthorizationSettings(
            usual.place(),
            usual.authority(),
            usual.target(),
            usual.timeoutMillis(),
            usual.requestFields(),
            List.of(AsciiString.of("authorization")),
            usual.allowsOnFailure(),
            usual.maxConcurrent()));
    answer = "HTTP/1.1 200 OK\r\nAuthorization: Inner y\r\n" + EMPTY;
    assertThat(ask("Authorization: Bearer x").status()).isEqualTo(200);
    assertThat(authorizer.received.getFirst().all("authorization")).containsExactly("Bearer x");
    assertThat(backend.received.getFirst().all("authorization")).containsExactly("Inner y");
  }

  @Test
  void aConnectionThatTheAuthorizerHasClosedMeanwhileIsNoFailure() {
    answer = "HTTP/1.1 204 No Content\r\nX-Ends: 1\r\n\r\n";
    for (int i = 0; i < 5; i++) {
      assertThat(ask().status()).isEqualTo(200);
    }
    assertThat(count(Result.ALLOWED)).isEqualTo(5);
  }

  @Test
  void aForwardedRequestIsAskedForOnceAndKeepsItsFields() {
    try (TestSite nyc = new TestSite("nyc", 2, Rules.of(rules(settings(500, false, 256))))) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      assertThat(ask("X-User: root").status()).isEqualTo(200);
    }
    assertThat(authorizer.received).hasSize(1);
    assertThat(backend.received.getFirst().all("x-user")).containsExactly("ann");
  }

  @Test
  void aRequestThatWaitsIsAskedForByTheServiceThatAnswers() {
    fra.close();
    ServiceName blog = new ServiceName("blog");
    fra =
        new TestSite(
            "fra",
            1,
            settings ->
                settings.with(
                    new TrafficSettings(
                        new TreeMap<>(Map.of(blog, rules(settings(500, false, 9)))))));
    answer = "HTTP/1.1 403 Forbidden\r\n" + EMPTY;
    fra.publish(Signal.DOWN, List.of());
    fra.starting(true);
    try (RawClient client = new RawClient(fra.http()).send(request("GET") + "\r\n")) {
      TestSite.await("it is held", () -> fra.edge().stats().requestsInProgress() == 1);
      fra.publish(
          List.of("other.test"), Shield.NONE, Signal.UP, new HostedService(backends(backend), 9));
      fra.publishBeside(blog, "shop.test", new HostedService(backends(backend), 9));
      fra.edge().servicesChanged(Set.of(SHOP));
      assertThat(client.read().status()).isEqualTo(403);
    }
    assertThat(backend.received).isEmpty();
  }
}

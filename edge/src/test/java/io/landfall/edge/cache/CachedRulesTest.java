package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.EdgeSettings;
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
import org.junit.jupiter.api.Test;

/** Rules before and behind the cache: stored responses stay as they came. */
class CachedRulesTest {
  private static TestSite site(String name, int number, Service rules) {
    return new TestSite(
        name,
        number,
        settings ->
            Rules.of(rules)
                .apply(settings)
                .with(
                    CacheSettings.of(
                        CachedSite.MEMORY_BYTES, Map.of(TestSite.SHOP, CachePolicy.DEFAULT))));
  }

  private static TestBackend fresh() {
    return new TestBackend(
        (request, in, out) ->
            TestBackend.raw(
                out,
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nServer: app\r\nX-Env: own\r\n"
                    + "ETag: \"1\"\r\nContent-Length: 5\r\n\r\nhello"));
  }

  @Test
  void fieldsOfAHitAndOfA304ChangeAndTheBackendIsAskedWithItsOwn() {
    Service response = Rules.responseFields(Rules.changes(List.of("x-env: prod"), "server"));
    Service request = Rules.requestFields(Rules.changes(List.of("x-asked: edge")));
    Service both =
        new Service(
            response.access(),
            List.of(),
            response.maintenance(),
            List.of(),
            request.requestFields(),
            response.responseFields(),
            Optional.empty());
    try (TestBackend backend = fresh();
        TestSite nyc = site("nyc", 2, both);
        TestSite fra = site("fra", 1, both)) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      check(CachedSite.ask(fra, "/a", "X-Asked: client"), 200);
      TestSite.await("it is stored", () -> CachedSite.view(fra).stored().keys() == 1);
      RawClient.Answer hit = CachedSite.ask(fra, "/a");
      check(hit, 200);
      assertThat(hit.all("cache-status").getLast()).contains("; hit; ");
      check(CachedSite.ask(fra, "/a", "If-None-Match: \"1\""), 304);
      assertThat(backend.received).hasSize(1);
      assertThat(backend.received.getFirst().all("x-asked")).containsExactly("edge");
      // What nyc has stored is what came: of a client that lands there, it is changed then.
      RawClient.Answer there = CachedSite.ask(nyc, "/a");
      check(there, 200);
      assertThat(there.all("cache-status").getLast()).contains("; hit; ");
    }
  }

  private static void check(RawClient.Answer answer, int status) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.all("x-env")).containsExactly("prod");
    assertThat(answer.all("server")).isEmpty();
  }

  @Test
  void aHitIsForNoClientThatIsDenied() {
    try (TestBackend backend = fresh();
        TestSite fra =
            new TestSite(
                "fra",
                1,
                settings ->
                    Rules.behindProxy(Rules.access(List.of(), Rules.networks("192.0.2.0/24")))
                        .apply(settings)
                        .with(
                            CacheSettings.of(
                                CachedSite.MEMORY_BYTES,
                                Map.of(TestSite.SHOP, CachePolicy.DEFAULT))))) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(CachedSite.ask(fra, "/a").status()).isEqualTo(200);
      TestSite.await("it is stored", () -> CachedSite.view(fra).stored().keys() == 1);
      assertThat(CachedSite.ask(fra, "/a", "X-Forwarded-For: 192.0.2.1").status()).isEqualTo(403);
      assertThat(CachedSite.ask(fra, "/a", "X-Forwarded-For: 192.0.3.1").status()).isEqualTo(200);
    }
  }

  /** Lets all go on; whoever has a token is the user of that name. */
  private static TestBackend authorizer() {
    return new TestBackend(
        (request, in, out) -> {
          List<String> token = request.all("x-token");
          String user = token.isEmpty() ? "" : "X-User: " + token.getFirst() + "\r\n";
          return TestBackend.raw(out, "HTTP/1.1 200 OK\r\n" + user + "Content-Length: 0\r\n\r\n");
        });
  }

  private static Service authorized(TestBackend by) {
    Service none = Service.NONE;
    return new Service(
        none.access(),
        List.of(),
        Optional.empty(),
        List.of(),
        none.requestFields(),
        none.responseFields(),
        Optional.empty(),
        Optional.of(
            new AuthorizationSettings(
                new OriginPlace(by.address(), Optional.empty()),
                AsciiString.of("auth.test"),
                "/check",
                60_000,
                List.of(AsciiString.of("x-token")),
                List.of(AsciiString.of("x-user")),
                false,
                9)));
  }

  @Test
  void whoeverIsKnownByNameIsAnsweredByTheBackendAlone() {
    try (TestBackend backend = fresh();
        TestBackend authorizer = authorizer();
        TestSite fra = site("fra", 1, authorized(authorizer))) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(CachedSite.ask(fra, "/a").status()).isEqualTo(200);
      TestSite.await("it is stored", () -> CachedSite.view(fra).stored().keys() == 1);
      assertThat(CachedSite.ask(fra, "/a", "X-Token: ann").status()).isEqualTo(200);
      assertThat(CachedSite.ask(fra, "/a", "X-Token: bob").status()).isEqualTo(200);
      assertThat(CachedSite.ask(fra, "/a").all("cache-status").getLast()).contains("; hit; ");
      assertThat(backend.received)
          .extracting(request -> request.all("x-user"))
          .containsExactly(List.of(), List.of("ann"), List.of("bob"));
    }
  }

  @Test
  void soItIsAtANodeWithoutThoseRulesToWhichItIsForwarded() {
    try (TestBackend backend = fresh();
        TestBackend authorizer = authorizer();
        TestSite nyc = site("nyc", 2, Service.NONE);
        TestSite fra = site("fra", 1, authorized(authorizer))) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      assertThat(CachedSite.ask(fra, "/a", "X-Token: ann").status()).isEqualTo(200);
      assertThat(CachedSite.ask(nyc, "/a").status()).isEqualTo(200);
      assertThat(backend.received)
          .extracting(request -> request.all("x-user"))
          .containsExactly(List.of("ann"), List.of());
      assertThat(backend.received.getFirst().all("landfall-identity")).isEmpty();
    }
  }

  @Test
  void soIsWhoeverIsKnownOnlyAfterTheCacheWasAsked() {
    try (TestBackend backend = fresh();
        TestBackend authorizer = authorizer();
        TestSite fra = site("fra", 1, Service.NONE)) {
      fra.publish(Signal.DOWN, List.of());
      fra.starting(true);
      try (RawClient client = new RawClient(fra.http())) {
        client.send(CachedSite.get("/a", "X-Token: ann"));
        TestSite.await("it is held", () -> fra.edge().stats().requestsInProgress() == 1);
        EdgeSettings.Policies none = EdgeSettings.Policies.NONE;
        fra.change(
            new EdgeSettings.Policies(
                none.claims(),
                none.cache(),
                none.tunnels(),
                none.retries(),
                new TrafficSettings(new TreeMap<>(Map.of(TestSite.SHOP, authorized(authorizer))))),
            0);
        fra.publish(Signal.UP, backends(backend));
        fra.edge().servicesChanged(Set.of(TestSite.SHOP));
        assertThat(client.read().status()).isEqualTo(200);
      }
      assertThat(CachedSite.ask(fra, "/a").status()).isEqualTo(200);
      assertThat(backend.received)
          .extracting(request -> request.all("x-user"))
          .containsExactly(List.of("ann"), List.of());
    }
  }
}

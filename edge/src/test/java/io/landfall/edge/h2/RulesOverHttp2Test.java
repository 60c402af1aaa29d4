package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.Maintenance;
import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of services where HTTP/2 differs: trailers, windows, gRPC. */
class RulesOverHttp2Test {
  @Test
  void trailersOfResponsesLoseWhatIsRemovedOrSet() throws Exception {
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out,
                        RawClient.wire(
                            """
                            HTTP/1.1 200 OK
                            Transfer-Encoding: chunked

                            2
                            ok
                            0
                            X-Sum: 7
                            X-Debug: 1
                            X-Env: own

                            """)));
        TestSite fra =
            new TestSite(
                "fra",
                1,
                Rules.of(Rules.responseFields(Rules.changes(List.of("x-env: prod"), "x-debug"))))) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/"))).awaitEnd(1);
        assertThat(client.lastHead().get("x-sum")).hasToString("7");
        assertThat(client.lastHead().size()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void trailersOfRequestsLoseThemToo(boolean forwarded) {
    try (H2Origin origin =
            new H2Origin((frame, from) -> H2Origin.sayAtTheEnd(frame, from, "thanks"));
        TestSite nyc = new TestSite("nyc", 2, rules());
        TestSite fra = new TestSite("fra", 1, rules())) {
      nyc.publish(Signal.UP, List.of(origin.server()));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient((forwarded ? fra : nyc).http())) {
        client.send(
            RawClient.wire(
                """
                POST / HTTP/1.1
                Host: shop.test
                Transfer-Encoding: chunked

                3
                abc
                0
                X-Check: 9
                X-Debug: 1
                X-Env: mine

                """));
        assertThat(client.read().body()).isEqualTo("thanks");
      }
      H2Origin.Link link = origin.links.getFirst();
      assertThat(link.heads.getFirst().get("x-env")).hasToString("prod");
      assertThat(link.heads.getLast().get("x-check")).hasToString("9");
      assertThat(link.heads.getLast().size()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void trailersOfRequestsHaveNothingThatOnlyAnAuthorizationServiceGives(boolean forwarded) {
    try (TestBackend authorizer =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out, "HTTP/1.1 200 OK\r\nX-User: ann\r\nContent-Length: 0\r\n\r\n"));
        H2Origin origin =
            new H2Origin((frame, from) -> H2Origin.sayAtTheEnd(frame, from, "thanks"));
        TestSite nyc = new TestSite("nyc", 2, authorized(authorizer));
        TestSite fra = new TestSite("fra", 1, authorized(authorizer))) {
      nyc.publish(Signal.UP, List.of(origin.server()));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      try (RawClient client = new RawClient((forwarded ? fra : nyc).http())) {
        client.send(
            RawClient.wire(
                """
                POST / HTTP/1.1
                Host: shop.test
                Transfer-Encoding: chunked

                3
                abc
                0
                X-Check: 9
                X-User: root
                X_User: root

                """));
        assertThat(client.read().body()).isEqualTo("thanks");
      }
      H2Origin.Link link = origin.links.getFirst();
      assertThat(link.heads.getFirst().get("x-user")).hasToString("ann");
      assertThat(link.heads.getLast().get("x-check")).hasToString("9");
      assertThat(link.heads.getLast().size()).isEqualTo(1);
    }
  }

  private static UnaryOperator<EdgeSettings> authorized(TestBackend authorizer) {
    TrafficSettings.Service none = TrafficSettings.Service.NONE;
    return Rules.of(
        new TrafficSettings.Service(
            none.access(),
            List.of(),
            Optional.empty(),
            List.of(),
            none.requestFields(),
            none.responseFields(),
            Optional.empty(),
            Optional.of(
                new AuthorizationSettings(
                    new OriginPlace(authorizer.address(), Optional.empty()),
                    AsciiString.of("auth.test"),
                    "/",
                    10_000,
                    List.of(),
                    List.of(AsciiString.of("x-user")),
                    false,
                    256))));
  }

  private static UnaryOperator<EdgeSettings> rules() {
    return Rules.of(Rules.requestFields(Rules.changes(List.of("x-env: prod"), "x-debug")));
  }

  @Test
  void aPageOfTheLargestSizeFitsIntoTheFirstWindowAndNoWindowGetsTheHead() throws Exception {
    AsciiString page = AsciiString.of("x".repeat(65_535));
    try (TestSite fra =
        new TestSite(
            "fra",
            1,
            Rules.of(Rules.maintenance(new Maintenance(Optional.of(page), 60, List.of()))))) {
      fra.publish(Signal.DOWN, List.of());
      byte[] get = H2Client.request("GET", "/");
      try (H2Client client = H2Client.open(fra.http())) {
        client.send(new RawFrames().headers(1, true, get)).awaitEnd(1);
        assertThat(client.statuses()).containsExactly("503");
        assertThat(client.body(1)).hasSize(65_535);
      }
      // SETTINGS_INITIAL_WINDOW_SIZE 0.
      try (H2Client client = H2Client.open(fra.http(), new RawFrames().settings(4, 0))) {
        client.send(new RawFrames().headers(1, true, get)).awaitEnd(1);
        assertThat(client.statuses()).containsExactly("503");
        assertThat(client.body(1)).isEmpty();
      }
    }
  }

  @Test
  void grpcGetsItsStatusAndARedirectGoesToHttps() throws Exception {
    AsciiString page = AsciiString.of("<p>soon");
    try (TestSite fra =
            new TestSite(
                "fra",
                1,
                Rules.of(Rules.maintenance(new Maintenance(Optional.of(page), 60, List.of()))));
        H2Client client = H2Client.open(fra.http())) {
      fra.publish(Signal.DOWN, List.of());
      byte[] call = H2Client.request("POST", "/a.B/C", "content-type", "application/grpc");
      client.send(new RawFrames().headers(1, true, call)).awaitEnd(1);
      assertThat(client.statuses()).containsExactly("200");
      assertThat(client.lastHead().get("grpc-status")).hasToString("14");
      assertThat(client.lastHead().contains("content-length")).isFalse();
      assertThat(client.body(1)).isEmpty();
    }
    try (TestSite fra = new TestSite("fra", 1, Rules.of(Rules.redirects(new Redirect.ToHttps())));
        H2Client client = H2Client.open(fra.http())) {
      fra.publish(Signal.DOWN, List.of());
      client.send(new RawFrames().headers(1, true, H2Client.request("GET", "/a?b"))).awaitEnd(1);
      assertThat(client.statuses()).containsExactly("301");
      assertThat(client.lastHead().get("location")).hasToString("https://shop.test/a?b");
    }
  }
}

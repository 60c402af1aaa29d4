package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The JSON of every view, to the letter: scripts read it. */
class ViewJsonTest {
  private final FakeBackend node = new FakeBackend();

  @Test
  void routes() {
    assertThat(ViewJson.routes(node.routes()))
        .isEqualTo(
            """
            [{"address":"10.32.1.10","kind":"service","name":"shop","paths":[{"nextHop":"10.32.0.2",\
            "from":"nyc","best":true,"tier":0,"cost":100,"ageSeconds":12.346,"signal":"DRAINING"}]}]
            """);
  }

  @Test
  void peers() {
    assertThat(ViewJson.peers(node.peers()))
        .isEqualTo(
            """
            [{"name":"nyc","identity":"10.32.0.2","state":"established","uptimeSeconds":3.5,\
            "endpoint":"127.0.0.2:8443","routesReceived":3,"routesAccepted":2,"routesRefused":1,\
            "routesSent":4,"lastError":null,"asn":null,"sinceSeconds":3.5,"kind":"node"},{"name":null,"identity":null,"state":"candidate",\
            "uptimeSeconds":null,"endpoint":"sin.example:8443","routesReceived":0,\
            "routesAccepted":0,"routesRefused":0,"routesSent":0,"lastError":"connection refused",\
            "asn":null,"sinceSeconds":null,"kind":"node"}]
            """);
  }

  @Test
  void services() {
    assertThat(ViewJson.services(node.services()))
        .isEqualTo(
            """
            [{"name":"shop","identity":"10.32.1.10","hosts":["shop.example"],"paths":[],"local":\
            {"signal":"UP","why":"its probe says so","backends":[{"url":"http://10.0.0.7:8080",\
            "healthy":false,"lastError":"timeout"}],"lease":{"ttlMillis":5000,\
            "remainingMillis":1200},"dampedUntil":"2026-11-23T12:00:00.123Z","tier":2,"speakers":\
            [{"host":"web7","session":"established","says":"UP","med":100,"tier":0,"since":\
            "2026-11-23T12:00:00.123Z"}]},"sites":[{"node":\
            "nyc","identity":"10.32.0.2","signal":"UP","tier":0,"cost":100,"usable":true,"why":\
            "adjacency is up"}]},{"name":"media","identity":"10.32.1.11","hosts":["media.example"],\
            "paths":["/v"],"local":null,"sites":[]}]
            """);
  }

  @Test
  void ingress() {
    assertThat(ViewJson.ingress(node.ingress()))
        .isEqualTo(
            """
            {"prefixes":[{"prefix":"198.51.100.0/24","upstream":"192.0.2.1","state":"announced",\
            "since":"2026-11-23T12:00:00.123Z"}],"sessions":[{"upstream":"192.0.2.1","asn":64500,\
            "state":"established","since":"2026-11-23T12:00:00.123Z","lastReset":null,"lastError":null}],\
            "updatesSent":7}
            """);
  }

  @Test
  void refusedAndDecisions() {
    assertThat(ViewJson.refused(node.refused()))
        .isEqualTo(
            """
            [{"peer":"nyc","rule":"NOT_A_HOST","count":3,"last":"2026-11-23T12:00:00.123Z",\
            "what":"10.32.0.0/24","reason":99,"subjects":[]}]
            """);
    assertThat(ViewJson.decisions(node.decisions()))
        .isEqualTo(
            """
            [{"time":"2026-11-23T12:00:00.123Z","host":"shop.example","path":"/a","method":"GET",\
            "outcome":"forward","reason":"REMOTE_UP","node":"nyc","status":200,"millis":1.5}]
            """);
  }

  @Test
  void explain() {
    assertThat(ViewJson.explain(node.explain("shop.example", "/a")))
        .isEqualTo(
            """
            {"host":"shop.example","path":"/a","service":"shop","outcome":"forward","reason":\
            "REMOTE_UP","why":"the service is not up here and another site advertises it",\
            "candidates":[{"node":"fra","usable":false,"why":"shop is down here"},{"node":"nyc",\
            "usable":true,"why":"adjacency is up"}]}
            """);
    assertThat(
            ViewJson.explain(
                new ExplainView(
                    "x",
                    "/",
                    Optional.empty(),
                    new ExplainView.Outcome(
                        "decline",
                        "UNKNOWN_HOST",
                        "no service here answers for this host and path"),
                    List.of())))
        .contains("\"service\":null,\"outcome\":\"decline\",\"reason\":\"UNKNOWN_HOST\"");
  }
}

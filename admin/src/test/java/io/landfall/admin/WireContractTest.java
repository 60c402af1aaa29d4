package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.DecisionView;
import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.RequestReport;
import io.landfall.admin.model.RouteRow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The JSON of every view, to the letter: scripts read it. */
class WireContractTest {
  private final FakeBackend node = new FakeBackend();

  private String routesText() {
    return switch (node.routing.routes(new RouteQuery(Optional.empty(), Optional.empty(), false))) {
      case QueryResult.Found<List<RouteRow>>(List<RouteRow> rows) -> JsonWriter.text(rows);
      default -> "";
    };
  }

  /** What is read back is what was written: both ends have one model. */
  private static <T extends Record> void isReadBack(T value, Class<T> type) {
    assertThat(JsonReader.read(JsonWriter.text(value), type)).isEqualTo(value);
  }

  @Test
  void whatIsWrittenIsReadBack() {
    isReadBack(SampleReports.NYC, PeerReport.class);
    isReadBack(node.explain(FakeBackend.routed("/a"), true), ExplainView.class);
    String peers = JsonWriter.text(node.peers());
    assertThat(JsonReader.readAll(peers, PeerRow.class)).isEqualTo(node.peers());
    RouteRow.Path path =
        new RouteRow.Path(
            "10.32.0.2",
            "nyc",
            true,
            0,
            100,
            1.5,
            "UP",
            Optional.of(
                new RouteRow.Detail(
                    true,
                    "nyc",
                    "10.32.0.2",
                    4_294_967_295L,
                    "10.32.0.2",
                    "igp-cost",
                    "it is nearer",
                    new RouteRow.Attributes(
                        "IGP",
                        List.of(64_512L),
                        Optional.of("10.32.0.2"),
                        new RouteRow.Preference(OptionalLong.of(0), OptionalLong.of(100)),
                        new RouteRow.Reflection(Optional.empty(), List.of("10.32.0.9")),
                        List.of("65535:7"),
                        List.of("64512:1:1"),
                        OptionalLong.empty()))));
    isReadBack(new RouteRow("10.32.1.10", "service", "shop", List.of(path)), RouteRow.class);
    isReadBack(
        new BfdRow(
            "nyc",
            "127.0.0.2",
            new BfdRow.States("up", "up", "alive", Instant.parse("2026-11-23T12:00:00.123Z")),
            new BfdRow.Ends("none", "0x0000002a", "0x00000000"),
            new BfdRow.Times(200, 200, 600),
            "none",
            new BfdRow.Counts(1, 2, 1, 0, Map.of("version", 3L)),
            ""),
        BfdRow.class);
  }

  @Test
  void anotherVersionsMembersArePassedOverAndMissingOnesAreEmpty() {
    ExplainView read = JsonReader.read("{\"host\":\"a\",\"new\":{\"x\":[1]}}", ExplainView.class);
    assertThat(read)
        .isEqualTo(
            new ExplainView(
                "a",
                "",
                Optional.empty(),
                new ExplainView.Outcome("", "", ""),
                List.of(),
                Optional.empty(),
                List.of()));
    assertThatThrownBy(() -> JsonReader.read("{", ExplainView.class))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> JsonReader.readAll("[{\"time\":\"noon\"}]", DecisionView.class))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void thePeerReportKeepsItsKeys() {
    assertThat(JsonWriter.text(SampleReports.NYC))
        .contains(
            "{\"name\":\"nyc\",\"identity\":\"10.32.0.2\",\"relation\":\"mesh\"",
            "\"holdTime\":{\"oursSeconds\":9,\"theirsSeconds\":9,\"negotiatedSeconds\":9,"
                + "\"keepaliveSeconds\":3,\"sendHoldSeconds\":18}",
            "\"messages\":{\"received\":{\"open\":1},\"sent\":{\"open\":2}}",
            "\"routes\":{\"held\":3,\"accepted\":2,\"refused\":1,\"updatesReceived\":5,"
                + "\"announcementsReceived\":4,\"announcementsSent\":6,"
                + "\"withdrawalsReceived\":7,\"withdrawalsSent\":8}",
            "\"timesEstablished\":3,\"flaps\":2,\"failedAttempts\":1",
            "\"lastReset\":{\"by\":\"peer\",\"code\":6,\"subcode\":2,\"text\":\"Cease\",",
            "\"lastNotificationSent\":null");
  }

  @Test
  void routes() {
    assertThat(routesText())
        .isEqualTo(
            """
            [{"address":"10.32.1.10","kind":"service","name":"shop","paths":[{"nextHop":"10.32.0.2",\
            "from":"nyc","best":true,"tier":0,"cost":100,"ageSeconds":12.346,"signal":"DRAINING"}]}]
            """);
  }

  @Test
  void peers() {
    assertThat(JsonWriter.text(node.peers()))
        .isEqualTo(
            """
            [{"name":"nyc","identity":"10.32.0.2","state":"established","uptimeSeconds":3.5,\
            "endpoint":"127.0.0.2:8443","learnedFrom":null,"routesReceived":3,"routesAccepted":2,"routesRefused":1,\
            "routesSent":4,"lastError":null,"asn":null,"sinceSeconds":3.5,"kind":"node"},{"name":null,"identity":null,"state":"candidate",\
            "uptimeSeconds":null,"endpoint":"sin.example:8443","learnedFrom":null,"routesReceived":0,\
            "routesAccepted":0,"routesRefused":0,"routesSent":0,"lastError":"connection refused",\
            "asn":null,"sinceSeconds":null,"kind":"node"}]
            """);
  }

  @Test
  void services() {
    assertThat(JsonWriter.text(node.services()))
        .isEqualTo(
            """
            [{"name":"shop","identity":"10.32.1.10","hosts":["shop.example"],"paths":[],"local":\
            {"signal":"UP","why":"its probe says so","backends":[{"url":"http://10.0.0.7:8080",\
            "healthy":false,"lastError":"timeout","drained":true,"weight":3,"openCircuits":["10.0.0.7:8080"]}],"lease":{"ttlMillis":5000,\
            "remainingMillis":1200},"dampedUntil":"2026-11-23T12:00:00.123Z","tier":2,"speakers":\
            [{"host":"web7","session":"established","says":"UP","med":100,"tier":0,"since":\
            "2026-11-23T12:00:00.123Z"}]},"sites":[{"node":\
            "nyc","identity":"10.32.0.2","signal":"UP","tier":0,"cost":100,"usable":true,"why":\
            "adjacency is up"}],"maintenance":null,"authorization":null},{"name":"media","identity":"10.32.1.11","hosts":["media.example"],\
            "paths":["/v"],"local":null,"sites":[],"maintenance":null,"authorization":null}]
            """);
  }

  @Test
  void ingress() {
    assertThat(JsonWriter.text(node.ingress()))
        .isEqualTo(
            """
            {"prefixes":[{"prefix":"198.51.100.0/24","upstream":"192.0.2.1","state":"announced",\
            "since":"2026-11-23T12:00:00.123Z"}],"sessions":[{"upstream":"192.0.2.1","asn":64500,\
            "state":"established","since":"2026-11-23T12:00:00.123Z","lastReset":null,"lastError":null}],\
            "updatesSent":7,"intent":"drain","operator":"drain (kept in /fra.state)"}
            """);
  }

  @Test
  void refusedAndDecisions() {
    assertThat(JsonWriter.text(node.refused()))
        .isEqualTo(
            """
            [{"peer":"nyc","rule":"NOT_A_HOST","count":3,"last":"2026-11-23T12:00:00.123Z",\
            "what":"10.32.0.0/24","reason":99,"subjects":[]}]
            """);
    assertThat(JsonWriter.text(FakeBackend.DECISIONS))
        .isEqualTo(
            """
            [{"time":"2026-11-23T12:00:00.123Z","host":"shop.example","path":"/a?token=secret","method":"GET",\
            "outcome":"forward","reason":"REMOTE_UP","node":"nyc","status":200,"millis":1.5}]
            """);
  }

  @Test
  void aRequestThatIsOver() {
    isReadBack(FakeRequests.REPORT, RequestReport.class);
    assertThat(JsonWriter.text(FakeRequests.REPORT))
        .isEqualTo(
            """
            {"id":"id-1","node":"fra","here":[{"time":"2026-11-23T12:00:00.123Z","traceId":\
            "0af7651916cd43dd8448eb211c80319c","client":"192.0.2.7","fromNode":null,"method":"GET",\
            "host":"shop.example","target":"/a","protocol":"HTTP/1.1","service":"shop","outcome":\
            "forward","reason":"REMOTE_UP","upstream":"nyc","byCache":false,"cacheStatus":null,\
            "status":200,"bytesSent":5,"bytesReceived":0,"durationMicros":1500,"firstByteMicros":1400,\
            "attempts":[{"place":"10.0.0.7:8080","kind":"backend","status":0,"failure":"REFUSED",\
            "why":"the connection was refused","beganMicros":20,"answeredMicros":null,"endedMicros":90},\
            {"place":"nyc","kind":"node","status":200,"beganMicros":100,\
            "answeredMicros":1300,"endedMicros":1490}]}],"elsewhere":[{"node":"nyc","halves":[],\
            "problem":"it is late"}]}
            """);
  }

  @Test
  void explain() {
    assertThat(JsonWriter.text(node.explain(FakeBackend.routed("/a"), true)))
        .isEqualTo(
            """
            {"host":"shop.example","path":"/a","service":"shop","outcome":"forward","reason":\
            "REMOTE_UP","why":"the service is not up here and another site advertises it",\
            "rules":["clients beyond its rate limit get 429 (RATE_LIMITED)"],\
            "cache":{"holds":"nothing","ttlSeconds":null,"cold":"its cache is cold"},\
            "candidates":[{"node":"fra","usable":false,"why":"shop is down here"},{"node":"nyc",\
            "usable":true,"why":"adjacency is up"}]}
            """);
    assertThat(
            JsonWriter.text(
                new ExplainView(
                    "x",
                    "/",
                    Optional.empty(),
                    new ExplainView.Outcome(
                        "decline",
                        "UNKNOWN_HOST",
                        "no service here answers for this host and path"),
                    List.of(),
                    Optional.empty(),
                    List.of())))
        .contains("\"service\":null,\"outcome\":\"decline\",\"reason\":\"UNKNOWN_HOST\"");
  }
}

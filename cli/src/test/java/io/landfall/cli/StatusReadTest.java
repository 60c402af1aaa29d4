package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.json.JsonValue;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.TunnelStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code landfall show status}: one page about a node. */
class StatusReadTest {
  private static final String COUNTS =
      "\"routesReceived\":1,\"routesAccepted\":1,\"routesRefused\":0,\"routesSent\":1";

  @TempDir Path temp;

  private static String peer(String name, String state, String error) {
    return "{\"name\":%s,\"identity\":null,\"state\":\"%s\",\"uptimeSeconds\":null,\"endpoint\":\"127.0.0.2:8443\",%s,\"lastError\":%s,\"asn\":null,\"sinceSeconds\":null,\"kind\":\"node\"}"
        .formatted(name, state, COUNTS, error);
  }

  private static String service(String name, String local, String sites) {
    return "{\"name\":\"%s\",\"identity\":\"10.32.1.10\",\"hosts\":[\"a.lab\"],\"paths\":[],\"local\":%s,\"sites\":[%s]}"
        .formatted(name, local, sites);
  }

  private static String local(String signal, boolean healthy) {
    return "{\"signal\":\"%s\",\"why\":\"its probe\",\"backends\":[{\"url\":\"http://a:1\",\"healthy\":%s,\"lastError\":%s}],\"lease\":null,\"dampedUntil\":null,\"tier\":0,\"speakers\":[]}"
        .formatted(signal, healthy, healthy ? "null" : "\"timeout\"");
  }

  private static String disk(String path, String state, String why) {
    return "{\"path\":\"%s\",\"state\":\"%s\",\"why\":%s,\"content\":{\"objects\":1,\"bytes\":1,\"limitBytes\":2,\"indexBytes\":3},\"reads\":{\"found\":0,\"damaged\":0},\"writes\":{\"stored\":0,\"dropped\":0},\"errors\":0}"
        .formatted(path, state, why);
  }

  private static String cache(String disks, String notKept) {
    return "{\"node\":\"fra\",\"memoryBytes\":1,\"usedBytes\":0,\"fetchesInProgress\":0,\"services\":[],\"purges\":{\"log\":\"fra/1\",\"last\":0,\"entries\":0,\"held\":\"\",\"notKept\":\"%s\",\"nodes\":[]},\"disks\":[%s]}"
        .formatted(notKept, disks);
  }

  @Test
  void aDiskThatIsNotUsedAndALogThatIsNotKeptAreProblems() throws IOException {
    Map<String, String> views = healthy();
    views.put(
        "cache",
        cache(
            disk("/a", "working", "\"it records no purges: EIO\"")
                + ","
                + disk("/b", "unusable", "\"/b is used by another node\""),
            "another node uses it"));
    assertThat(status(views).out())
        .contains("disks         1 working, 1 unusable")
        .endsWith(
            """
            3 PROBLEMS
            disk /a of the cache: it records no purges: EIO
            disk /b of the cache is used by another node
            purges are not kept over a restart: another node uses it
            """);
  }

  @Test
  void anAuthorizationServiceThatGivesNoAnswerIsAProblem() throws IOException {
    Map<String, String> views = healthy();
    String dead = "\"authorization\":\"gave no answer to the last 5 requests: it answered 500\"";
    views.put(
        "services",
        "[" + service("shop", local("UP", true), "").replaceAll("}$", "," + dead + "}") + "]");
    assertThat(status(views).out())
        .endsWith(
            """
            1 PROBLEM
            service shop: its authorization service gave no answer to the last 5 requests: it answered 500
            """);
  }

  private static String tls(String problem, long daysLeft, String ocsp) {
    String listener =
        """
        {"address":"ADDRESS","problem":%s,"changed":null,
         "handshakes":{"tls12":0,"tls13":5,"failed":0},
         "tickets":{"from":"random","keys":1,"since":"2026-11-26T09:00:00Z"},"clients":"none",
         "certificates":[{"file":"/a.pem","names":["a.lab"],"key":"EC P-256","issuer":"CN=a",
          "notAfter":"2026-11-25T09:00:00Z","daysLeft":%d,"ocsp":"%s"}]}
        """
            .formatted(problem, daysLeft, ocsp);
    return "{\"versions\":[],\"groups\":[],\"listeners\":["
        + listener.replace("ADDRESS", "192.0.2.1:443")
        + ","
        + listener.replace("ADDRESS", "192.0.2.2:443")
        + "]}";
  }

  @Test
  void certificatesNotInForceEndedOrWithoutTheirOcspAreProblems() throws IOException {
    Map<String, String> views = healthy();
    views.put("tls", tls("\"/a.key is no key\"", -1, "/a.pem.ocsp: it is of last year"));
    assertThat(status(views).out())
        .contains("certificates  2 ended")
        .endsWith(
            """
            4 PROBLEMS
            TLS of 192.0.2.1:443: files not in force as they are: /a.key is no key
            certificate /a.pem has ended: 2026-11-25T09:00:00Z
            OCSP response not sent: /a.pem.ocsp: it is of last year
            TLS of 192.0.2.2:443: files not in force as they are: /a.key is no key
            """);
  }

  private static String tunnels(long open) {
    return JsonWriter.text(new TunnelStatus(open, 10_000, 8, 2, 5, 1, 4));
  }

  @Test
  void tunnelsAreCountedAndAProblemWhereNoOtherIsOpened() throws IOException {
    Map<String, String> views = healthy();
    views.put("tunnels", tunnels(10_000));
    assertThat(status(views).out())
        .contains("tunnels       10000 open, 10000 at most")
        .endsWith(
            """
            1 PROBLEM
            tunnels: as many are open as there may be, and no other is opened
            """);
    JsonValue json = JsonValue.parse(status(healthy(), "--json").out());
    assertThat(json.get("tunnels").text("open")).isEqualTo("3");
    assertThat(json.get("tunnels").text("at most")).isEqualTo("10000");
    assertThat(json.get("problems").items()).isEmpty();
  }

  private static String configuration(long generation, String confirm, String attempt) {
    return "{\"generation\":%d,\"hash\":\"0123456789ab\",\"file\":\"/n.yaml\",\"since\":\"2026-11-26T09:00:00Z\",\"actor\":\"x\",\"undo\":null,\"confirmInSeconds\":%s,\"lastAttempt\":%s}"
        .formatted(generation, confirm, attempt);
  }

  @Test
  void aConfigThatIsNotConfirmedAndOneThatWasRefusedAreProblems() throws IOException {
    Map<String, String> views = healthy();
    views.put(
        "configuration",
        configuration(
            2,
            "42",
            "{\"at\":\"2026-11-26T09:00:00Z\",\"actor\":\"SIGHUP\",\"file\":\"/n.yaml\",\"applied\":false,\"result\":\"/n.yaml:3: node: is wrong\\nmore\"}"));
    assertThat(status(views).out())
        .contains("config        2 generation, hash 0123456789ab")
        .endsWith(
            """
            2 PROBLEMS
            config: generation 2 is not confirmed, and goes in 42 s
            config: the last change, by SIGHUP, was refused: /n.yaml:3: node: is wrong
            """);
    JsonValue json = JsonValue.parse(status(healthy(), "--json").out());
    assertThat(json.get("config").text("hash")).isEqualTo("0123456789ab");
  }

  private static Map<String, String> healthy() {
    Map<String, String> views = new HashMap<>();
    views.put(
        "peers",
        "["
            + String.join(
                ",",
                peer("\"nyc\"", "established", "null"),
                peer("\"nyc\"", "candidate", "null"),
                peer("null", "candidate", "\"this node itself\""))
            + "]");
    views.put("services", "[" + service("shop", local("UP", true), "") + "]");
    views.put("bfd", "[]");
    views.put(
        "ingress",
        """
        {"prefixes":[{"prefix":"198.51.100.0/24","upstream":"192.0.2.1","state":"announced",
          "since":"2026-11-26T09:00:00Z"}],
         "sessions":[{"upstream":"192.0.2.1","asn":64500,"state":"established",
          "since":"2026-11-26T09:00:00Z","lastReset":null,"lastError":null}],"updatesSent":1}
        """);
    views.put(
        "revocations",
        "{\"file\":null,\"problem\":null,\"appliedAt\":null,\"applied\":0,\"refused\":0,\"entries\":[]}");
    views.put("refused", "[]");
    views.put("configuration", configuration(1, "null", "null"));
    views.put("tls", tls("null", 30, "none"));
    views.put("tunnels", tunnels(3));
    views.put("cache", cache(disk("/a", "working", "null"), ""));
    return views;
  }

  private Ran status(Map<String, String> views, String... more) throws IOException {
    Map<String, String> answers = new HashMap<>();
    views.forEach((view, body) -> answers.put("GET /v1/show/" + view, FakeNode.ok(body)));
    Path socket = temp.resolve("a.sock");
    try (FakeNode node = new FakeNode(socket, answers)) {
      List<String> args = new ArrayList<>(List.of("--socket", socket.toString(), "show", "status"));
      args.addAll(List.of(more));
      Ran ran = Ran.landfall(args.toArray(String[]::new));
      assertThat(node.requests).hasSize(views.size());
      return ran;
    } finally {
      Files.deleteIfExists(socket);
    }
  }

  @Test
  void aHealthyNodeHasNoProblems() throws IOException {
    assertThat(status(healthy()))
        .isEqualTo(
            new Ran(
                0,
                """
                VIEW          COUNTS
                peers         1 established
                services      1 UP here
                bfd           none
                prefixes      1 announced
                upstreams     1 established
                revocations   none
                certificates  2 valid
                tunnels       3 open, 10000 at most
                disks         1 working
                config        1 generation, hash 0123456789ab
                refused       none

                no problems
                """,
                ""));
  }

  @Test
  void aColdServiceIsAStateAndNoProblem() throws IOException {
    Map<String, String> views = healthy();
    views.put("services", "[" + service("shop", local("COLD", true), "") + "]");
    assertThat(status(views).out())
        .contains("services      1 COLD here\n")
        .endsWith("no problems\n");
    views.put("services", "[" + service("shop", local("COLD", false), "") + "]");
    assertThat(status(views).out())
        .endsWith("1 PROBLEM\nbackend http://a:1 of shop is down: timeout\n");
    views.put("services", "[" + service("shop", local("DRAINING", true), "") + "]");
    assertThat(status(views).out())
        .endsWith("1 PROBLEM\nservice shop is DRAINING here: its probe\n");
  }

  private String problemOfThePrefix(String state, String intent, String operator)
      throws IOException {
    Map<String, String> views = healthy();
    String ingress = String.valueOf(views.get("ingress")).replace("announced", state).strip();
    views.put(
        "ingress",
        "%s,\"intent\":\"%s\",\"operator\":%s}"
            .formatted(ingress.substring(0, ingress.length() - 1), intent, operator));
    String page = status(views).out();
    return page.substring(page.indexOf("prefix 198")).strip();
  }

  @Test
  void aPrefixThatIsNotAnnouncedHasTheCause() throws IOException {
    String prefix = "prefix 198.51.100.0/24 is %s at 192.0.2.1";
    assertThat(problemOfThePrefix("withdrawn", "drain", "\"drain, drain shop (kept in /a)\""))
        .isEqualTo(prefix.formatted("withdrawn") + ": the node is drained by command");
    assertThat(problemOfThePrefix("draining", "drain", "\"drain (kept in /a)\""))
        .isEqualTo(prefix.formatted("draining") + ": the node is drained by command");
    assertThat(problemOfThePrefix("draining", "drain", "\"drain shop (kept in /a)\""))
        .isEqualTo(prefix.formatted("draining") + ": the node stops");
    assertThat(problemOfThePrefix("withdrawn", "withdraw (start delay)", "null"))
        .isEqualTo(prefix.formatted("withdrawn") + ": start delay");
    assertThat(problemOfThePrefix("pending", "advertise", "null"))
        .isEqualTo(prefix.formatted("pending"));
  }

  @Test
  void everyProblemIsNamedWithItsCause() throws IOException {
    Map<String, String> views = healthy();
    views.put(
        "peers",
        "["
            + peer("\"sin\"", "down", "\"us: hold timer expired\"")
            + ","
            + peer("null", "candidate", "\"connection refused\"")
            + "]");
    views.put(
        "services",
        "["
            + service("shop", local("DOWN", false), "")
            + ","
            + service(
                "media",
                "null",
                "{\"node\":\"nyc\",\"identity\":\"10.32.0.2\",\"signal\":\"UP\",\"tier\":0,\"cost\":100,\"usable\":false,\"why\":\"its path is dead\"}")
            + "]");
    views.put(
        "bfd",
        """
        [{"peer":"sin","address":"127.0.0.2:8443","state":"down","remoteState":"up",
          "path":"dead","since":"2026-11-26T09:00:00Z","diagnostic":"","localDiscriminator":"",
          "remoteDiscriminator":"","transmitMillis":1000,"receiveMillis":200,
          "detectionMillis":600,"authentication":"none","packetsSent":1,"packetsReceived":1,
          "ups":1,"downs":1,"discarded":{},"lastDown":"no packet for 600 ms"}]
        """);
    views.put(
        "ingress", Objects.requireNonNull(views.get("ingress")).replace("announced", "withdrawn"));
    views.put(
        "revocations",
        Objects.requireNonNull(views.get("revocations"))
            .replace("\"problem\":null", "\"problem\":\"gone\""));
    Ran ran = status(views);
    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines().skip(13))
        .containsExactly(
            "9 PROBLEMS",
            "peer sin at 127.0.0.2:8443 is down: us: hold timer expired",
            "peer 127.0.0.2:8443 is candidate: connection refused",
            "service shop is DOWN here: its probe",
            "backend http://a:1 of shop is down: timeout",
            "service shop: no site advertises it",
            "service media: no site that advertises it can be used from here: its path is dead",
            "the path to sin is dead: no packet for 600 ms",
            "prefix 198.51.100.0/24 is withdrawn at 192.0.2.1",
            "revocations: gone");
    JsonValue json = JsonValue.parse(status(views, "--json").out());
    assertThat(json.get("problems").items()).hasSize(9);
    assertThat(json.get("peers").text("down")).isEqualTo("1");
  }
}

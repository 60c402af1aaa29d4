package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.json.JsonValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Commands, what they print, and the exit codes that scripts rely on. */
class MainTest {
  private static final String ROUTES =
      "[{\"address\":\"10.32.1.10\",\"kind\":\"service\",\"name\":\"shop\",\"paths\":["
          + "{\"nextHop\":\"10.32.0.1\",\"from\":\"local\",\"best\":true,\"tier\":0,\"cost\":0,"
          + "\"ageSeconds\":190.2,\"signal\":\"UP\"},"
          + "{\"nextHop\":\"10.32.0.2\",\"from\":\"nyc\",\"best\":false,\"tier\":0,\"cost\":100,"
          + "\"ageSeconds\":4.25,\"signal\":\"UP\"}]}]\n";

  @TempDir Path temp;

  private Path socket() {
    return temp.resolve("a.sock");
  }

  @Test
  void jsonIsPrintedAsItCameAndTheSocketMayStandAnywhere() throws IOException {
    try (FakeNode node =
        new FakeNode(socket(), Map.of("GET /v1/show/routes", FakeNode.ok(ROUTES)))) {
      String s = socket().toString();
      Ran before = Ran.landfall("--socket", s, "show", "routes", "--json");
      Ran after = Ran.landfall("show", "routes", "--socket", s, "--json");
      Ran between = Ran.landfall("--json", "show", "--socket=" + s, "routes");
      assertThat(before).isEqualTo(new Ran(0, ROUTES, ""));
      assertThat(after).isEqualTo(before);
      assertThat(between).isEqualTo(before);
      assertThat(node.requests).hasSize(3);
    }
  }

  @Test
  void tablesAreAligned() throws IOException {
    try (FakeNode node =
        new FakeNode(socket(), Map.of("GET /v1/show/routes", FakeNode.ok(ROUTES)))) {
      Ran ran = Ran.landfall("--socket", socket().toString(), "show", "routes");
      assertThat(ran.code()).isZero();
      assertThat(ran.out())
          .isEqualTo(
              """
              ADDRESS     KIND     NAME  NEXT HOP    FROM   TIER  COST  SIGNAL  AGE
              10.32.1.10  service  shop  *10.32.0.1  local  0     0     UP      3m10s
                                          10.32.0.2  nyc    0     100   UP      4.3s
              """);
      assertThat(node.requests).containsExactly("GET /v1/show/routes ");
    }
  }

  @Test
  void explainEndsWithOneWhenTheAnswerIsNo() throws IOException {
    String forward =
        "{\"host\":\"shop.lab\",\"path\":\"/x\",\"service\":\"shop\",\"outcome\":\"forward\","
            + "\"reason\":\"REMOTE_UP\",\"why\":\"it is up elsewhere\",\"candidates\":["
            + "{\"node\":\"fra\",\"usable\":false,\"why\":\"shop is down here\"},"
            + "{\"node\":\"nyc\",\"usable\":true,\"why\":\"adjacency is up\"}]}\n";
    String decline =
        "{\"host\":\"no.lab\",\"path\":\"/\",\"service\":null,\"outcome\":\"decline\","
            + "\"reason\":\"UNKNOWN_HOST\",\"why\":\"nobody answers\",\"candidates\":[]}\n";
    try (FakeNode node =
        new FakeNode(
            socket(),
            Map.of(
                "GET /v1/explain?url=http%3A%2F%2Fshop.lab%2Fx", FakeNode.ok(forward),
                "GET /v1/explain?url=no.lab", FakeNode.ok(decline)))) {
      Ran yes = Ran.landfall("--socket", socket().toString(), "explain", "http://shop.lab/x");
      assertThat(yes.code()).isZero();
      assertThat(yes.out())
          .isEqualTo(
              """
              shop.lab/x: forward (REMOTE_UP): it is up elsewhere
              service: shop
                  NODE  USABLE  WHY
              -   fra   no      shop is down here
              1.  nyc   yes     adjacency is up
              """);
      Ran no = Ran.landfall("--socket", socket().toString(), "explain", "no.lab", "--json");
      assertThat(no).isEqualTo(new Ran(1, decline, ""));
      assertThat(node.requests).hasSize(2);
    }
  }

  @Test
  void aRequestThatIsOverIsATimelineOfEachNode() throws IOException {
    String report =
        """
        {"id":"id-1","node":"fra","here":[{"time":"2026-11-26T09:14:33.120Z","traceId":"0af7",\
        "client":"192.0.2.7","fromNode":null,"method":"GET","host":"shop.lab","target":"/x",\
        "protocol":"HTTP/1.1","service":"shop","outcome":"forward","reason":"REMOTE_UP",\
        "upstream":"nyc","byCache":false,"cacheStatus":null,"status":200,"bytesSent":5,\
        "bytesReceived":0,"durationMicros":4200,"firstByteMicros":4000,"attempts":[\
        {"place":"10.0.0.7:80","kind":"backend","status":0,"failure":"REFUSED",\
        "why":"the connection was refused","beganMicros":100,"answeredMicros":null,\
        "endedMicros":300},{"place":"nyc","kind":"node","status":200,"beganMicros":400,\
        "answeredMicros":3900,"endedMicros":4100}]}],"elsewhere":[{"node":"nyc","halves":[],\
        "problem":"it has not answered within 2 s"}]}
        """;
    try (FakeNode node =
        new FakeNode(
            socket(),
            Map.of(
                "GET /v1/explain/request?id=id-1", FakeNode.ok(report),
                "GET /v1/explain/request?id=id-2",
                    FakeNode.response("404 Not Found", "{\"detail\":\"not known\"}")))) {
      String socket = socket().toString();
      assertThat(Ran.landfall("--socket", socket, "explain", "--request", "id-1"))
          .isEqualTo(
              new Ran(
                  0,
                  """
                  request id-1, trace 0af7
                  GET shop.lab/x, HTTP/1.1 from 192.0.2.7

                  fra: forward (REMOTE_UP), service shop, over at 2026-11-26T09:14:33.120Z
                  AT     PLACE        WHAT
                  0ms    192.0.2.7    the request's head
                  0.1ms  10.0.0.7:80  asked (backend)
                  0.3ms  10.0.0.7:80  REFUSED: the connection was refused
                  0.4ms  nyc          asked (node)
                  3.9ms  nyc          answers 200
                  4ms    -            head of the answer: 200
                  4.2ms  nyc          over: 200, 5 bytes sent, 0 received
                  nyc: unknown: it has not answered within 2 s
                  """,
                  ""));
      assertThat(Ran.landfall("--socket", socket, "--json", "explain", "--request", "id-1").out())
          .isEqualTo(report);
      Ran none = Ran.landfall("--socket", socket, "explain", "--request", "id-2");
      assertThat(none.code()).isEqualTo(1);
      assertThat(none.err()).contains("not known");
      assertThat(node.requests).hasSize(3);
    }
    assertThat(Ran.landfall("explain").code()).isEqualTo(2);
    assertThat(Ran.landfall("explain", "a.lab", "--request", "id-1").code()).isEqualTo(2);
    assertThat(Ran.landfall("explain", "--request", "a", "--from", "192.0.2.1").code())
        .isEqualTo(2);
  }

  @Test
  void commandsGoOutAsTheApiWantsThem() throws IOException {
    String done = FakeNode.ok("{\"message\":\"shop is up\"}\n");
    try (FakeNode node =
        new FakeNode(
            socket(),
            Map.of(
                "PUT /v1/services/shop", done,
                "DELETE /v1/services/shop", done,
                "POST /v1/drain", done,
                "POST /v1/undrain", done,
                "POST /v1/maintenance", done))) {
      String s = socket().toString();
      assertThat(Ran.landfall("--socket", s, "announce", "shop", "--ttl", "5s"))
          .isEqualTo(new Ran(0, "shop is up" + System.lineSeparator(), ""));
      assertThat(Ran.landfall("--socket", s, "announce", "shop", "--json").out())
          .isEqualTo("{\"message\":\"shop is up\"}\n");
      assertThat(Ran.landfall("--socket", s, "withdraw", "shop").code()).isZero();
      assertThat(Ran.landfall("--socket", s, "drain", "service", "shop").code()).isZero();
      assertThat(Ran.landfall("--socket", s, "drain", "node").code()).isZero();
      assertThat(Ran.landfall("--socket", s, "undrain", "service", "shop").code()).isZero();
      assertThat(Ran.landfall("undrain", "node", "--socket", s).code()).isZero();
      assertThat(Ran.landfall("--socket", s, "maintenance", "on", "shop").code()).isZero();
      assertThat(
              Ran.landfall("--socket", s, "maintenance", "on", "shop", "--retry-after", "2m")
                  .code())
          .isZero();
      assertThat(Ran.landfall("maintenance", "off", "shop", "--socket", s).code()).isZero();
      assertThat(node.requests)
          .containsExactly(
              "PUT /v1/services/shop {\"ttlMillis\":5000}",
              "PUT /v1/services/shop ",
              "DELETE /v1/services/shop ",
              "POST /v1/drain {\"service\":\"shop\"}",
              "POST /v1/drain {\"node\":true}",
              "POST /v1/undrain {\"service\":\"shop\"}",
              "POST /v1/undrain {\"node\":true}",
              "POST /v1/maintenance {\"service\":\"shop\",\"on\":true}",
              "POST /v1/maintenance {\"service\":\"shop\",\"on\":true,\"retryAfterSeconds\":120}",
              "POST /v1/maintenance {\"service\":\"shop\",\"on\":false}");
    }
  }

  @Test
  void aClientIsExplainedByItsAddressAndFields() throws IOException {
    String answer =
        """
        {"host":"shop","path":"/","service":"shop","outcome":"serve","reason":"LOCAL_UP",
         "why":"it is up here","rules":["10.1.2.3 gets 403"],"candidates":[]}
        """;
    String asked = "GET /v1/explain?url=shop&from=10.1.2.3&field=X-Key%3A+a&field=B%3Ac";
    try (FakeNode _ = new FakeNode(socket(), Map.of(asked, FakeNode.ok(answer)))) {
      Ran ran =
          Ran.landfall(
              "--socket",
              socket().toString(),
              "explain",
              "shop",
              "--from",
              "10.1.2.3",
              "--request-field",
              "X-Key: a",
              "--request-field",
              "B:c");
      assertThat(ran.out()).contains("before that: 10.1.2.3 gets 403");
      assertThat(ran.code()).isZero();
    }
    assertThat(Ran.landfall("explain", "shop", "--request-field", "a: b").code()).isEqualTo(2);
  }

  @Test
  void servicesInMaintenanceAreListed() throws IOException {
    String services =
        """
        [{"name":"blog","identity":"10.32.1.11","hosts":["b"],"paths":[],"sites":[]},
         {"name":"shop","identity":"10.32.1.10","hosts":["a"],"paths":[],"sites":[],
          "maintenance":"by an operator"}]
        """;
    try (FakeNode node =
        new FakeNode(socket(), Map.of("GET /v1/show/services", FakeNode.ok(services)))) {
      String s = socket().toString();
      assertThat(Ran.landfall("--socket", s, "maintenance").out())
          .contains("shop", "by an operator")
          .doesNotContain("blog");
      assertThat(Ran.landfall("--socket", s, "maintenance", "--json").out())
          .isEqualTo("[{\"service\":\"shop\",\"by\":\"by an operator\"}]\n");
      assertThat(Ran.landfall("--socket", s, "show", "services").out())
          .contains("in maintenance by an operator; no site advertises it");
      assertThat(node.requests).hasSize(3);
    }
  }

  @Test
  void aRefusalIsASentenceAndExitCodeOne() throws IOException {
    String problem =
        FakeNode.response("404 Not Found", "{\"detail\":\"there is no service x; there is shop\"}");
    try (FakeNode node = new FakeNode(socket(), Map.of("PUT /v1/services/x", problem))) {
      Ran ran = Ran.landfall("--socket", socket().toString(), "announce", "x");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err())
          .startsWith("landfall: the node refused (404): there is no service x; there is shop");
      assertThat(node.requests).hasSize(1);
    }
  }

  @Test
  void aNodeThatIsNotThereIsExitCodeThreeWithWhatToDo() throws IOException {
    Ran none = Ran.landfall("--socket", socket().toString(), "show", "peers");
    assertThat(none.code()).isEqualTo(3);
    assertThat(none.err().strip())
        .isEqualTo(
            "landfall: cannot reach the node at "
                + socket()
                + ": no such socket; is it running? see --socket");
    assertThat(Ran.landfall("--socket", temp.toString(), "show", "peers").err())
        .contains("that is no socket");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket()));
    }
    Ran refused = Ran.landfall("--socket", socket().toString(), "show", "peers");
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err()).contains("connection refused");
  }

  @Test
  void anAnswerThatIsCutOffIsNotTakenForTheAnswer() throws IOException {
    String cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[";
    try (FakeNode node = new FakeNode(socket(), Map.of("GET /v1/show/peers", cut))) {
      Ran ran = Ran.landfall("--socket", socket().toString(), "show", "peers", "--json");
      assertThat(ran.code()).isEqualTo(3);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("its answer was cut off");
      assertThat(node.requests).hasSize(1);
    }
  }

  @Test
  void aWrongCommandLineIsExitCodeTwo() {
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("shwo"),
            List.of("show"),
            List.of("show", "everything"),
            List.of("explain"),
            List.of("announce", "Shop"),
            List.of("announce", "shop", "--ttl", "soon"),
            List.of("drain"),
            List.of("drain", "service"),
            List.of("maintenance", "on"),
            List.of("maintenance", "off", "Shop"),
            List.of("maintenance", "on", "shop", "--retry-after", "25h"),
            List.of("maintenance", "off", "shop", "--retry-after", "1m"),
            List.of("ca"),
            List.of("run"))) {
      Ran ran = Ran.landfall(wrong.toArray(String[]::new));
      assertThat(ran.code()).as(wrong.toString()).isEqualTo(2);
      assertThat(ran.err()).as(wrong.toString()).isNotBlank();
    }
    assertThat(Ran.landfall("shwo").err()).contains("show");
    assertThat(Ran.landfall("show", "everything").err())
        .contains("there is no view 'everything' to show")
        .contains(
            "bfd, cache, configuration, decisions, ingress, peers, refused, revocations, routes")
        .contains("routes, services");
    assertThat(Ran.landfall("show", "peer").err()).contains("did you mean peers?");
  }

  @Command(name = "extra")
  static final class Extra implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      spec.commandLine().getOut().println("it ran");
    }
  }

  @Test
  void aCommandOfAnotherRoomStandsBehindRunWithItsExample() {
    ExtraCommand extra = new ExtraCommand("extra", "  landfall extra --now", Extra::new);
    StringWriter out = new StringWriter();
    PrintWriter both = new PrintWriter(out);
    assertThat(Main.run(both, both, List.of(extra), "--help")).isZero();
    assertThat(out.toString().lines().map(line -> line.strip().split(" ")[0]))
        .containsSubsequence("run", "extra", "show");
    assertThat(out.toString())
        .containsSubsequence("Examples:", "  landfall extra --now", "  landfall run");
    assertThat(Main.run(both, both, List.of(extra), "extra")).isZero();
    assertThat(out.toString()).contains("it ran");
    assertThat(Ran.landfall("extra").code()).isEqualTo(2);
  }

  @Test
  void everyCommandHasHelpWithExitCodes() {
    CommandLine root = Commands.tree();
    assertHelp(root, List.of());
  }

  private static void assertHelp(CommandLine command, List<String> path) {
    List<String> args = new ArrayList<>(path);
    args.add("--help");
    Ran ran = Ran.landfall(args.toArray(String[]::new));
    assertThat(ran.code()).as(args.toString()).isZero();
    assertThat(ran.out())
        .as(args.toString())
        .contains("Usage: landfall")
        .contains("3   the node cannot be reached");
    command
        .getSubcommands()
        .forEach(
            (name, sub) -> {
              List<String> below = new ArrayList<>(path);
              below.add(name);
              assertHelp(sub, below);
            });
  }

  @Test
  void aUrlThatIsNoneIsAWrongCommandLine() throws IOException {
    String problem = FakeNode.response("400 Bad Request", "{\"detail\":\"'ftp://x' is no URL\"}");
    try (FakeNode node =
        new FakeNode(socket(), Map.of("GET /v1/explain?url=ftp%3A%2F%2Fx", problem))) {
      assertThat(Ran.landfall("--socket", socket().toString(), "explain", "ftp://x"))
          .isEqualTo(new Ran(2, "", "landfall: 'ftp://x' is no URL" + System.lineSeparator()));
      assertThat(node.requests).hasSize(1);
    }
  }

  @Test
  void helpIsAlsoACommand() {
    assertThat(Ran.landfall("help")).isEqualTo(Ran.landfall("--help"));
    assertThat(Ran.landfall("help", "show", "routes"))
        .isEqualTo(Ran.landfall("show", "routes", "--help"));
    Ran none = Ran.landfall("help", "shwo");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err())
        .contains("there is no command 'shwo' below landfall; did you mean show?");
  }

  @Test
  void checkPrintsEveryProblemAndEndsWithOne() throws IOException {
    Path file = temp.resolve("bad.yaml");
    Files.writeString(file, "node: {name: FRA, identity: 10.0.0.1, colour: red}\n");
    Ran ran = Ran.landfall("check", file.toString());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines())
        .hasSize(4)
        .allMatch(line -> line.startsWith(file + ":1: "))
        .anyMatch(line -> line.contains("node.colour: unknown key"));

    Ran json = Ran.landfall("configure", "check", file.toString(), "--json");
    assertThat(json.code()).isEqualTo(1);
    JsonValue tree = JsonValue.parse(json.out());
    assertThat(tree.get("valid").isTrue()).isFalse();
    assertThat(tree.get("problems").items()).hasSize(4);
    assertThat(tree.get("problems").items().getFirst().text("line")).isEqualTo("1");

    assertThat(Ran.landfall("check", temp.resolve("none.yaml").toString()).code()).isEqualTo(1);
  }

  @Test
  void versionIsPrinted() {
    assertThat(Ran.landfall("version").out()).startsWith("landfall 0.1.0 (Java ");
    assertThat(JsonValue.parse(Ran.landfall("version", "--json").out()).text("version"))
        .isEqualTo("0.1.0");
    assertThat(Ran.landfall("--version").out()).isEqualTo(Ran.landfall("version").out());
    assertThat(Ran.landfall("-V", "--json").out())
        .isEqualTo(Ran.landfall("version", "--json").out());
  }

  @Test
  void anAnswerThatIsNoJsonIsExitCodeThreeAndASentenceForEveryCommand() throws IOException {
    for (String[] command :
        List.of(
            new String[] {"GET /v1/show/peers", "show", "peers"},
            new String[] {"GET /v1/show/routes", "show", "routes"},
            new String[] {"GET /v1/show/services", "show", "services"},
            new String[] {"GET /v1/show/services", "maintenance"},
            new String[] {"GET /v1/show/refused?peer=nyc", "show", "refused", "nyc"},
            new String[] {"GET /v1/explain?url=x", "explain", "x"},
            new String[] {"POST /v1/drain", "drain", "node"},
            new String[] {"POST /v1/reload", "reload"})) {
      for (String again : List.of("--json=false", "")) {
        Path socket = temp.resolve("h.sock");
        try (FakeNode node = new FakeNode(socket, Map.of(command[0], FakeNode.ok("{no json")))) {
          List<String> args = new ArrayList<>(List.of("--socket", socket.toString()));
          // With it, picocli reads the command line.
          args.addAll(again.isEmpty() ? List.of() : List.of(again));
          args.addAll(List.of(command).subList(1, command.length));
          Ran ran = Ran.landfall(args.toArray(String[]::new));
          assertThat(node.requests).hasSize(1);
          assertThat(ran.code()).as(args.toString()).isEqualTo(3);
          assertThat(ran.err()).startsWith("landfall: the node's answer is not understood: ");
          assertThat(ran.err().lines()).hasSize(1);
        } finally {
          Files.deleteIfExists(socket);
        }
      }
    }
  }
}

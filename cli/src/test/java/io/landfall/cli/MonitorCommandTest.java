package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream of changes: its lines, and what each way of ending comes to. */
class MonitorCommandTest {
  private static final String WATCHING =
      "{\"time\":\"2026-11-26T09:14:33.120Z\",\"type\":\"watching\",\"why\":\"\"}\n";

  private static final String SIGNAL =
      """
      {"time":"2026-11-26T09:14:33.120Z","type":"signal","cause":"LOCAL","peer":null,\
      "name":"shop","address":"10.32.1.10","before":"UP","after":"DOWN",\
      "why":"connection refused"}
      """;

  private static final String ROUTE =
      """
      {"time":"2026-11-26T09:14:33.121Z","type":"route","cause":"LOCAL","peer":null,\
      "name":"shop","address":"10.32.1.10","before":{"paths":[\
      {"nextHop":"10.32.0.1","node":"fra","from":"local","best":true,"usable":true,\
      "signal":"UP","tier":0,"cost":0},\
      {"nextHop":"10.32.0.2","node":"nyc","from":"nyc","best":false,"usable":true,\
      "signal":"COLD","tier":5,"cost":100}]},"after":{"paths":[\
      {"nextHop":"10.32.0.2","node":"nyc","from":"nyc","best":true,"usable":true,\
      "signal":"COLD","tier":5,"cost":100}]},"why":"connection refused"}
      """;

  private static final String GONE =
      """
      {"time":"2026-11-26T09:14:34.000Z","type":"route","cause":"SESSION_LOST","peer":"nyc",\
      "name":null,"address":"10.32.0.2","before":{"paths":[\
      {"nextHop":"10.32.0.2","node":"","from":"nyc","best":false,"usable":false,\
      "signal":"UP","tier":0,"cost":100}]},"after":null,"why":"the session with nyc was lost"}
      """;

  private static final String LOST =
      "{\"time\":\"2026-11-26T09:14:35.000Z\",\"type\":\"lost\",\"why\":\"7 events lost: slow\"}\n";

  private static final String REFUSED =
      """
      {"time":"2026-11-26T09:14:36.000Z","type":"refused","cause":"not-entitled","peer":"nyc",\
      "name":null,"address":null,"before":null,"after":null,"why":"10.32.1.77 (1 so far)"}
      """;

  @TempDir Path temp;

  private static String stream(boolean whole, String... lines) {
    StringBuilder text =
        new StringBuilder(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n");
    for (String line : lines) {
      // Two chunks a line: lines and chunks have nothing to do with each other.
      String half = line.substring(0, line.length() / 2);
      for (String part : List.of(half, line.substring(half.length()))) {
        text.append(Integer.toHexString(part.getBytes(UTF_8).length)).append("\r\n");
        text.append(part).append("\r\n");
      }
    }
    return text.append(whole ? "0\r\n\r\n" : "").toString();
  }

  private Ran ran(String request, String response, String... args) throws IOException {
    Path socket = temp.resolve("a.sock");
    try (FakeNode node = new FakeNode(socket, Map.of("GET " + request, response))) {
      String[] all = new String[args.length + 3];
      all[0] = "--socket";
      all[1] = socket.toString();
      all[2] = "monitor";
      System.arraycopy(args, 0, all, 3, args.length);
      Ran ran = Ran.landfall(all);
      assertThat(node.requests).containsExactly("GET " + request + " ");
      return ran;
    } finally {
      java.nio.file.Files.deleteIfExists(socket);
    }
  }

  @Test
  void everyChangeIsALineThatSaysWhatBecameOfWhatAndWhy() throws IOException {
    Ran ran =
        ran(
            "/v1/monitor",
            stream(true, WATCHING, SIGNAL, ROUTE, GONE, LOST, REFUSED),
            "--count",
            "4");
    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                """
                watching; Ctrl-C ends it
                2026-11-26T09:14:33.120Z  signal   shop                UP -> DOWN                                  connection refused
                2026-11-26T09:14:33.121Z  route    10.32.1.10 shop     *fra nyc=COLD/tier5 -> *nyc=COLD/tier5      connection refused
                2026-11-26T09:14:34.000Z  route    10.32.0.2           10.32.0.2=unusable -> none                  the session with nyc was lost
                2026-11-26T09:14:35.000Z  7 EVENTS LOST: SLOW
                2026-11-26T09:14:36.000Z  refused  nyc                 not-entitled                                10.32.1.77 (1 so far)
                """,
                ""));
  }

  @Test
  void jsonIsPassedOnLineByLineAndFiltersGoToTheNode() throws IOException {
    Ran ran =
        ran(
            "/v1/monitor?peer=nyc&service=shop",
            stream(true, WATCHING, SIGNAL),
            "--json",
            "--peer",
            "nyc",
            "--service",
            "shop",
            "--count",
            "1");
    assertThat(ran).isEqualTo(new Ran(0, WATCHING + SIGNAL, ""));
  }

  @Test
  void aNodeThatStopsOrDiesEndsItWithThreeAndASentence() throws IOException {
    Ran stopped = ran("/v1/monitor", stream(true, WATCHING));
    assertThat(stopped.code()).isEqualTo(3);
    assertThat(stopped.err()).contains("landfall: the node ended the stream: it stops");
    Ran died = ran("/v1/monitor", stream(false, WATCHING, SIGNAL));
    assertThat(died.code()).isEqualTo(3);
    assertThat(died.out()).contains("UP -> DOWN");
    assertThat(died.err())
        .contains("landfall: the node has gone, and the stream with it: it was cut off");
    Ran never = Ran.landfall("--socket", temp.resolve("none").toString(), "monitor");
    assertThat(never.code()).isEqualTo(3);
    assertThat(never.err()).contains("no such socket");
  }

  @Test
  void aNodeThatHasWatchersEnoughSaysSo() throws IOException {
    Ran ran =
        ran("/v1/monitor", FakeNode.response("409 Conflict", "{\"detail\":\"16 are watching\"}"));
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("the node refused (409): 16 are watching");
  }

  @Test
  void aLineThatIsNoJsonEndsItWithThreeAndASentence() throws IOException {
    for (String line : new String[] {"no json\n", "{\"a\":\n", "[".repeat(2_000) + "\n"}) {
      Ran ran = ran("/v1/monitor", stream(true, WATCHING, line));
      assertThat(ran.code()).isEqualTo(3);
      assertThat(ran.err()).startsWith("landfall: the node's answer is not understood: ");
      assertThat(ran.err().lines()).hasSize(1);
    }
  }

  @Test
  void requestsAreShownAsTheyEnd() throws IOException {
    String request =
        """
        {"time":"2026-11-30T02:14:33.120Z","client":"192.0.2.7","method":"GET","scheme":"https",\
        "host":"shop.lab","target":"/a?b","protocol":"HTTP/2.0","status":502,"bytes_sent":120,\
        "bytes_received":0,"duration_us":1240,"service":"shop","outcome":"forward",\
        "reason":"REMOTE_UP","upstream":"nyc","attempts":1}
        """;
    String tcp =
        """
        {"time":"2026-11-30T02:14:33.121Z","client":"192.0.2.8","from_node":"fra","request_id":"7f",\
        "protocol":"TCP","status":101,"bytes_sent":1,"bytes_received":2,"duration_us":2000000,\
        "service":"db","outcome":"serve","reason":"LOCAL_UP","upstream":"10.0.0.1:5432","attempts":1}
        """;
    String query = "?service=shop&status=5xx&slower=500";
    Map<String, String> answers =
        Map.of(
            "GET /v1/monitor/requests" + query,
            stream(true, WATCHING, request, LOST, tcp),
            "GET /v1/monitor/requests?id=a+b",
            FakeNode.response("404 Not Found", "{\"detail\":\"no such service\"}"));
    Path socket = temp.resolve("a.sock");
    try (FakeNode node = new FakeNode(socket, answers)) {
      Ran ran =
          Ran.landfall(
              ("--socket "
                      + socket
                      + " monitor requests --service shop --status 5xx --slower 500ms --count 2")
                  .split(" "));
      assertThat(ran.code()).isZero();
      assertThat(ran.out())
          .isEqualTo(
              """
              watching; Ctrl-C ends it
              2026-11-30T02:14:33.120Z  502  GET  shop.lab/a?b  1.2ms  forward  REMOTE_UP  service=shop  to=nyc  client=192.0.2.7
              2026-11-26T09:14:35.000Z  7 EVENTS LOST: SLOW
              2026-11-30T02:14:33.121Z  101  TCP  -  2s  serve  LOCAL_UP  service=db  to=10.0.0.1:5432  client=192.0.2.8  from=fra  id=7f
              """);
      assertThat(
              Ran.landfall("--socket", socket.toString(), "monitor", "requests", "--id", "a b")
                  .err())
          .contains("the node refused (404): no such service");
      assertThat(node.requests).hasSize(2);
    }
  }
}

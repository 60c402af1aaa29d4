package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code show services} and {@code show decisions} of which a part is asked for. */
class FilteredReadTest {
  private static final String SERVICES =
      """
      [{"name":"shop","identity":"10.32.1.10","hosts":["shop.lab"],"paths":[],"local":null,
        "sites":[{"node":"nyc","identity":"10.32.0.2","signal":"UP","tier":0,"cost":90,
                  "usable":true,"why":"usable"}]}]
      """;

  @TempDir Path temp;

  /** Runs a command against a node that answers one question only. */
  private Ran ran(String question, String answer, String... args) throws IOException {
    Path socket = temp.resolve("f.sock");
    Files.deleteIfExists(socket);
    try (FakeNode node = new FakeNode(socket, Map.of("GET /v1/show/" + question, answer))) {
      List<String> all = new ArrayList<>(List.of("--socket", socket.toString(), "show"));
      all.addAll(List.of(args));
      Ran ran = Ran.landfall(all.toArray(String[]::new));
      assertThat(node.requests).as(ran.toString()).hasSize(1);
      return ran;
    }
  }

  @Test
  void theNodeIsAskedForThePartAndItIsShown() throws IOException {
    Ran ran =
        ran(
            "services?name=s*&site=nyc&state=UP",
            FakeNode.ok(SERVICES),
            "services",
            "s*",
            "--site",
            "nyc",
            "--state=UP");
    assertThat(ran.out()).contains("shop", "nyc");
    assertThat(ran("services?name=shop", FakeNode.ok(SERVICES), "services", "shop").out())
        .as("without picocli too")
        .contains("nyc");
  }

  @Test
  void jsonHasThePartToo() throws IOException {
    assertThat(
            ran("services?site=nyc", FakeNode.ok(SERVICES), "services", "--site=nyc", "--json")
                .out())
        .isEqualTo(SERVICES);
    assertThat(
            ran(
                    "decisions?outcome=decline",
                    FakeNode.ok("[]"),
                    "decisions",
                    "--outcome",
                    "decline",
                    "--json")
                .out())
        .isEqualTo("[]");
  }

  @Test
  void aTableOfAllSitesHasWholeRows() throws IOException {
    assertThat(
            ran(
                    "services?state=UP&whole=true",
                    FakeNode.ok(SERVICES),
                    "services",
                    "--all-sites",
                    "--state",
                    "UP")
                .out())
        .isEqualTo(
            """
            NAME  HERE  nyc
            shop  -     UP
            """);
    assertThat(
            ran(
                    "services?state=COLD&whole=true",
                    FakeNode.ok("[]"),
                    "services",
                    "--all-sites",
                    "--state=COLD")
                .out())
        .isEqualTo("no services match\n");
  }

  @Test
  void decisionsAreAskedForByServiceOutcomeReasonAndStatus() throws IOException {
    Ran ran =
        ran(
            "decisions?service=shop&outcome=forward&reason=REMOTE_UP&status=5xx",
            FakeNode.ok("[]"),
            "decisions",
            "--status=5xx",
            "--reason=REMOTE_UP",
            "--outcome=forward",
            "--service=shop");
    assertThat(ran).isEqualTo(new Ran(0, "no requests match\n", ""));
    assertThat(ran("decisions", FakeNode.ok("[]"), "decisions").out())
        .isEqualTo("no requests yet\n");
  }

  @Test
  void aWrongValueIsAWrongCommandLineAndAMissingNameIsNo() throws IOException {
    Ran wrong =
        ran(
            "services?state=ill",
            FakeNode.response(
                "400 Bad Request", "{\"detail\":\"there is no state 'ILL'; there are UP\"}"),
            "services",
            "--state",
            "ill");
    assertThat(wrong.code()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err()).contains("there is no state 'ILL'; there are UP");
    Ran missing =
        ran(
            "services?site=tyo",
            FakeNode.response("404 Not Found", "{\"detail\":\"there is no site 'tyo'\"}"),
            "services",
            "--site",
            "tyo");
    assertThat(missing.code()).isEqualTo(ExitCode.NO);
    assertThat(missing.err()).contains("there is no site 'tyo'");
  }

  @Test
  void helpAndShellsHaveTheValues() {
    assertThat(Ran.landfall("show", "services", "--help").out())
        .contains("--site", "--state", "UP, COLD, DRAINING, DOWN", "--watch", "NAME");
    assertThat(Ran.landfall("show", "decisions", "--help").out())
        .contains("--service", "--outcome", "serve, forward, decline", "--reason", "--status");
    assertThat(Ran.landfall("completion", "bash").out())
        .contains("(\"UP\" \"COLD\" \"DRAINING\" \"DOWN\")", "(\"serve\" \"forward\" \"decline\")");
    assertThat(Ran.landfall("completion", "fish").out())
        .contains(" -l 'state' -r -f -a 'UP COLD DRAINING DOWN' -d ");
  }
}

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

/**
 * {@code landfall configure ...} and {@code show configuration}, against a node of a test's own.
 */
class ConfigureCommandTest {
  private static final String PATH = "POST /v1/configure/";

  @TempDir Path temp;

  private record Asked(Ran ran, List<String> requests) {}

  private Asked ask(String order, String response, String... args) throws IOException {
    Path socket = temp.resolve("a.sock");
    try (FakeNode node = new FakeNode(socket, Map.of(order, response))) {
      List<String> all = new ArrayList<>(List.of("--socket", socket.toString()));
      all.addAll(List.of(args));
      return new Asked(
          Ran.landfall(all.toArray(String[]::new)),
          node.requests.stream().map(String::strip).toList());
    } finally {
      Files.deleteIfExists(socket);
    }
  }

  private static String problem(String detail) {
    return FakeNode.response(
        "409 Conflict",
        "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409,\"detail\":\""
            + detail
            + "\"}");
  }

  @Test
  void applySendsAnAbsolutePathAndTheTimeToConfirm() throws IOException {
    Asked asked =
        ask(
            PATH + "apply",
            FakeNode.ok("{\"message\":\"generation 2 is in force\\nwarning: a\"}"),
            "configure",
            "apply",
            "etc/../node.yaml",
            "--confirm",
            "60");
    assertThat(asked.ran()).isEqualTo(new Ran(0, "generation 2 is in force\nwarning: a\n", ""));
    assertThat(asked.requests())
        .containsExactly(
            PATH
                + "apply {\"file\":\""
                + Path.of("node.yaml").toAbsolutePath()
                + "\",\"confirmSeconds\":60}");
  }

  @Test
  void aRefusalHasALineForEachProblem() throws IOException {
    Asked asked =
        ask(
            PATH + "apply",
            problem("n.yaml:2: node.name: cannot change\\nn.yaml:7: overlay.listen: neither"),
            "configure",
            "apply",
            "n.yaml");
    assertThat(asked.ran().code()).isEqualTo(ExitCode.NO);
    assertThat(asked.ran().err())
        .isEqualTo(
            """
            landfall: the node refused (409): n.yaml:2: node.name: cannot change
            n.yaml:7: overlay.listen: neither
            """);
  }

  @Test
  void diffPrintsChangesAndFailsWhereTheFileCouldNotBeApplied() throws IOException {
    String diff = "{\"changes\":[\"~ log.level: info -> debug\"],\"problems\":[%s]}";
    Asked fine = ask(PATH + "diff", FakeNode.ok(diff.formatted("")), "configure", "diff", "n.yaml");
    assertThat(fine.ran()).isEqualTo(new Ran(0, "~ log.level: info -> debug\n", ""));
    Asked bad =
        ask(PATH + "diff", FakeNode.ok(diff.formatted("\"no\"")), "configure", "diff", "n.yaml");
    assertThat(bad.ran()).isEqualTo(new Ran(1, "~ log.level: info -> debug\n", "no\n"));
    Asked none =
        ask(
            PATH + "diff",
            FakeNode.ok("{\"changes\":[],\"problems\":[]}"),
            "configure",
            "diff",
            "n.yaml");
    assertThat(none.ran()).isEqualTo(new Ran(0, "no difference\n", ""));
  }

  @Test
  void confirmAndUndoAreOrdersWithoutAFile() throws IOException {
    for (String order : List.of("confirm", "undo")) {
      Asked asked = ask(PATH + order, FakeNode.ok("{\"message\":\"done\"}"), "configure", order);
      assertThat(asked.ran()).isEqualTo(new Ran(0, "done\n", ""));
      assertThat(asked.requests()).containsExactly(PATH + order + " {}");
    }
  }

  @Test
  void aWrongCommandLineAsksNothing() throws IOException {
    for (List<String> wrong :
        List.of(
            List.of("configure"),
            List.of("configure", "apply"),
            List.of("configure", "apply", "n.yaml", "--confirm", "0"),
            List.of("configure", "apply", "n.yaml", "--confirm", "soon"),
            List.of("configure", "undo", "n.yaml"))) {
      Asked asked = ask(PATH, FakeNode.ok("{}"), wrong.toArray(String[]::new));
      assertThat(asked.ran().code()).as(wrong.toString()).isEqualTo(ExitCode.USAGE);
      assertThat(asked.requests()).isEmpty();
    }
  }

  @Test
  void aTimeToConfirmThatIsNoneIsRefusedWithTheUsageOfApply() throws IOException {
    for (String wrong : List.of("0", "-1", "soon", "60s", "86401", "99999999999999999999")) {
      Asked asked =
          ask(PATH, FakeNode.ok("{}"), "configure", "apply", "n.yaml", "--confirm", wrong);
      assertThat(asked.ran().code()).isEqualTo(ExitCode.USAGE);
      assertThat(asked.ran().err())
          .startsWith("--confirm " + wrong + " is no number of seconds from 1 to 86400")
          .contains("Usage: landfall configure apply");
      assertThat(asked.requests()).isEmpty();
    }
  }

  @Test
  void theConfigInForceIsShownWithWhatWasRefused() throws IOException {
    Asked asked =
        ask(
            "GET /v1/show/configuration",
            FakeNode.ok(
                """
                {"generation":2,"hash":"0123456789ab","file":"/n.yaml",
                 "since":"2026-11-26T09:00:00Z","actor":"uid 0 (pid 7)","undo":1,
                 "confirmInSeconds":42,
                 "lastAttempt":{"at":"2026-11-26T09:01:00Z","actor":"SIGHUP","file":"/n.yaml",
                  "applied":false,"result":"/n.yaml:3: node: is wrong"}}
                """),
            "show",
            "configuration");
    assertThat(asked.ran().out())
        .contains(
            "generation 2 (0123456789ab): /n.yaml",
            "by uid 0 (pid 7)",
            "NOT CONFIRMED: the generation before comes back in 42s;"
                + " 'landfall configure confirm' keeps this one",
            "brings back generation 1",
            "asked for by SIGHUP",
            "/n.yaml:3: node: is wrong");
  }
}

package io.landfall.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The commands of cli and lab stand on one command line. */
class LauncherTest {
  private record Ran(int code, String out, String err) {}

  private static Ran landfall(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    int code = Launcher.run(out, new PrintWriter(err), args);
    return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString());
  }

  @Test
  void theHelpListsTheLabBehindRunAndAmongTheExamples() {
    Ran help = landfall("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out().lines().map(line -> line.strip().split(" ")[0]))
        .containsSubsequence("run", "lab", "show", "explain", "ca", "version");
    assertThat(help.out())
        .containsSubsequence("Examples:", "landfall lab --dir /tmp/lab", "landfall run -c");
  }

  @Test
  void theLabHasHelpWithTheExitCodesOfEveryCommand() {
    Ran help = landfall("lab", "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains("Usage: landfall lab", "--tour", "--internet", "--dir=DIR")
        .contains("3   the node cannot be reached");
  }

  @Test
  void optionsOfAllCommandsMayStandBeforeAndBehindTheLab() {
    for (List<String> args :
        List.of(
            List.of("--socket", "/tmp/s", "lab", "--help"),
            List.of("--json", "lab", "--help"),
            List.of("lab", "--json", "--socket=/tmp/s", "--help"))) {
      assertThat(landfall(args.toArray(String[]::new)).code()).as(args.toString()).isZero();
    }
  }

  @Test
  void aWrongCommandLineIsExitCodeTwo() {
    for (List<String> wrong :
        List.of(
            List.of("lab", "--tuor"),
            List.of("lab", "everything"),
            List.of("lab", "--sites"),
            List.of("labs"),
            List.<String>of())) {
      Ran ran = landfall(wrong.toArray(String[]::new));
      assertThat(ran.code()).as(wrong.toString()).isEqualTo(2);
      assertThat(ran.err()).as(wrong.toString()).isNotBlank();
    }
    assertThat(landfall("lab", "--tuor").err()).contains("Unknown option: '--tuor'", "--tour");
    assertThat(landfall("labs").err()).contains("Did you mean: landfall lab");
  }

  @Test
  void commandsOfCliAreAnsweredAsCliAnswersThem() {
    assertThat(landfall("version").out()).startsWith("landfall ");
    assertThat(landfall("show", "everything").code()).isEqualTo(2);
  }
}

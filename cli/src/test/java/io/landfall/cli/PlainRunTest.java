package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start of a node needs no picocli, and nothing else passes for one. */
class PlainRunTest {
  private static Optional<PlainRun> start(String... args) {
    return PlainRun.of(List.of(args));
  }

  @Test
  void aStartIsRecognisedWhereverItsOptionsStand() {
    PlainRun plain = new PlainRun(Path.of("a/node.yaml"), false);
    PlainRun takeover = new PlainRun(Path.of("a/node.yaml"), true);
    assertThat(start("run", "-c", "a/node.yaml")).contains(plain);
    assertThat(start("run", "--config", "a/node.yaml")).contains(plain);
    assertThat(start("run", "--config=a/node.yaml")).contains(plain);
    assertThat(start("run", "-c", "a/node.yaml", "--takeover")).contains(takeover);
    assertThat(start("run", "--takeover", "--config=a/node.yaml")).contains(takeover);
  }

  @Test
  void mistakesHelpAndOtherCommandsAreLeftToPicocli() {
    assertThat(
            List.of(
                start(),
                start("run"),
                start("run", "-c"),
                start("run", "--config="),
                start("run", "--help"),
                start("run", "-c", "node.yaml", "--help"),
                start("run", "-c", "node.yaml", "-c", "other.yaml"),
                start("run", "-c", "node.yaml", "--config=other.yaml"),
                start("run", "-c", "node.yaml", "--takeover", "--takeover"),
                start("run", "-c", "node.yaml", "more"),
                start("run", "-cnode.yaml"),
                start("run", "-c", "--takeover"),
                start("run", "-c", "@arguments"),
                start("run", "-c", "\"quoted\""),
                start("--json", "run", "-c", "node.yaml"),
                start("check", "-c", "node.yaml")))
        .allSatisfy(each -> assertThat(each).isEmpty());
  }

  @Test
  void aConfigThatIsNotThereIsReportedAsWithPicocli(@TempDir Path folder) {
    String missing = folder.resolve("none.yaml").toString();
    assertThat(Ran.landfall("run", "-c", missing))
        .isEqualTo(Ran.landfall("--json", "run", "-c", missing))
        .extracting(Ran::code)
        .isEqualTo(1);
  }
}

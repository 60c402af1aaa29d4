package io.landfall.checks.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Maven goes on where tests fail, so that one run shows all that fails; {@code tools/failed.sh}
 * makes {@code ./verify} fail by it.
 */
class FailedRunsTest {
  private static final String PASSED = "12 passed, 0 failed, 0 skipped";

  @TempDir Path dir;

  private int judged(String log, String counts) throws IOException, InterruptedException {
    Path tool = Rooms.root().resolve("tools/failed.sh");
    Path written = Files.writeString(dir.resolve("verify.log"), log);
    List<String> command = List.of(tool.toString(), written.toString(), counts);
    return LeakedBuffersTest.ended(command, dir.resolve("judged"));
  }

  @Test
  void whatPassedAtTheSecondTryPasses() throws IOException, InterruptedException {
    String log =
        """
        [ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE!
        [ERROR] io.landfall.X.isLate -- Time elapsed: 0.096 s <<< FAILURE!
        [WARNING] Flakes:
        [WARNING] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Flakes: 1
        [INFO] BUILD SUCCESS
        """;
    assertThat(judged(log, PASSED)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[ERROR] There are test failures.",
        "[ERROR] Failures: ",
        "[ERROR] Errors: ",
        "[ERROR] There was an error in the forked process",
        "[ERROR] There was a timeout in the fork",
        "[ERROR] The forked VM terminated without properly saying goodbye. VM crash?",
        "[ERROR] Crashed tests:"
      })
  void canaryALogOfFailuresFails(String line) throws IOException, InterruptedException {
    assertThat(judged("[INFO] Tests\n" + line + "\n[INFO] BUILD SUCCESS\n", PASSED)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"12 passed, 1 failed, 0 skipped", "12 passed, 10 failed, 0 skipped", ""})
  void canaryReportsOfFailuresFail(String counts) throws IOException, InterruptedException {
    assertThat(judged("[INFO] BUILD SUCCESS\n", counts)).isEqualTo(1);
  }

  @Test
  void theBuildAsks() throws IOException {
    assertThat(Files.readString(Rooms.root().resolve("verify")))
        .contains("-Dmaven.test.failure.ignore=true")
        .contains("tools/failed.sh \"$log\" \"$counts\" || result=1");
  }
}

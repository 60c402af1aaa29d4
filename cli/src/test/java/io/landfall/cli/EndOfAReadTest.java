package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of the process of a command. */
class EndOfAReadTest {
  /** System.exit asks for one, which opens every jar of the class path. */
  @Test
  void aReadEndsWithItsExitCodeAndItsOutputAndLoadsNoLogger(@TempDir Path folder)
      throws IOException {
    String socket = folder.resolve("none.sock").toString();
    Process process =
        new ProcessBuilder(
                TestJvm.command(
                    List.of("-Xlog:class+load"),
                    Main.class.getName(),
                    "--socket",
                    socket,
                    "show",
                    "status"))
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.onExit().join().exitValue()).as(text).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(text)
        .contains("cannot reach the node at " + socket)
        .contains("io.landfall.cli.PlainRead ")
        .doesNotContain("jdk.internal.logger");
  }
}

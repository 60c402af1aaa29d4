package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.lab.host.Command;
import io.landfall.testkit.TestJvm;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** How tests start JVMs. */
class TestJvmTest {
  /** Without that the labs take a third longer, and no other test fails. */
  @Test
  void itsClassesAreMappedFromAnArchive() {
    Assumptions.assumeTrue(
        TestJvm.classPath().contains("landfall-node-"), "built as jars, as ./verify does");
    Command.Ended ended =
        Command.run(
            TestJvm.command(
                List.of("-Xlog:class+load"), "io.landfall.launcher.Launcher", "--version"),
            "");
    assertThat(ended.exitCode()).as(ended.text()).isZero();
    assertThat(ended.text().lines())
        .anyMatch(
            line ->
                line.contains("io.landfall.cli.Main ")
                    && line.contains("shared objects file (top"));
  }
}

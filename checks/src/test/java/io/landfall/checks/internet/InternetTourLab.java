package io.landfall.checks.internet;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.lab.LabRequirements;
import io.landfall.launcher.Launcher;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code landfall lab --internet --tour}, as a person runs it, passes and leaves nothing behind.
 */
class InternetTourLab {
  private static final long PATIENCE_MINUTES = 6;

  @TempDir Path dir;

  @Test
  void everyStepOfTheTourDoesWhatItShouldAndNothingIsLeft() throws Exception {
    LabRequirements.require("ip-netns-root", "bird", "tcp-md5");
    Path log = dir.resolve("tour.log");
    Process lab = start(log, "--tour");
    try {
      boolean ended = lab.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
      assertThat(ended).as(Files.readString(log)).isTrue();
      assertThat(lab.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      lab.destroy();
      lab.waitFor();
    }
    assertThat(Files.readString(log)).contains("lab ready").contains(" 0 checks failed");
    assertThat(namespaces()).doesNotContain("lf" + lab.pid() + "-");
    assertThat(dir.resolve("lab/lab.json")).doesNotExist();
    assertThat(dir.resolve("lab/namespaces.txt")).doesNotExist();
  }

  @Test
  void theNextLabTakesAwayWhatAKilledOneLeft() throws Exception {
    LabRequirements.require("ip-netns-root", "bird", "tcp-md5");
    Path log = dir.resolve("killed.log");
    Process killed = start(log, "--sites=fra");
    waitFor(killed, log);
    killed.destroyForcibly().waitFor();
    assertThat(namespaces()).contains("lf" + killed.pid() + "-router-fra");

    Path second = dir.resolve("second.log");
    Process next = start(second, "--sites=fra");
    try {
      waitFor(next, second);
      assertThat(namespaces())
          .doesNotContain("lf" + killed.pid() + "-")
          .contains("lf" + next.pid() + "-router-fra");
    } finally {
      next.destroy();
      next.waitFor();
    }
    assertThat(namespaces()).doesNotContain("lf" + next.pid() + "-");
  }

  private static void waitFor(Process lab, Path log) {
    Await.until(
        Duration.ofMinutes(2),
        "the lab is ready",
        () -> read(log).contains("lab ready") || !lab.isAlive(),
        () -> read(log));
    assertThat(lab.isAlive()).as(read(log)).isTrue();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process start(Path log, String option) throws IOException {
    List<String> command =
        TestJvm.command(
            List.of("-XX:+UseSerialGC"),
            Launcher.class.getName(),
            "lab",
            "--internet",
            "--dir=" + dir.resolve("lab"),
            option);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static String namespaces() throws IOException {
    Process list = new ProcessBuilder("ip", "netns", "list").redirectErrorStream(true).start();
    return new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}

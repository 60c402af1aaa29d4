package io.landfall.edge.purges;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.testkit.TestJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed (kill -9) at random while they take down purges, one after another with
 * one log: what one has reported as kept is there, with all before it and nothing else.
 */
class PurgeLogCrashTest {
  private static final int RUNS = 5;

  /** Purges that a process has kept when it is killed, at most. */
  private static final int MOST = 300;

  @TempDir Path folder;

  private static String classPath() {
    return String.join(
        File.pathSeparator,
        TestJvm.classPath(),
        System.getProperty("jdk.module.path", ""),
        Path.of("target", "test-classes").toAbsolutePath().toString(),
        Path.of("target", "classes").toAbsolutePath().toString());
  }

  private int runAndKill(Random random) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(TestJvm.small(64, PurgeLogCrashChild.class.getName(), folder.toString()));
    command.set(command.indexOf("-cp") + 1, classPath());
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    int kept = 0;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
      int left = 1 + random.nextInt(MOST);
      for (String line = out.readLine(); line != null && left > 0; line = out.readLine()) {
        kept = Integer.parseInt(line);
        left--;
      }
      // By its handle, which leaves open what it has written.
      assertThat(child.toHandle().destroyForcibly()).isTrue();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        kept = Integer.parseInt(line);
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
    return kept;
  }

  @Test
  void whatWasReportedAsKeptIsThereAndNothingIsMissingBeforeIt() throws Exception {
    Random random = new Random(20261129);
    int before = 0;
    for (int run = 0; run < RUNS; run++) {
      int kept = runAndKill(random);
      List<PurgeRecord> all = PurgeLogCrashChild.read(folder).restored().orElseThrow();
      assertThat(kept).isGreaterThan(before);
      assertThat(all).hasSizeGreaterThanOrEqualTo(kept);
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i)).isEqualTo(PurgeLogFileTest.record(i + 1));
      }
      before = all.size();
    }
  }
}

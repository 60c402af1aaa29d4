package io.landfall.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.Rooms;
import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.Command;
import io.landfall.launcher.Launcher;
import io.landfall.testkit.Await;
import io.landfall.testkit.SkippedLab;
import io.landfall.testkit.TestJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console of real nodes in a browser: {@code landfall console} over three of them, looked at by
 * Chromium in light, dark and 360 px wide, with axe's rules, a drain that is seen live, names that
 * are markup, the keyboard alone, and a node that is gone. The steps are in
 * tools/console/check.mjs.
 */
class ConsoleLab {
  private static final Path TOOLS = Rooms.root().resolve("tools/console");
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofMinutes(5);

  /** How many checks there are at least; fewer means that steps were left out. */
  private static final int LEAST_CHECKS = 183;

  @TempDir private Path dir;
  private String rules = "";

  @BeforeEach
  void requirements() {
    LabRequirements.require("npm", "chromium");
    Command.Ended fetched = Command.run("bash", TOOLS.resolve("fetch").toString());
    if (!fetched.succeeded()) {
      SkippedLab.decide(ConsoleLab.class.getName(), List.of(fetched.text().strip()));
    }
    rules = fetched.text().strip().lines().toList().getLast() + "/axe.min.js";
  }

  @Test
  void aBrowserShowsAFleetAndFindsNothingWrong() {
    try (ChildProcess sites = landfall("sites", "lab", "--dir", dir.resolve("lab").toString())) {
      await(START, "the lab is ready", sites, "lab ready");
      List<String> words = new ArrayList<>(List.of("console"));
      for (String node : List.of("fra", "nyc", "sin")) {
        words.add("--node");
        words.add(node + "=" + socket(node));
      }
      try (ChildProcess console = landfall("console", words.toArray(String[]::new))) {
        await(START, "the console is served", console, "/console/");
        String url = console.output().strip().lines().toList().getLast();
        try (ChildProcess browser =
            ChildProcess.start(
                "browser",
                dir,
                List.of(
                    "/usr/bin/node",
                    TOOLS.resolve("check.mjs").toString(),
                    url,
                    socket("fra").toString(),
                    rules))) {
          Await.until(LOOK, "all was looked at", () -> !browser.isAlive(), browser::output);
          List<String> found = browser.output().lines().toList();
          assertThat(found).filteredOn(line -> !line.startsWith("ok ")).isEmpty();
          assertThat(found).hasSizeGreaterThan(LEAST_CHECKS);
        }
      }
    }
  }

  private Path socket(String node) {
    return dir.resolve("lab").resolve(node).resolve("admin.sock");
  }

  private static void await(Duration most, String what, ChildProcess process, String text) {
    Await.until(
        most, what, () -> process.output().contains(text) || !process.isAlive(), process::output);
    assertThat(process.isAlive()).as(process.output()).isTrue();
  }

  private ChildProcess landfall(String label, String... words) {
    List<String> all = new ArrayList<>(List.of(Launcher.class.getName()));
    all.addAll(List.of(words));
    return ChildProcess.start(
        label, dir, TestJvm.command(List.of("-XX:+UseSerialGC"), all.toArray(String[]::new)));
  }
}

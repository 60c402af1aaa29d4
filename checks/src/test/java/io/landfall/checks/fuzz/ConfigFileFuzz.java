package io.landfall.checks.fuzz;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.testkit.FuzzCorpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: a config file. What must hold: it is valid, or every problem has a place, a rule and
 * a fix; and nothing but the file decides which.
 */
public final class ConfigFileFuzz {
  /** For JUnit. */
  public ConfigFileFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyConfigOfTheCorpusIsValidOrExplained() {
    return FuzzCorpus.replay("ConfigFileFuzz", ConfigFileFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      Path file = Files.createTempFile("landfall-fuzz", ".yaml");
      try {
        Files.write(file, data);
        if (ConfigLoader.load(file) instanceof ConfigResult.Invalid invalid) {
          check(invalid);
          if (!invalid.equals(ConfigLoader.load(file))) {
            throw new AssertionError("read twice, it has other problems");
          }
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(ConfigResult.Invalid invalid) {
    if (invalid.problems().isEmpty()) {
      throw new AssertionError("invalid without a problem");
    }
    for (ConfigProblem problem : invalid.problems()) {
      if (problem.line() < 0 || problem.rule().isBlank() || problem.fix().isBlank()) {
        throw new AssertionError("a problem that does not help: " + problem);
      }
    }
  }
}

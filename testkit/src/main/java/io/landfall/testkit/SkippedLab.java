package io.landfall.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * What happens to a test for which the machine has not what it needs.
 *
 * <p>A lab that cannot run must not look like one that passed. So it is skipped with its reason,
 * which is written to {@value #SKIPPED_FILE} under the module's folder ({@code ./verify} prints it
 * at its end), and, where {@value #STRICT_VARIABLE} is {@code 1} as in CI, fails instead.
 */
public final class SkippedLab {
  /** Set to {@code 1}: a lab that cannot run fails. */
  public static final String STRICT_VARIABLE = "LANDFALL_REQUIRE_LABS";

  /** One line per skipped lab. */
  public static final String SKIPPED_FILE = "target/skipped-labs.txt";

  private SkippedLab() {}

  /** Skips loudly, or fails where the environment asks for it. */
  public static void decide(String test, List<String> missing) {
    decide(test, missing, "1".equals(System.getenv(STRICT_VARIABLE)), Path.of(SKIPPED_FILE));
  }

  /** Skips loudly, or fails when strict. */
  public static void decide(String test, List<String> missing, boolean strict, Path record) {
    String line = test + ": " + String.join("; ", missing);
    if (strict) {
      throw new AssertionError("this lab must run (" + STRICT_VARIABLE + "=1) and cannot: " + line);
    }
    try {
      if (record.getParent() != null) {
        Files.createDirectories(record.getParent());
      }
      Files.writeString(record, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("a skipped lab must be recorded in " + record, e);
    }
    System.err.println("LAB SKIPPED " + line);
    Assumptions.abort("LAB SKIPPED " + line);
  }
}

package io.landfall.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many file descriptors this process may have (RLIMIT_NOFILE). */
final class Descriptors {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String LINE = "Max open files";

  private Descriptors() {}

  /** The soft limit; no limit where the system does not say. */
  static long limit() {
    try {
      return parse(Files.readString(LIMITS));
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  /** The soft limit in the text of /proc/self/limits. */
  static long parse(String limits) {
    for (String line : limits.lines().toList()) {
      if (line.startsWith(LINE)) {
        String soft = line.substring(LINE.length()).strip().split("\\s+")[0];
        return soft.chars().allMatch(Character::isDigit) && soft.length() < 19
            ? Long.parseLong(soft)
            : Long.MAX_VALUE;
      }
    }
    return Long.MAX_VALUE;
  }
}

package io.landfall.config;

import java.util.List;

/**
 * How a node finds out whether a backend beside it works.
 *
 * @param check what is tried
 * @param intervalMillis from the start of one try to the start of the next
 * @param timeoutMillis how long a try may take; at most the interval
 * @param fall how many failures in a row take a backend down
 * @param rise how many successes in a row bring it back
 */
public record ProbeConfig(
    Check check, long intervalMillis, long timeoutMillis, int fall, int rise) {
  /** The interval when the config gives none. */
  public static final long DEFAULT_INTERVAL_MILLIS = 1_000;

  /** The timeout when the config gives none, unless the interval is shorter. */
  public static final long DEFAULT_TIMEOUT_MILLIS = 500;

  /** Failures when the config gives none. */
  public static final int DEFAULT_FALL = 2;

  /** Successes when the config gives none. */
  public static final int DEFAULT_RISE = 3;

  /** What a probe tries. */
  public sealed interface Check {
    /**
     * A GET that must be answered with a status of 200 to 399.
     *
     * @param path the path with its query, starting with a slash
     */
    record Http(String path) implements Check {}

    /** A TCP connection that must be accepted. */
    record Tcp() implements Check {}

    /**
     * A command that must end with status 0. The backend's URL is in its environment as {@code
     * LANDFALL_BACKEND}.
     *
     * @param command the program, then its arguments; no shell is involved
     */
    record Exec(List<String> command) implements Check {
      /** Copies the list. */
      public Exec {
        command = List.copyOf(command);
      }
    }
  }
}

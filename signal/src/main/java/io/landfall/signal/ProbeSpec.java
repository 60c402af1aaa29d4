package io.landfall.signal;

import java.util.List;

/**
 * How a service's backends are checked.
 *
 * @param check what is tried
 * @param intervalMillis the time from one probe of a backend to the next while nothing changes
 * @param timeoutMillis the whole time that one probe may take
 * @param fall failures in a row after which a backend is down
 * @param rise successes in a row after which a backend that was down is up
 */
public record ProbeSpec(Check check, long intervalMillis, long timeoutMillis, int fall, int rise) {
  /** The shortest interval: a probe must not become a load. */
  public static final long MIN_INTERVAL_MILLIS = 50;

  /** The longest interval. */
  public static final long MAX_INTERVAL_MILLIS = 3_600_000;

  /** The largest fall and rise. */
  public static final int MAX_COUNT = 100;

  /** The most words of a command. */
  public static final int MAX_WORDS = 64;

  /** When nothing else is configured. */
  public static final long DEFAULT_INTERVAL_MILLIS = 500;

  /** When nothing else is configured. */
  public static final long DEFAULT_TIMEOUT_MILLIS = 300;

  /** When nothing else is configured. */
  public static final int DEFAULT_FALL = 2;

  /** When nothing else is configured. */
  public static final int DEFAULT_RISE = 2;

  /** What a probe tries. */
  public sealed interface Check {
    /**
     * A GET of this path over HTTP/1.1; a status of 200 to 399 is a success.
     *
     * @param path the path and query, starting with a slash
     */
    record Http(String path) implements Check {
      /** Checks the path: it goes on the wire as it is. */
      public Http {
        boolean good = path.startsWith("/");
        for (int i = 0; good && i < path.length(); i++) {
          good = path.charAt(i) > ' ' && path.charAt(i) < 0x7f;
        }
        if (!good) {
          throw new IllegalArgumentException(
              "probe path '" + path + "' is not '/' and then visible ASCII characters");
        }
      }
    }

    /** A TCP connection; being accepted is a success. */
    record Tcp() implements Check {}

    /**
     * A command; exit status 0 is a success. It finds the backend in the environment, as
     * LANDFALL_BACKEND_HOST and LANDFALL_BACKEND_PORT.
     *
     * @param argv the program and its arguments; no shell reads them
     */
    record Exec(List<String> argv) implements Check {
      /** Checks that there is a program. */
      public Exec {
        argv = List.copyOf(argv);
        if (argv.isEmpty() || argv.size() > MAX_WORDS || argv.getFirst().isEmpty()) {
          throw new IllegalArgumentException(
              "a probe command has 1 to " + MAX_WORDS + " advertisements, the first a program");
        }
      }
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the rule that they break
   */
  public ProbeSpec {
    if (intervalMillis < MIN_INTERVAL_MILLIS || intervalMillis > MAX_INTERVAL_MILLIS) {
      throw new IllegalArgumentException(
          "probe interval "
              + intervalMillis
              + " ms is outside "
              + MIN_INTERVAL_MILLIS
              + ".."
              + MAX_INTERVAL_MILLIS
              + " ms");
    }
    if (timeoutMillis < 1 || timeoutMillis > intervalMillis) {
      throw new IllegalArgumentException(
          "probe timeout "
              + timeoutMillis
              + " ms is outside 1.."
              + intervalMillis
              + " ms, the interval");
    }
    if (fall < 1 || fall > MAX_COUNT || rise < 1 || rise > MAX_COUNT) {
      throw new IllegalArgumentException(
          "probe fall " + fall + " and rise " + rise + " have to be in 1.." + MAX_COUNT);
    }
  }

  /** This check with the default times and counts. */
  public static ProbeSpec of(Check check) {
    return new ProbeSpec(
        check, DEFAULT_INTERVAL_MILLIS, DEFAULT_TIMEOUT_MILLIS, DEFAULT_FALL, DEFAULT_RISE);
  }

  /** What a service with backends gets when no probe is configured: TCP, with the defaults. */
  public static ProbeSpec defaultProbe() {
    return of(new Check.Tcp());
  }

  long intervalNanos() {
    return intervalMillis * 1_000_000L;
  }

  long timeoutNanos() {
    return timeoutMillis * 1_000_000L;
  }
}

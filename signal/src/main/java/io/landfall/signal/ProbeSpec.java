package io.landfall.signal;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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

  /** The most requests on one connection. */
  public static final int MAX_REQUESTS_PER_CONNECTION = 1000;

  /**
   * When nothing else is configured. A backend that answers on open connections and accepts no new
   * one is found within as many intervals, or with the first request of a client.
   */
  public static final int DEFAULT_REQUESTS_PER_CONNECTION = 30;

  /** What a probe tries. */
  public sealed interface Check {
    /**
     * A GET over HTTP/1.1.
     *
     * @param path the path and query, starting with a slash
     * @param host the value of the Host field; the backend's own when absent
     * @param statuses which statuses are a success
     * @param way over which connection
     */
    record Http(String path, Optional<String> host, Statuses statuses, Way way) implements Check {
      /** Checks the texts: they go on the wire as they are. */
      public Http {
        if (!path.startsWith("/") || !isVisible(path)) {
          throw new IllegalArgumentException(
              "probe path '" + path + "' is not '/' and then visible ASCII characters");
        }
        if (host.isPresent() && (host.get().isEmpty() || !isVisible(host.get()))) {
          throw new IllegalArgumentException(
              "probe host '" + host.get() + "' is not of visible ASCII characters");
        }
      }

      /** With the backend's own Host, a status of 200 to 399, and the usual way. */
      public Http(String path) {
        this(path, Optional.empty(), Statuses.USUAL, Way.USUAL);
      }

      private static boolean isVisible(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
      }
    }

    /**
     * A connection; being accepted is a success, with TLS a finished handshake.
     *
     * @param way over which connection
     */
    record Tcp(Way way) implements Check {
      /** To the backend's port, without TLS. */
      public Tcp() {
        this(Way.USUAL);
      }
    }

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
              "a probe command has 1 to " + MAX_WORDS + " words, the first a program");
        }
      }
    }
  }

  /**
   * The statuses that are a success.
   *
   * @param least the lowest, at least 200
   * @param most the highest, at most 599
   */
  public record Statuses(int least, int most) {
    /** 200 to 399. */
    public static final Statuses USUAL = new Statuses(200, 399);

    /** Checks the range. */
    public Statuses {
      if (least < 200 || least > most || most > 599) {
        throw new IllegalArgumentException(
            "statuses " + least + "-" + most + " are not a range within 200-599");
      }
    }
  }

  /**
   * Over which connection a backend is asked.
   *
   * @param port another port than the backend's own
   * @param tls how, when it is TLS
   * @param requestsPerConnection how many requests of HTTP one connection may carry
   */
  public record Way(OptionalInt port, Optional<Tls> tls, int requestsPerConnection) {
    /** The backend's port, without TLS. */
    public static final Way USUAL =
        new Way(OptionalInt.empty(), Optional.empty(), DEFAULT_REQUESTS_PER_CONNECTION);

    /** Checks the numbers. */
    public Way {
      if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65535)) {
        throw new IllegalArgumentException("port " + port.getAsInt() + " is outside 1..65535");
      }
      if (requestsPerConnection < 1 || requestsPerConnection > MAX_REQUESTS_PER_CONNECTION) {
        throw new IllegalArgumentException(
            requestsPerConnection
                + " requests per connection are outside 1.."
                + MAX_REQUESTS_PER_CONNECTION);
      }
    }
  }

  /**
   * TLS to a backend.
   *
   * @param authorities the file of certificates that the backend's must lead to; without it the
   *     backend's certificate is not looked at
   */
  public record Tls(Optional<String> authorities) {}

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

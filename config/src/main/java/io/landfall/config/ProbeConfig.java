package io.landfall.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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

  /** The lowest status that is expected when the config gives none. */
  public static final int DEFAULT_LEAST_STATUS = 200;

  /** The highest status that is expected when the config gives none. */
  public static final int DEFAULT_MOST_STATUS = 399;

  /** The most requests on one connection when the config gives none. */
  public static final int DEFAULT_REQUESTS_PER_CONNECTION = 30;

  /**
   * Over which connection a backend is probed.
   *
   * @param port another port than the backend's own
   * @param tls how, when it is TLS
   * @param requestsPerConnection how many requests over HTTP one connection may carry
   */
  public record Way(OptionalInt port, Optional<Tls> tls, int requestsPerConnection) {
    /** To the backend's port, without TLS. */
    public static final Way USUAL =
        new Way(OptionalInt.empty(), Optional.empty(), DEFAULT_REQUESTS_PER_CONNECTION);
  }

  /**
   * TLS to a backend.
   *
   * @param ca the PEM file of the CAs that its certificate must lead to; without it the certificate
   *     is not verified
   */
  public record Tls(Optional<Path> ca) {}

  /** What a probe tries. */
  public sealed interface Check {
    /**
     * A GET that must be answered with an expected status.
     *
     * @param path the path with its query, starting with a slash
     * @param host the value of the Host field; the backend's address when absent
     * @param leastStatus the lowest expected status
     * @param mostStatus the highest expected status
     * @param way over which connection
     */
    record Http(String path, Optional<String> host, int leastStatus, int mostStatus, Way way)
        implements Check {
      /** With what is expected and done when the config tells no more than the path. */
      public Http(String path) {
        this(path, Optional.empty(), DEFAULT_LEAST_STATUS, DEFAULT_MOST_STATUS, Way.USUAL);
      }
    }

    /**
     * A connection that must be accepted, with TLS a handshake that must be completed.
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
     * A command that must end with status 0. The backend is in its environment, as {@code
     * LANDFALL_BACKEND_HOST} and {@code LANDFALL_BACKEND_PORT}.
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

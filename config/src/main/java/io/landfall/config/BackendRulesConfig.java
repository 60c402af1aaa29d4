package io.landfall.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What beside weights decides which backend of a service gets a request, and how often it is tried.
 *
 * @param sticky the cookie by which clients come back to a backend; empty without
 * @param slowStartMillis over how long an address that came up gets its whole weight; 0 at once
 * @param circuit when an address is left out for what came of its requests; empty for never
 * @param retryPercent how many of the attempts in progress may be repeats; empty without a bound
 */
public record BackendRulesConfig(
    Optional<Sticky> sticky,
    long slowStartMillis,
    Optional<Circuit> circuit,
    OptionalInt retryPercent) {
  /** Weights alone, and no bound of repeats. */
  public static final BackendRulesConfig NONE =
      new BackendRulesConfig(Optional.empty(), 0, Optional.empty(), OptionalInt.empty());

  /**
   * A cookie by which clients come back to a backend.
   *
   * @param cookie its name
   * @param ttlMillis how long clients keep it; empty as long as their session
   */
  public record Sticky(String cookie, OptionalLong ttlMillis) {}

  /**
   * When an address gets no requests for a while.
   *
   * @param failures so many failures in a row take it out
   * @param timeMillis for how long the first time
   * @param maxOpenPercent never more of the addresses that take requests are out
   * @param statuses statuses of responses that count as failures
   */
  public record Circuit(int failures, long timeMillis, int maxOpenPercent, List<Integer> statuses) {
    /** Copies the list. */
    public Circuit {
      statuses = List.copyOf(statuses);
    }
  }

  /**
   * What a request must have for a backend that is kept for some requests.
   *
   * @param isCookie whether it is a cookie; else a field
   * @param name the name; of a field in lower case
   * @param value the whole value; empty for any
   */
  public record Only(boolean isCookie, String name, Optional<String> value) {}
}

package io.landfall.admin;

import java.util.Optional;

/**
 * Which requests a watcher wants to see.
 *
 * @param service those of this service; empty for all
 * @param leastStatus the lowest status
 * @param mostStatus the highest status
 * @param host those for this host, in lower case without a port; empty for all
 * @param leastMicros those that took at least so long, in microseconds
 * @param id the one with this request id; empty for all
 */
public record RequestFilter(
    Optional<String> service,
    int leastStatus,
    int mostStatus,
    Optional<String> host,
    long leastMicros,
    Optional<String> id) {
  /** The highest status that there may be. */
  public static final int MAX_STATUS = 999;
}

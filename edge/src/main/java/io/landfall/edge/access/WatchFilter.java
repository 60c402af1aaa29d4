package io.landfall.edge.access;

import io.landfall.core.ServiceName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which requests somebody wants to see as they end.
 *
 * @param service those of this service; empty for all
 * @param leastStatus the lowest status; 0 is that of a client that left
 * @param mostStatus the highest status
 * @param host those for this host, in lower case without a port; empty for all
 * @param leastMicros those that took at least so long, in microseconds
 * @param id the one with this request id; empty for all
 */
public record WatchFilter(
    Optional<ServiceName> service,
    int leastStatus,
    int mostStatus,
    Optional<String> host,
    long leastMicros,
    Optional<String> id) {
  /**
   * What of a request a filter looks at.
   *
   * @param service its service, if it has one
   * @param status the status that was sent
   * @param host its host
   * @param micros how long it took
   * @param id its id; null if it has none
   */
  public record Seen(
      Optional<ServiceName> service,
      int status,
      String host,
      long micros,
      @Nullable CharSequence id) {}

  boolean takes(Seen seen) {
    return seen.status >= leastStatus
        && seen.status <= mostStatus
        && seen.micros >= leastMicros
        && (service.isEmpty() || service.equals(seen.service))
        && (host.isEmpty() || host.get().equals(seen.host))
        && (id.isEmpty() || (seen.id != null && id.get().contentEquals(seen.id)));
  }
}

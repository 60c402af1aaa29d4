package io.landfall.admin;

import java.util.Optional;

/**
 * Which changes a watcher wants.
 *
 * @param peer only what came from, or is about, this peer
 * @param service only what is about this service or node, by its name
 */
public record MonitorFilter(Optional<String> peer, Optional<String> service) {
  /** Everything. */
  public static final MonitorFilter ALL = new MonitorFilter(Optional.empty(), Optional.empty());

  boolean takes(MonitorEvent event) {
    return (peer.isEmpty() || peer.equals(event.subject().peer()))
        && (service.isEmpty() || service.equals(event.subject().name()));
  }
}

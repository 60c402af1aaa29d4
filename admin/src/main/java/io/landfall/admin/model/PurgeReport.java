package io.landfall.admin.model;

import java.util.List;

/**
 * What a purge did, as {@code purge} has it.
 *
 * @param node the node whose cache it was
 * @param scope what kind of thing was purged, by the key of the request that named it
 * @param what which one, as it was asked for
 * @param soft whether responses became stale instead of gone
 * @param services the cached services that it is about
 * @param message all that as a sentence
 */
public record PurgeReport(
    String node, String scope, String what, boolean soft, List<String> services, String message) {
  /** Copies the list. */
  public PurgeReport {
    services = List.copyOf(services);
  }
}

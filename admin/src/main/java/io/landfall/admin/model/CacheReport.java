package io.landfall.admin.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The cache of a node, as {@code show cache} has it.
 *
 * @param node the node's name
 * @param memoryBytes what all services together may take
 * @param usedBytes what they take: stored, being fetched, or still being sent
 * @param fetchesInProgress fetches under way that requests may wait for, of all services
 * @param services the cached services, by name
 */
public record CacheReport(
    String node, long memoryBytes, long usedBytes, long fetchesInProgress, List<Service> services) {
  /** Copies the list. */
  public CacheReport {
    services = List.copyOf(services);
  }

  /**
   * The cache of one service.
   *
   * @param service its name
   * @param objects keys with something stored
   * @param bytes the room that is taken
   * @param budgetBytes the room that it may take
   * @param requests what became of requests since the start
   * @param fetches its own requests to origins and other nodes since the start
   * @param cold why the cache is cold, and how far it is from warm; empty when it is warm, or the
   *     service does not run here
   */
  public record Service(
      String service,
      long objects,
      long bytes,
      long budgetBytes,
      Requests requests,
      long fetches,
      Optional<String> cold) {}

  /**
   * What became of requests.
   *
   * @param hits answered from the store
   * @param misses sent towards the origin, or waited for what was
   * @param bypasses the cache was not asked
   * @param hitRatio hits of hits and misses, 0 to 1; empty before the first
   */
  public record Requests(long hits, long misses, long bypasses, OptionalDouble hitRatio) {}
}

package io.landfall.edge;

import io.landfall.core.ServiceName;
import java.util.List;

/**
 * What is known of a node's cache, read at one moment or nearly so.
 *
 * @param memoryBytes what it may take
 * @param usedBytes what it takes: stored, being fetched, or still being sent
 * @param fills fetches under way that requests may wait for
 * @param services what is known of each service, in the order of their names
 * @param disks what is known of each disk
 */
public record CacheViews(
    long memoryBytes,
    long usedBytes,
    int fills,
    List<Service> services,
    List<CacheDiskView> disks) {
  /** No cache. */
  public static final CacheViews NONE = new CacheViews(0, 0, 0, List.of(), List.of());

  /** Copies the lists. */
  public CacheViews {
    services = List.copyOf(services);
    disks = List.copyOf(disks);
  }

  /**
   * The cache of one service.
   *
   * @param name the service
   * @param stored what it holds
   * @param filled how it has been filled
   * @param requests what became of requests
   * @param fetches what became of fetches
   * @param coded what there is in further codings
   */
  public record Service(
      ServiceName name,
      Stored stored,
      Filled filled,
      Requests requests,
      Fetches fetches,
      Coded coded) {}

  /**
   * What was made of stored responses in further codings since the start.
   *
   * @param made variants that were made
   * @param notMade those that were not: too long, no room, or a failure
   * @param nanos the time that making them took, on threads of their own
   * @param answers requests that were answered with one
   * @param savedBytes the bytes that those had less to send
   */
  public record Coded(long made, long notMade, long nanos, long answers, long savedBytes) {}

  /**
   * What a service's cache holds.
   *
   * @param keys keys with something stored
   * @param bytes the room that is taken
   * @param budgetBytes the room that may be taken
   * @param evictions keys that had to go for others
   */
  public record Stored(long keys, long bytes, long budgetBytes, long evictions) {}

  /**
   * How a service's cache has been filled since the start.
   *
   * @param objects responses that were stored, the same ones again included
   * @param bytes the bytes of their bodies
   * @param emptied how often a purge left nothing
   */
  public record Filled(long objects, long bytes, long emptied) {}

  /**
   * What became of the requests of a service.
   *
   * @param hits answered from the store
   * @param staleHits those of them whose response was stale
   * @param misses sent towards the origin, or waited for what was
   * @param bypasses the cache was not asked
   * @param collapsed misses that got the response to another request
   */
  public record Requests(long hits, long staleHits, long misses, long bypasses, long collapsed) {}

  /**
   * What became of the cache's own requests.
   *
   * @param begun how many there were
   * @param broken ended without a whole response, or given up
   * @param unstored whose response was not stored
   * @param freshened whose response was that what is stored is right
   */
  public record Fetches(long begun, long broken, long unstored, long freshened) {}
}

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
 * @param purges the purges of the fleet as this node sees them
 * @param disks the disks, in the order of the config
 */
public record CacheReport(
    String node,
    long memoryBytes,
    long usedBytes,
    long fetchesInProgress,
    List<Service> services,
    Optional<Purges> purges,
    List<Disk> disks) {
  /** Copies the lists. */
  public CacheReport {
    disks = List.copyOf(disks);
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
   * A disk.
   *
   * @param path its folder
   * @param state what it is used for: loading, working, not-writable, slow or unusable
   * @param why why it is not used for everything, or takes down no purges; empty if nothing is
   *     wrong
   * @param content what lies there
   * @param reads what became of reads
   * @param writes what became of what was to be stored
   * @param errors calls of the file system that failed
   */
  public record Disk(
      String path,
      String state,
      Optional<String> why,
      Content content,
      Reads reads,
      Writes writes,
      long errors) {}

  /**
   * What lies on a disk.
   *
   * @param objects the responses
   * @param bytes what they take
   * @param limitBytes what they may take
   * @param indexBytes the memory that their index takes
   */
  public record Content(long objects, long bytes, long limitBytes, long indexBytes) {}

  /**
   * What became of reads of a disk since the start.
   *
   * @param found lookups that found a response
   * @param damaged records that were not as they had been written
   */
  public record Reads(long found, long damaged) {}

  /**
   * What became of what was to be stored on a disk since the start.
   *
   * @param stored responses that were
   * @param dropped responses that were not: too much waited, or the disk failed
   */
  public record Writes(long stored, long dropped) {}

  /**
   * The purges of the fleet.
   *
   * @param log this node's log: its name and the number of this run
   * @param last the number of the last purge that was given here
   * @param entries the purges that are kept for nodes that missed them, of all logs
   * @param held why nothing is served from the cache now; empty if it is
   * @param notKept why purges are not kept over a restart of this node; empty if they are
   * @param nodes the other nodes
   */
  public record Purges(
      String log, long last, long entries, String held, String notKept, List<PurgeNode> nodes) {
    /** Copies the list. */
    public Purges {
      nodes = List.copyOf(nodes);
    }
  }

  /**
   * Another node.
   *
   * @param node its name
   * @param reached whether there is a channel to it
   * @param caughtUp whether this node has all purges that it is known to have
   * @param applied the last purge of this node that it has applied, as far as is known
   * @param lagMillis the age of the oldest purge since this node's start that it has not confirmed,
   *     in milliseconds; 0 if there is none
   */
  public record PurgeNode(
      String node, boolean reached, boolean caughtUp, long applied, double lagMillis) {}

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

package io.landfall.edge;

/**
 * What is known of a disk of the cache, read at one moment or nearly so.
 *
 * @param path its folder
 * @param state what it is used for
 * @param why why it is not used for everything, or takes down no purges; empty if nothing is wrong
 * @param content what it holds
 * @param reads what became of reads
 * @param writes what became of what was to be stored
 * @param errors calls of the file system that failed
 */
public record CacheDiskView(
    String path,
    State state,
    String why,
    Content content,
    Reads reads,
    Writes writes,
    long errors) {
  /** What a disk is used for. */
  public enum State {
    /** Nothing yet: it is being opened, and what lies there being indexed. */
    LOADING,
    /** Everything. */
    WORKING,
    /** What lies there is read; nothing is written, since that failed. */
    NOT_WRITABLE,
    /** Nothing for a moment, since it answers too slowly. */
    SLOW,
    /** Nothing: it cannot be opened. */
    UNUSABLE
  }

  /**
   * What a disk holds.
   *
   * @param responses how many
   * @param bytes what its segments take
   * @param mostBytes what they may take
   * @param indexBytes the memory that the index takes
   */
  public record Content(long responses, long bytes, long mostBytes, long indexBytes) {}

  /**
   * What became of reads.
   *
   * @param found lookups that found a response
   * @param missed lookups that found none though the index had one
   * @param refused that did not begin, since too many waited
   * @param late that did not end in time
   * @param damaged records that were not as they had been written
   */
  public record Reads(long found, long missed, long refused, long late, long damaged) {}

  /**
   * What became of what was to be stored.
   *
   * @param stored responses that were
   * @param bytes of those
   * @param refused responses that were not: too much waited, or the disk failed
   */
  public record Writes(long stored, long bytes, long refused) {}
}

package io.landfall.cache.fleet;

import java.util.List;

/** What nodes send each other about purges: a request, and what answers it. */
public sealed interface PurgeMessage {
  /** The most logs that a message names: those that are kept, and for each node what is not. */
  int MAX_LOGS = 2 * PurgeTable.MAX_LOGS;

  /** The most entries of all segments of a message. */
  int MAX_ENTRIES = 1024;

  /** The most bytes of a message: many logs and an entry that is as long as it may be. */
  int MAX_BYTES = 512 * 1024;

  /** The most bytes of entries in a message, as {@link FleetPurge} counts them. */
  int MAX_ENTRY_BYTES = 128 * 1024;

  /** A request. */
  sealed interface Request extends PurgeMessage {}

  /** An answer. */
  sealed interface Reply extends PurgeMessage {}

  /**
   * What do you have? {@link Have} answers.
   *
   * @param known what the asker has
   * @param adopts whether the asker has nothing in its cache that an earlier purge could be about,
   *     so that it needs no entries
   */
  record Compare(List<KnownLog> known, boolean adopts) implements Request {
    /** Copies the list. */
    public Compare {
      known = List.copyOf(known);
    }
  }

  /**
   * What a node has, and some of that what the asker lacks.
   *
   * @param known what it has
   * @param entries what the asker lacks, as far as it fits
   */
  record Have(List<KnownLog> known, List<Segment> entries) implements Reply {
    /** Copies the lists. */
    public Have {
      known = List.copyOf(known);
      entries = List.copyOf(entries);
    }
  }

  /**
   * New entries of the sender's own log. {@link Applied} answers.
   *
   * @param entries them
   */
  record Push(Segment entries) implements Request {}

  /**
   * The entries are applied, up to this.
   *
   * @param known what the node has of that log
   */
  record Applied(KnownLog known) implements Reply {}

  /** Nothing was done: the sender sends more than is taken of one node. It may try again later. */
  record Busy() implements Reply {}
}

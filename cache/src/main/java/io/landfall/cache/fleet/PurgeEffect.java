package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.List;
import java.util.OptionalLong;

/**
 * What is to be done. {@link Send}, {@link Reply}, {@link Answer} and the end of a hold happen only
 * when what was to be applied before them is applied: they confirm that it is.
 */
public sealed interface PurgeEffect {
  /**
   * Whether purges are applied. What applies them takes them for unconfirmed, so {@link
   * Unconfirmed} follows in the same step.
   */
  default boolean isApplied() {
    return this instanceof Apply || this instanceof DropAll;
  }

  /**
   * Apply these purges.
   *
   * @param batch their number, greater than that of the batch before
   */
  record Apply(long batch, List<FleetPurge> purges) implements PurgeEffect {
    /** Copies the list. */
    public Apply {
      purges = List.copyOf(purges);
    }
  }

  /**
   * Drop all that is stored: purges were missed, and are not known.
   *
   * @param batch its number, as of {@link Apply}
   * @param why for the log; empty if it is nothing that was lost
   */
  record DropAll(long batch, String why) implements PurgeEffect {}

  /**
   * Keep these changes of the logs over a restart, once what was to be applied before them is
   * applied so that a restart does not undo it: what is kept counts as applied after the restart.
   * If they are lost, those behind them must be lost too; then the node catches up with others once
   * more. {@link Answer} waits for them; so the giver of a purge does not lose it by a restart.
   */
  record Keep(List<PurgeRecord> changes) implements PurgeEffect {
    /** Copies the list. */
    public Keep {
      changes = List.copyOf(changes);
    }
  }

  /** Send a request to a node; it is answered by an event with its number. */
  record Send(NodeName node, long request, PurgeMessage.Request message) implements PurgeEffect {}

  /** Answer a request of a node. */
  record Reply(long exchange, PurgeMessage.Reply message) implements PurgeEffect {}

  /** From now on nothing is served from the cache, or it is again. */
  record Hold(boolean on, String why) implements PurgeEffect {}

  /**
   * All nodes have applied what this node has, up to but without this batch; all of it if empty. It
   * is {@link PurgeFleet#ALL_BATCHES} while one may lack purges from any time.
   */
  record Unconfirmed(OptionalLong batch) implements PurgeEffect {}

  /** What became of a purge that was given here. */
  record Answer(long ticket, List<NodeAnswer> nodes) implements PurgeEffect {
    /** Copies the list. */
    public Answer {
      nodes = List.copyOf(nodes);
    }
  }

  /**
   * What a node did about a purge.
   *
   * @param lagNanos the time from the purge to the node's answer; 0 if it has not applied it
   */
  record NodeAnswer(NodeName node, Outcome outcome, long lagNanos) {}

  /** What a node did about a purge. */
  enum Outcome {
    /** It has applied it. */
    APPLIED,
    /** There is no channel to it. */
    UNREACHABLE,
    /** It has not answered yet. */
    PENDING
  }
}

package io.landfall.edge.h2;

import io.landfall.core.NodeName;
import io.landfall.edge.loop.LoopTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many questions each node has open on one event loop, and how many it asks: a node of ours has
 * one at a time about purges, one about challenges, and one for an operator.
 */
final class NodeQuestions {
  /** The most of one node that are open; one more is refused. */
  static final int MAX_OPEN = 3;

  /** The most that one node asks in a second, on average; one more is refused. */
  static final int MAX_PER_SECOND = 500;

  /** The most that one node asks at once. */
  static final int BURST = 1_000;

  private static final long NANOS = 1_000_000_000L / MAX_PER_SECOND;

  private static final class Asker {
    int open;

    /** When all that was asked is worth no more; behind now by a burst at most. */
    long paidNanos;

    Asker(long nowNanos) {
      paidNanos = nowNanos;
    }
  }

  private final LoopTime time;

  /** As many as other nodes. */
  private final Map<NodeName, Asker> askers = new LinkedHashMap<>();

  NodeQuestions(LoopTime time) {
    this.time = time;
  }

  /** One more of a node, if it may ask it; then {@link #leave} follows. */
  boolean enter(NodeName node) {
    long now = time.nowNanos();
    Asker asker = askers.computeIfAbsent(node, n -> new Asker(now));
    if (asker.paidNanos - now < 0) {
      asker.paidNanos = now;
    }
    if (asker.open >= MAX_OPEN || asker.paidNanos - now > BURST * NANOS) {
      return false;
    }
    asker.open++;
    asker.paidNanos += NANOS;
    return true;
  }

  /** One is over. */
  void leave(NodeName node) {
    Asker asker = askers.get(node);
    if (asker != null) {
      asker.open--;
    }
  }

  /** Forgets nodes that have asked nothing for a while. */
  void tick(long nowNanos) {
    askers.values().removeIf(asker -> asker.open == 0 && asker.paidNanos - nowNanos < 0);
  }
}

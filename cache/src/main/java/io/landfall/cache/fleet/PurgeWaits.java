package io.landfall.cache.fleet;

import io.landfall.cache.fleet.PurgeEffect.NodeAnswer;
import io.landfall.cache.fleet.PurgeEffect.Outcome;
import io.landfall.core.NodeName;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Who waits for what other nodes do about a purge. */
final class PurgeWaits {
  /** The most purges that are waited for; of one more the answer is what is known at once. */
  static final int MAX_WAITING = 4096;

  /** One purge that was given here. */
  private static final class Wait {
    final long ticket;
    final long number;
    final long givenNanos;
    final long untilNanos;
    final TreeMap<NodeName, NodeAnswer> answers = new TreeMap<>();
    int pending;

    Wait(long ticket, long number, long givenNanos, long untilNanos) {
      this.ticket = ticket;
      this.number = number;
      this.givenNanos = givenNanos;
      this.untilNanos = untilNanos;
    }

    PurgeEffect.Answer answer() {
      return new PurgeEffect.Answer(ticket, List.copyOf(answers.values()));
    }
  }

  /** In the order of their numbers. */
  private final ArrayDeque<Wait> waiting = new ArrayDeque<>();

  /** Not later than the first one has waited long enough. */
  private OptionalLong next = OptionalLong.empty();

  /** Waits for those that are reached; answers at once if there are none. */
  void add(
      PurgeEvent.Given given,
      long number,
      Collection<PurgePeer> nodes,
      long nowNanos,
      List<PurgeEffect> out) {
    Wait wait = new Wait(given.ticket(), number, nowNanos, nowNanos + given.waitNanos());
    for (PurgePeer node : nodes) {
      Outcome outcome = node.up ? Outcome.PENDING : Outcome.UNREACHABLE;
      wait.pending += node.up ? 1 : 0;
      wait.answers.put(node.name(), new NodeAnswer(node.name(), outcome, 0));
    }
    if (wait.pending == 0 || given.waitNanos() <= 0 || waiting.size() >= MAX_WAITING) {
      out.add(wait.answer());
    } else {
      waiting.add(wait);
      next = earlier(next, wait.untilNanos);
    }
  }

  private static OptionalLong earlier(OptionalLong first, long second) {
    return first.isEmpty() || second - first.getAsLong() < 0 ? OptionalLong.of(second) : first;
  }

  /** A node has applied the entries up to this number. */
  void applied(NodeName node, long through, long nowNanos, List<PurgeEffect> out) {
    Iterator<Wait> all = waiting.iterator();
    while (all.hasNext()) {
      Wait wait = all.next();
      if (wait.number > through) {
        return;
      }
      settle(wait, new NodeAnswer(node, Outcome.APPLIED, nowNanos - wait.givenNanos));
      if (wait.pending == 0) {
        out.add(wait.answer());
        all.remove();
      }
    }
  }

  /** The channel to a node is over. */
  void lost(NodeName node, List<PurgeEffect> out) {
    Iterator<Wait> all = waiting.iterator();
    while (all.hasNext()) {
      Wait wait = all.next();
      settle(wait, new NodeAnswer(node, Outcome.UNREACHABLE, 0));
      if (wait.pending == 0) {
        out.add(wait.answer());
        all.remove();
      }
    }
  }

  /** A node that has applied it is not unreachable for it later. */
  private static void settle(Wait wait, NodeAnswer answer) {
    NodeAnswer before = wait.answers.get(answer.node());
    if (before != null && before.outcome() == Outcome.PENDING) {
      wait.answers.put(answer.node(), answer);
      wait.pending--;
    }
  }

  /** Purges from now on are of another run of this node: what was given before is not confirmed. */
  void abandon(List<PurgeEffect> out) {
    waiting.forEach(wait -> out.add(wait.answer()));
    waiting.clear();
  }

  /** Answers what has waited long enough. */
  void tick(long nowNanos, List<PurgeEffect> out) {
    if (next.isEmpty() || next.getAsLong() - nowNanos > 0) {
      return;
    }
    next = OptionalLong.empty();
    Iterator<Wait> all = waiting.iterator();
    while (all.hasNext()) {
      Wait wait = all.next();
      if (wait.untilNanos - nowNanos <= 0) {
        out.add(wait.answer());
        all.remove();
      } else {
        next = earlier(next, wait.untilNanos);
      }
    }
  }

  /** When something has waited long enough, or earlier. */
  OptionalLong deadlineNanos() {
    return waiting.isEmpty() ? OptionalLong.empty() : next;
  }
}

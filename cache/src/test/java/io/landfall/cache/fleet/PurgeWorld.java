package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeSet;

/**
 * Nodes with their purge machines and a cache each, in virtual time, on a network that loses,
 * repeats and reorders. Objects have versions; the node that changes one purges it.
 */
final class PurgeWorld {
  static final long MILLI = 1_000_000L;

  /** How long the network takes at most for one message. */
  private static final int MAX_LATENCY_MILLIS = 40;

  record Due(long nanos, long order, Runnable task) {}

  final Random seeded;
  final List<PurgeWorldNode> nodes = new ArrayList<>();
  final long[] versions;
  int lossPercent;
  int mostEntries = 100;
  long nowNanos;
  private long order;
  private final TreeSet<String> broken = new TreeSet<>();
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));

  PurgeWorld(long seed, int count, int objects) {
    this.seeded = new Random(seed);
    this.versions = new long[objects];
    for (int i = 0; i < count; i++) {
      nodes.add(new PurgeWorldNode(this, new NodeName("n" + i)));
    }
  }

  /** How a node starts. */
  PurgeWorldNode.Start how() {
    PurgeWorldNode.Start[] all = PurgeWorldNode.Start.values();
    return all[seeded.nextInt(all.length)];
  }

  void at(long delayNanos, Runnable task) {
    queue.add(new Due(nowNanos + Math.max(0, delayNanos), order++, task));
  }

  void inMillis(int most, Runnable task) {
    at(seeded.nextInt(most + 1) * MILLI, task);
  }

  void run(long millis) {
    long end = nowNanos + millis * MILLI;
    while (!queue.isEmpty() && queue.element().nanos() <= end) {
      Due next = queue.remove();
      nowNanos = Math.max(nowNanos, next.nanos());
      next.task().run();
    }
    nowNanos = end;
  }

  PurgeWorldNode node(NodeName name) {
    return nodes.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow();
  }

  private static String link(PurgeWorldNode one, PurgeWorldNode other) {
    return one.name.compareTo(other.name) < 0
        ? one.name + "-" + other.name
        : other.name + "-" + one.name;
  }

  boolean isLinked(PurgeWorldNode one, PurgeWorldNode other) {
    return one.alive && other.alive && !broken.contains(link(one, other));
  }

  void cut(PurgeWorldNode one, PurgeWorldNode other) {
    broken.add(link(one, other));
    inMillis(9_000, () -> one.look(other));
    inMillis(9_000, () -> other.look(one));
  }

  void mend(PurgeWorldNode one, PurgeWorldNode other) {
    broken.remove(link(one, other));
    inMillis(500, () -> one.look(other));
    inMillis(500, () -> other.look(one));
  }

  void mendAll() {
    for (PurgeWorldNode one : nodes) {
      for (PurgeWorldNode other : nodes) {
        if (!one.equals(other)) {
          mend(one, other);
        }
      }
    }
  }

  /** A message on its way: lost, late, or twice. */
  void carry(PurgeWorldNode from, PurgeWorldNode to, Runnable arrives) {
    int copies = seeded.nextInt(100) < lossPercent ? 0 : seeded.nextInt(20) == 0 ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      inMillis(
          MAX_LATENCY_MILLIS,
          () -> {
            if (isLinked(from, to)) {
              arrives.run();
            }
          });
    }
  }

  /** An object changes at its origin, and is purged at a node. */
  void change(int object, PurgeWorldNode at, boolean soft) {
    versions[object]++;
    at.give(object, versions[object], soft);
  }
}

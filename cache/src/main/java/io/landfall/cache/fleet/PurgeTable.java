package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.Collection;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which logs are kept. Those of nodes that this one has met itself come first: any node can tell of
 * logs of nodes that do not exist, and those must not crowd out the others.
 */
final class PurgeTable {
  /**
   * The most logs that are kept. Of more, those of nodes that were never met go first, then the
   * oldest run that is not the last one of its node, then the oldest log of a node that is gone;
   * who still lacks something of it by then drops all. Of what goes, but for the first, the end is
   * kept: of as many nodes at most.
   */
  static final int MAX_LOGS = 1024;

  /** The most of them of nodes that this one has not met. Of one more nothing is kept. */
  static final int MAX_UNMET = 256;

  private final TreeMap<NodeName, PurgeOrigin> origins = new TreeMap<>();

  /** Nodes that this one has met, in this run or before; bounded as other nodes are. */
  private final TreeSet<NodeName> met = new TreeSet<>();

  /** Those of them that were met in this run and are not gone since. */
  private final TreeSet<NodeName> here = new TreeSet<>();

  private final PurgeChanges changes;
  private int logs;
  private int unmet;

  /**
   * An empty one.
   *
   * @param changes receives what is not kept any more
   */
  PurgeTable(PurgeChanges changes) {
    this.changes = changes;
  }

  /** A node was met. */
  void met(NodeName node) {
    wasMet(node);
    if (met.contains(node)) {
      here.add(node);
    }
  }

  /** A node is not one of the fleet any more. */
  void left(NodeName node) {
    here.remove(node);
  }

  /** A node was met in a run before. */
  void wasMet(NodeName node) {
    if (met.size() < PurgeFleet.MAX_NODES && met.add(node)) {
      PurgeOrigin known = origins.get(node);
      unmet -= known == null ? 0 : known.runs.size();
    }
  }

  Collection<PurgeOrigin> origins() {
    return origins.values();
  }

  /** All that is kept of a node; null if nothing is. */
  @Nullable PurgeOrigin origin(NodeName node) {
    return origins.get(node);
  }

  /** A log; null if it is not kept. */
  @Nullable PurgeLog find(LogId id) {
    PurgeOrigin origin = origins.get(id.origin());
    return origin == null ? null : origin.runs.get(id.incarnation());
  }

  /** Whether nothing of a run is kept any more. */
  boolean forgot(LogId id) {
    PurgeOrigin origin = origins.get(id.origin());
    return origin != null && origin.forgot(id.incarnation());
  }

  /** Whether a log that is not kept yet may be. */
  boolean mayAdd(LogId id) {
    boolean isMet = met.contains(id.origin());
    boolean hasRoom =
        isMet
            ? logs < MAX_LOGS || unmet > 0 || oldestRun() != null || oldestGone() != null
            : logs < MAX_LOGS && unmet < MAX_UNMET;
    return hasRoom && !forgot(id);
  }

  /**
   * Adds a log. If there are too many then, another one is not kept any more.
   *
   * @return the bytes of its entries
   */
  int add(PurgeLog log) {
    NodeName node = log.id().origin();
    boolean isMet = met.contains(node);
    origins.computeIfAbsent(node, n -> new PurgeOrigin()).runs.put(log.id().incarnation(), log);
    logs++;
    unmet += isMet ? 0 : 1;
    if (logs <= MAX_LOGS) {
      return 0;
    }
    if (isMet && unmet > 0) {
      PurgeLog gone = firstUnmet();
      return gone == null ? 0 : drop(gone);
    }
    PurgeLog gone = oldestRun();
    gone = gone == null ? oldestGone() : gone;
    return gone == null ? 0 : forget(gone);
  }

  private @Nullable PurgeLog firstUnmet() {
    for (var each : origins.entrySet()) {
      if (!met.contains(each.getKey()) && !each.getValue().runs.isEmpty()) {
        return each.getValue().runs.firstEntry().getValue();
      }
    }
    return null;
  }

  /** The run that began first, of those that are not the last one of their node. */
  private @Nullable PurgeLog oldestRun() {
    PurgeLog oldest = null;
    for (PurgeOrigin each : origins.values()) {
      PurgeLog first = each.runs.isEmpty() ? null : each.runs.firstEntry().getValue();
      boolean before =
          first != null
              && each.runs.size() > 1
              && (oldest == null || first.id().incarnation() < oldest.id().incarnation());
      oldest = before ? first : oldest;
    }
    return oldest;
  }

  /** The log that began first, of those of nodes that are gone, or were not met since the start. */
  private @Nullable PurgeLog oldestGone() {
    PurgeLog oldest = null;
    for (var each : origins.entrySet()) {
      PurgeLog first =
          here.contains(each.getKey()) || each.getValue().runs.isEmpty()
              ? null
              : each.getValue().runs.firstEntry().getValue();
      boolean before =
          first != null && (oldest == null || first.id().incarnation() < oldest.id().incarnation());
      oldest = before ? first : oldest;
    }
    return oldest;
  }

  private int forget(PurgeLog log) {
    int freed = remove(log);
    PurgeOrigin origin = origins.computeIfAbsent(log.id().origin(), n -> new PurgeOrigin());
    KnownLog gone = PurgeOrigin.forgotten(log.known());
    origin.forgotten = gone;
    changes.state(gone);
    boundForgotten();
    return freed;
  }

  /**
   * Of the nodes of which nothing but an end is kept the one whose run is oldest goes, if there are
   * too many ends: of logs there are fewer, so there is one.
   */
  private void boundForgotten() {
    int count = 0;
    KnownLog oldest = null;
    for (PurgeOrigin each : origins.values()) {
      KnownLog end = each.forgotten;
      count += end == null ? 0 : 1;
      boolean before =
          end != null
              && each.runs.isEmpty()
              && (oldest == null || end.id().incarnation() < oldest.id().incarnation());
      oldest = before ? end : oldest;
    }
    if (count > MAX_LOGS && oldest != null) {
      changes.state(PurgeOrigin.unknown(oldest.id()));
      origins.remove(oldest.id().origin());
    }
  }

  /** As if nothing had ever been known of it: so names that do not exist take no room for good. */
  private int drop(PurgeLog log) {
    changes.state(PurgeOrigin.unknown(log.id()));
    int freed = remove(log);
    removeIfEmpty(log.id().origin());
    return freed;
  }

  private void removeIfEmpty(NodeName node) {
    PurgeOrigin origin = origins.get(node);
    if (origin != null && origin.runs.isEmpty()) {
      origins.remove(node);
    }
  }

  private int remove(PurgeLog log) {
    NodeName node = log.id().origin();
    PurgeOrigin origin = origins.get(node);
    if (origin != null && origin.runs.remove(log.id().incarnation()) != null) {
      logs--;
      unmet -= met.contains(node) ? 0 : 1;
    }
    return log.clear();
  }

  /** Forgets a log as it was forgotten in a run before; the bytes of its entries. */
  int restoreForgotten(KnownLog known) {
    PurgeLog log = find(known.id());
    int freed = log == null ? 0 : remove(log);
    NodeName node = known.id().origin();
    if (PurgeOrigin.unknown(known.id()).equals(known)) {
      removeIfEmpty(node);
    } else {
      origins.computeIfAbsent(node, n -> new PurgeOrigin()).forgotten = known;
    }
    return freed;
  }
}

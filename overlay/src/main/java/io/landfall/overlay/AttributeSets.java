package io.landfall.overlay;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Keeps one {@link AttributeSet} for each distinct set of a source in use, counted by reference:
 * bounded by what each source may have ({@link Source#attributeLimitBytes}). The map is looked up,
 * and iterated only where the order does not matter.
 */
final class AttributeSets {
  /**
   * What distinguishes sets. It has an order, because a peer can make as many sets of one hash as
   * it likes: {@link HashMap} then finds a key by its order in logarithmic time.
   */
  private record Key(Source source, PathAttributes attributes, int originator)
      implements Comparable<Key> {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && source == that.source
          && originator == that.originator
          && attributes.equals(that.attributes);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * attributes.hashCode() + originator) + source.identifier;
    }

    @Override
    public int compareTo(Key that) {
      int c = source.identity.compareTo(that.source.identity);
      c = c != 0 ? c : Integer.compare(originator, that.originator);
      return c != 0 ? c : attributes.compareTo(that.attributes);
    }
  }

  private final Map<Key, AttributeSet> sets = new HashMap<>();
  private final Asn asn;
  private final NodeCosts costs;

  AttributeSets(Asn asn, NodeCosts costs) {
    this.asn = asn;
    this.costs = costs;
  }

  int size() {
    return sets.size();
  }

  /** The set for these attributes; it is kept once a path has been counted in its references. */
  AttributeSet intern(
      Source source, PathAttributes attributes, HostAddress nextHop, int originator) {
    // Not computeIfAbsent: its lambda would be made for each route, through JNI in code of C1.
    Key key = new Key(source, attributes, originator);
    AttributeSet known = sets.get(key);
    if (known != null) {
      return known;
    }
    AttributeSet made = new AttributeSet(source, attributes, nextHop, originator, asn, costs);
    sets.put(key, made);
    source.attributeBytes += made.bytes();
    return made;
  }

  /** The nodes that now have another cost than when their sets were made, by their offsets. */
  NavigableSet<Integer> otherCosts() {
    NavigableSet<Integer> nodes = new TreeSet<>();
    for (AttributeSet set : sets.values()) {
      if (set.cost != costs.costOf(set.nextHop)) {
        nodes.add(set.nextHop.offset());
      }
    }
    return nodes;
  }

  /** From now on all sets have the costs of now. */
  void recost() {
    sets.values().forEach(set -> set.cost = costs.costOf(set.nextHop));
  }

  /** Drops the set if no path points at it. */
  void releaseIfUnused(AttributeSet set) {
    if (set.references == 0) {
      if (sets.remove(new Key(set.source, set.received, set.originator)) != null) {
        set.source.attributeBytes -= set.bytes();
      }
    } else if (set.references < 0) {
      throw new InvariantBroken("an attribute set is released no more often than it was taken");
    }
  }

  /**
   * What this node advertises of its own identity, of where it is reached when that is known, and
   * of where it has proved that others are.
   */
  PathAttributes ofIdentity(
      HostAddress identity, Optional<NodeEndpoint> endpoint, List<NodeEndpoint> others) {
    List<LargeCommunity> communities = new ArrayList<>();
    endpoint.ifPresent(at -> communities.addAll(at.communities(asn)));
    communities.addAll(NamedPlaces.communities(others, asn));
    return own(identity, OptionalLong.empty(), AttributeSet.DEFAULT_LOCAL_PREF, communities, false);
  }

  /** What this node advertises of a service at its site. */
  PathAttributes ofService(HostAddress identity, Signal signal, long tier) {
    int code =
        switch (signal) {
          case UP -> 1;
          case DRAINING -> 2;
          case COLD -> 3;
          case DOWN -> throw new InvariantBroken("a service that is DOWN has no route");
        };
    boolean draining = signal == Signal.DRAINING;
    return own(
        identity,
        OptionalLong.of(tier),
        draining ? 0 : AttributeSet.DEFAULT_LOCAL_PREF,
        List.of(new LargeCommunity(asn.bits(), AttributeSet.SIGNAL_FUNCTION, code)),
        draining);
  }

  private static PathAttributes own(
      HostAddress identity,
      OptionalLong med,
      long localPref,
      List<LargeCommunity> largeCommunities,
      boolean draining) {
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(identity.inetAddress()),
        med,
        OptionalLong.of(localPref),
        PathAttributes.Reflection.NONE,
        new PathAttributes.Communities(
            draining
                ? List.of(PathAttributes.GRACEFUL_SHUTDOWN, PathAttributes.NO_LLGR)
                : List.of(PathAttributes.NO_LLGR),
            largeCommunities),
        OptionalLong.empty());
  }
}

package io.landfall.overlay;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One set of path attributes, shared by every path that has it, with what they mean to Landfall
 * worked out once: which node, which signal, which tier. Two paths have the same attributes exactly
 * when they point at the same object.
 */
final class AttributeSet {
  /** LOCAL_PREF where a peer sent none (RFC 4271 section 9.1.1 leaves it to us). */
  static final long DEFAULT_LOCAL_PREF = 100;

  /** Local data 1 of the large community that carries the signal. */
  static final int SIGNAL_FUNCTION = 1;

  final PathAttributes received;
  final HostAddress nextHop;

  /** The identifier of the node that originated it: ORIGINATOR_ID, or who sent it. */
  final int originator;

  final long localPref;
  final long tier;
  final Signal signal;
  final int cost;

  /** Whether it must not be told to anybody (RFC 1997). */
  final boolean noAdvertise;

  /** How many paths point here. */
  int references;

  /** What a drain has collected for one UPDATE; null outside of a drain. */
  @Nullable ArrayList<Nlri<HostAddress>> batch;

  private @Nullable PathAttributes reflected;

  AttributeSet(
      PathAttributes received, HostAddress nextHop, int originator, int asn, NodeCosts costs) {
    this.received = received;
    this.nextHop = nextHop;
    this.originator = originator;
    this.localPref = received.localPref().orElse(DEFAULT_LOCAL_PREF);
    this.tier = received.med().orElse(0);
    this.signal = signalOf(received, asn);
    this.cost = costs.costOf(nextHop);
    this.noAdvertise = received.communities().contains(PathAttributes.NO_ADVERTISE);
  }

  int clusterListLength() {
    return received.clusterList().size();
  }

  /** As a reflector tells it: with ORIGINATOR_ID and itself in CLUSTER_LIST (RFC 4456 sec 8). */
  PathAttributes reflectedBy(int clusterId) {
    PathAttributes known = reflected;
    if (known == null) {
      List<Integer> clusters = new ArrayList<>(received.clusterList().size() + 1);
      clusters.add(clusterId);
      clusters.addAll(received.clusterList());
      known =
          new PathAttributes(
              received.origin(),
              received.asPath(),
              received.nextHop(),
              received.med(),
              received.localPref(),
              Optional.of(originator),
              clusters,
              received.communities(),
              received.largeCommunities(),
              OptionalLong.empty());
      reflected = known;
    }
    return known;
  }

  private static Signal signalOf(PathAttributes attributes, int asn) {
    if (attributes.communities().contains(PathAttributes.GRACEFUL_SHUTDOWN)) {
      return Signal.DRAINING;
    }
    for (LargeCommunity community : attributes.largeCommunities()) {
      if (community.globalAdministrator() == asn && community.localData1() == SIGNAL_FUNCTION) {
        return switch (community.localData2()) {
          case 2 -> Signal.DRAINING;
          case 3 -> Signal.COLD;
          default -> Signal.UP;
        };
      }
    }
    return Signal.UP;
  }
}

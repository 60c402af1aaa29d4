package io.landfall.overlay;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One set of path attributes, shared by every path of a source that has it, with what they mean to
 * Landfall worked out once: which node, which signal, which tier. Two paths of a source have the
 * same attributes exactly when they point at the same object.
 *
 * <p>Sets of two sources are never one object, although they may be equal: so each occupies memory
 * of exactly one source, and that one's bound holds whatever the others do.
 */
final class AttributeSet {
  /** LOCAL_PREF where a peer sent none (RFC 4271 section 9.1.1 leaves it to us). */
  static final long DEFAULT_LOCAL_PREF = 100;

  /** Local data 1 of the large community that carries the signal. */
  static final int SIGNAL_FUNCTION = 1;

  /** What a set without any list occupies: this object, the attributes, the entry in the map. */
  private static final int FIXED_BYTES = 600;

  /**
   * What the copy of a reflector occupies beside the lists that it shares ({@link #reflectedBy}).
   */
  private static final int REFLECTED_BYTES = 300;

  /** A number in a list: the reference, its copy in {@link #reflectedBy}, and the object. */
  private static final int NUMBER_BYTES = 24;

  /** The same of a large community. */
  private static final int LARGE_COMMUNITY_BYTES = 32;

  final Source source;
  final PathAttributes received;
  final HostAddress nextHop;

  /** The identifier of the node that originated it: ORIGINATOR_ID, or who sent it. */
  final int originator;

  final long localPref;
  final long tier;
  final Signal signal;

  /** Of the next hop; changed only while no host keeps an order of its paths. */
  int cost;

  /** Whether it must not be sent to any peer (RFC 1997). */
  final boolean noAdvertise;

  /** How many paths point here. */
  int references;

  /** What a drain has collected for one UPDATE; null outside of a drain. */
  @Nullable ArrayList<Nlri<HostAddress>> batch;

  private @Nullable PathAttributes reflected;

  AttributeSet(
      Source source,
      PathAttributes received,
      HostAddress nextHop,
      int originator,
      Asn asn,
      NodeCosts costs) {
    this.source = source;
    this.received = received;
    this.nextHop = nextHop;
    this.originator = originator;
    this.localPref = received.localPref().orElse(DEFAULT_LOCAL_PREF);
    this.tier = received.med().orElse(0);
    this.signal = signalOf(received, asn);
    this.cost = costs.costOf(nextHop);
    this.noAdvertise = received.communities().standard().contains(PathAttributes.NO_ADVERTISE);
  }

  /** How many bytes of memory it occupies, about, the reflected copy included. */
  int bytes() {
    int numbers =
        received.asPath().size()
            + received.reflection().clusterList().size()
            + received.communities().standard().size();
    return FIXED_BYTES
        + REFLECTED_BYTES
        + NUMBER_BYTES * numbers
        + LARGE_COMMUNITY_BYTES * received.communities().large().size();
  }

  int clusterListLength() {
    return received.reflection().clusterList().size();
  }

  /** As a reflector sends it: with ORIGINATOR_ID and itself in CLUSTER_LIST (RFC 4456 sec 8). */
  PathAttributes reflectedBy(int clusterId) {
    PathAttributes known = reflected;
    if (known == null) {
      List<Integer> clusters = new ArrayList<>(received.reflection().clusterList().size() + 1);
      clusters.add(clusterId);
      clusters.addAll(received.reflection().clusterList());
      known =
          new PathAttributes(
              received.origin(),
              received.asPath(),
              received.nextHop(),
              received.med(),
              received.localPref(),
              new PathAttributes.Reflection(Optional.of(originator), clusters),
              received.communities(),
              OptionalLong.empty());
      reflected = known;
    }
    return known;
  }

  private static Signal signalOf(PathAttributes attributes, Asn asn) {
    if (attributes.communities().standard().contains(PathAttributes.GRACEFUL_SHUTDOWN)) {
      return Signal.DRAINING;
    }
    for (LargeCommunity community : attributes.communities().large()) {
      if (community.globalAdministrator() == asn.bits()
          && community.localData1() == SIGNAL_FUNCTION) {
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

package io.landfall.overlay;

import io.landfall.overlay.OverlayEvent.Reachability;
import java.util.BitSet;

/**
 * Which next hops may be used: those whose adjacency is up, unless a liveness check knows better
 * (design section 4). For a node behind a reflector the adjacency is the channel on which requests
 * would be forwarded to it. This node itself always may.
 */
final class UsableNextHops {
  private final BitSet established = new BitSet();
  private final BitSet channels = new BitSet();
  private final BitSet provedDown = new BitSet();
  private final int own;

  UsableNextHops(int own) {
    this.own = own;
  }

  boolean isUsable(int node) {
    return node == own || (!provedDown.get(node) && (established.get(node) || channels.get(node)));
  }

  /** Whether only the liveness check stands against it. */
  boolean isPathDeadAlone(int node) {
    return node != own && provedDown.get(node) && (established.get(node) || channels.get(node));
  }

  void setChannel(int node, boolean up) {
    channels.set(node, up);
  }

  void setEstablished(int node, boolean up) {
    established.set(node, up);
  }

  void set(int node, Reachability reachability) {
    provedDown.set(node, reachability == Reachability.DOWN);
  }
}

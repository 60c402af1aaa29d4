package io.landfall.overlay;

import io.landfall.overlay.OverlayEvent.Reachability;
import java.util.BitSet;

/**
 * Which next hops may be used: those whose adjacency is up, unless a liveness check knows better
 * (design section 4). For a node behind a reflector the adjacency is the channel on which requests
 * would be forwarded to it. This node itself always may.
 */
final class NextHops {
  private final BitSet established = new BitSet();
  private final BitSet channels = new BitSet();
  private final BitSet provedDown = new BitSet();
  private final int own;
  private long version;

  NextHops(int own) {
    this.own = own;
  }

  boolean isUsable(int node) {
    return node == own || (!provedDown.get(node) && (established.get(node) || channels.get(node)));
  }

  /** Another number after each change: an order of paths that was made before is no longer one. */
  long version() {
    return version;
  }

  void setChannel(int node, boolean up) {
    change(channels, node, up);
  }

  void setEstablished(int node, boolean up) {
    change(established, node, up);
  }

  void set(int node, Reachability reachability) {
    change(provedDown, node, reachability == Reachability.DOWN);
  }

  private void change(BitSet nodes, int node, boolean in) {
    if (nodes.get(node) != in) {
      nodes.set(node, in);
      version++;
    }
  }
}

package io.landfall.overlay;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;

/**
 * What a node is in the overlay, and how far it trusts what it receives.
 *
 * @param name this node's name
 * @param identity this node's identity; its block is the overlay's block
 * @param asn the overlay's one AS number, unsigned; every session is iBGP
 * @param reflector whether this node reflects routes for its {@link PeerInfo.Relation#CLIENT}s (RFC
 *     4456); when false a route learned from a peer is never advertised to another
 * @param limits every bound of the room
 * @param costs the configured cost of reaching each node
 * @param directory who may originate what, for routes that come through a reflector
 * @param originatesIdentity whether this node advertises its identity; a daemon that only reflects
 *     takes no requests, so no node needs a route to it
 */
public record OverlaySettings(
    NodeName name,
    HostAddress identity,
    int asn,
    boolean reflector,
    OverlayLimits limits,
    NodeCosts costs,
    NodeDirectory directory,
    boolean originatesIdentity) {
  /** A node, which originates its identity. */
  public OverlaySettings(
      NodeName name,
      HostAddress identity,
      int asn,
      boolean reflector,
      OverlayLimits limits,
      NodeCosts costs,
      NodeDirectory directory) {
    this(name, identity, asn, reflector, limits, costs, directory, true);
  }

  /** The overlay's block. */
  public Block block() {
    return identity.block();
  }

  /** A member of a full mesh with the usual limits, equal costs and no reflector. */
  public static OverlaySettings meshMember(NodeName name, HostAddress identity, int asn) {
    return new OverlaySettings(
        name,
        identity,
        asn,
        false,
        OverlayLimits.usual(),
        NodeCosts.equal(),
        NodeDirectory.empty());
  }
}

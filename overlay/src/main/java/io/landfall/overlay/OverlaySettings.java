package io.landfall.overlay;

import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;

/**
 * What a node is in the overlay, and how far it trusts what it receives.
 *
 * @param name this node's name
 * @param identity this node's identity; its block is the overlay's block
 * @param asn the overlay's one AS number, unsigned; every session is iBGP
 * @param reflection whether this node reflects routes (RFC 4456)
 * @param limits every bound of the room
 * @param costs the configured cost of reaching each node
 * @param directory who may originate what, for routes that come through a reflector
 * @param ownRoute whether this node advertises its identity
 */
public record OverlaySettings(
    NodeName name,
    HostAddress identity,
    Asn asn,
    Reflection reflection,
    OverlayLimits limits,
    NodeCosts costs,
    NodeDirectory directory,
    OwnRoute ownRoute) {
  /** A node, which originates its identity. */
  public OverlaySettings(
      NodeName name,
      HostAddress identity,
      Asn asn,
      Reflection reflection,
      OverlayLimits limits,
      NodeCosts costs,
      NodeDirectory directory) {
    this(name, identity, asn, reflection, limits, costs, directory, OwnRoute.ORIGINATED);
  }

  /** Whether a node reflects routes (RFC 4456). */
  public enum Reflection {
    /** A route learned from a peer is never advertised to another. */
    NONE,
    /** It reflects routes for its {@link PeerInfo.Relation#CLIENT}s. */
    REFLECTOR
  }

  /** Whether a node advertises its identity. */
  public enum OwnRoute {
    /** It does, since it takes requests. */
    ORIGINATED,
    /** A daemon that only reflects takes no requests, so no node needs a route to it. */
    NONE
  }

  /** Whether this node reflects routes for its {@link PeerInfo.Relation#CLIENT}s. */
  public boolean reflector() {
    return reflection == Reflection.REFLECTOR;
  }

  /** Whether this node advertises its identity. */
  public boolean originatesIdentity() {
    return ownRoute == OwnRoute.ORIGINATED;
  }

  /** The overlay's block. */
  public Block block() {
    return identity.block();
  }
}

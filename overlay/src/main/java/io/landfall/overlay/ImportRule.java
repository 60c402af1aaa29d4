package io.landfall.overlay;

import io.landfall.core.RefusalRule;

/**
 * Why a route that is a host of the block is still not taken. The codec's rules come before these.
 */
public enum ImportRule implements RefusalRule {
  /** A route without a next hop. */
  NEXT_HOP_MISSING(10, "next-hop-missing", "a route without a next hop"),
  /** A next hop that is not of the block, so no node. */
  NEXT_HOP_OUTSIDE_BLOCK(
      11, "next-hop-outside-block", "a next hop that is not of the block, so no node"),
  /** A route of this node that came back to it. */
  ORIGINATOR_IS_ME(12, "originator-is-me", "a route of this node that came back to it"),
  /** A route that this reflector has reflected already. */
  CLUSTER_LOOP(13, "cluster-list-loop", "a route that this reflector has reflected already"),
  /** A peer that speaks for itself named another next hop. */
  NEXT_HOP_NOT_PEER(
      14, "next-hop-not-the-peer", "a peer that speaks for itself named another next hop"),
  /** A peer that speaks for itself named another originator. */
  ORIGINATOR_NOT_PEER(
      15, "originator-not-the-peer", "a peer that speaks for itself named another originator"),
  /** Next hop and ORIGINATOR_ID name two nodes. */
  NEXT_HOP_NOT_ORIGINATOR(
      16, "next-hop-not-the-originator", "next hop and ORIGINATOR_ID name two nodes"),
  /** The next hop is of the block, but no node that is known here. */
  NEXT_HOP_NOT_A_NODE(
      17, "next-hop-not-a-node", "the next hop is of the block, but no node that is known here"),
  /** The route was in another AS; every overlay route is of this one. */
  AS_PATH_NOT_EMPTY(
      18, "as-path-not-empty", "the route was in another AS; every overlay route is of this one"),
  /** The host is this node itself. */
  OWN_IDENTITY(19, "own-identity", "the host is this node itself"),
  /** The host is a node other than the one that originates the route. */
  OTHER_IDENTITY(
      20,
      "identity-of-another-node",
      "the host is a node other than the one that originates the route"),
  /** The node that originates it may not originate that service. */
  NOT_ENTITLED(21, "not-entitled", "the node that originates it may not originate that service"),
  /** The peer has as many routes in the table as it may have. */
  OVER_ACCEPT_LIMIT(
      22, "over-accept-limit", "the peer has as many routes in the table as it may have"),
  /** More communities and clusters than a route may carry. */
  ATTRIBUTES_TOO_LONG(
      23, "attributes-too-long", "more communities and clusters than a route may carry"),
  /** A route that was kept after it was lost (RFC 9494). */
  STALE(24, "stale", "a route that somebody kept after it was lost (RFC 9494)"),
  /** The peer has as many paths of this host as it may have. */
  OVER_PATHS_PER_HOST(
      25,
      "too-many-paths-of-a-host",
      "the peer has as many paths of this host as it may have (RFC 7911)"),
  /** The attributes of the peer's routes occupy as much memory as they may. */
  OVER_ATTRIBUTE_BYTES(
      26,
      "too-many-attribute-bytes",
      "the attributes of the peer's routes occupy as much memory as they may");

  private final int number;
  private final String label;
  private final String meaning;

  ImportRule(int number, String label, String meaning) {
    this.number = number;
    this.label = label;
    this.meaning = meaning;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String meaning() {
    return meaning;
  }

  /** Whether a label is that of one of these. */
  static boolean isLabel(String label) {
    for (ImportRule each : values()) {
      if (each.label.equals(label)) {
        return true;
      }
    }
    return false;
  }
}

package io.landfall.config;

import io.landfall.core.Block;
import io.landfall.core.NodeName;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plane two.
 *
 * @param block the one prefix in which every overlay route lies
 * @param asn the overlay's private AS number, 1 to 4294967294
 * @param listen the address and port of the one TLS port
 * @param candidates where other nodes might be; they have no rights
 * @param holdTimeMillis the BGP hold time: 3 s to 65535 s in whole seconds (RFC 4271 section 4.2)
 * @param reflector whether this node reflects routes between its peers (RFC 4456)
 * @param reflectors the nodes that reflect routes of others to this one, by the names in their
 *     certificates
 * @param advertise where other nodes reach {@code listen}; empty when that is {@code listen} itself
 * @param costs what it costs to reach other nodes, by name; a node that is absent costs {@value
 *     #DEFAULT_COST}
 * @param bgp neighbours over plain TCP
 * @param bfd liveness of the paths to other nodes
 */
public record OverlayConfig(
    Block block,
    long asn,
    InetSocketAddress listen,
    List<HostPort> candidates,
    long holdTimeMillis,
    boolean reflector,
    List<NodeName> reflectors,
    Optional<InetSocketAddress> advertise,
    Map<NodeName, Long> costs,
    PlainBgpConfig bgp,
    BfdSettings bfd) {
  /** The AS number when the config gives none: the first of RFC 6996's 4-byte private range. */
  public static final long DEFAULT_ASN = 4_200_000_000L;

  /** The hold time when the config gives none. */
  public static final long DEFAULT_HOLD_TIME_MILLIS = 9_000;

  /** The cost of a node that {@link #costs()} does not name. */
  public static final long DEFAULT_COST = 100;

  /** Copies the collections and keeps their order. */
  public OverlayConfig {
    candidates = List.copyOf(candidates);
    reflectors = List.copyOf(reflectors);
    costs = Collections.unmodifiableMap(new LinkedHashMap<>(costs));
  }

  /** Where other nodes are to reach this one; empty when not configured. */
  public Optional<InetSocketAddress> reachedAt() {
    return advertise.or(
        () -> listen.getAddress().isAnyLocalAddress() ? Optional.empty() : Optional.of(listen));
  }

  /** What it costs to reach this node. */
  public long costOf(NodeName node) {
    return costs.getOrDefault(node, DEFAULT_COST);
  }
}

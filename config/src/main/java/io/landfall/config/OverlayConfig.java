package io.landfall.config;

import io.landfall.core.Asn;
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
 * @param reach how nodes reach each other
 * @param holdTimeMillis the BGP hold time: 3 s to 65535 s in whole seconds (RFC 4271 section 4.2)
 * @param reflection which nodes reflect routes
 * @param bgp neighbours over plain TCP
 * @param bfd liveness of the paths to other nodes
 * @param table what the table takes and originates
 */
public record OverlayConfig(
    Block block,
    Asn asn,
    Reach reach,
    long holdTimeMillis,
    Reflection reflection,
    PlainBgpConfig bgp,
    BfdSettings bfd,
    Table table) {
  /** The AS number when the config gives none: the first of RFC 6996's 4-byte private range. */
  public static final Asn DEFAULT_ASN = Asn.of(4_200_000_000L);

  /** The hold time when the config gives none. */
  public static final long DEFAULT_HOLD_TIME_MILLIS = 9_000;

  /** The cost of a node that {@link Reach#costs()} does not name. */
  public static final long DEFAULT_COST = 100;

  /**
   * What this node's table takes and originates.
   *
   * @param maxPaths how many paths of one peer are kept; the excess is dropped and counted
   * @param ownIdentity whether this node originates the host route of its identity
   */
  public record Table(int maxPaths, boolean ownIdentity) {
    /** What holds when the config gives nothing. */
    public static final Table DEFAULT = new Table(65_536, true);
  }

  /**
   * How nodes reach each other.
   *
   * @param listen the address and port of the one TLS port
   * @param advertise where other nodes reach {@code listen}; empty when that is {@code listen}
   *     itself
   * @param candidates where other nodes might be; they have no rights
   * @param learnCandidates whether nodes of the mesh name further ones to each other
   * @param costs what it costs to reach other nodes, by name; a node that is absent costs {@value
   *     #DEFAULT_COST}
   */
  public record Reach(
      InetSocketAddress listen,
      Optional<InetSocketAddress> advertise,
      List<HostPort> candidates,
      boolean learnCandidates,
      Map<NodeName, Long> costs) {
    /** Copies the collections and keeps their order. */
    public Reach {
      candidates = List.copyOf(candidates);
      costs = Collections.unmodifiableMap(new LinkedHashMap<>(costs));
    }
  }

  /**
   * Which nodes reflect routes (RFC 4456).
   *
   * @param reflector whether this node reflects routes between its peers
   * @param reflectors the nodes that reflect routes of others to this one, by the names in their
   *     certificates
   */
  public record Reflection(boolean reflector, List<NodeName> reflectors) {
    /** Copies the list. */
    public Reflection {
      reflectors = List.copyOf(reflectors);
    }
  }

  /** Where other nodes are to reach this one; empty when not configured. */
  public Optional<InetSocketAddress> reachedAt() {
    InetSocketAddress listen = reach.listen;
    return reach.advertise.or(
        () -> listen.getAddress().isAnyLocalAddress() ? Optional.empty() : Optional.of(listen));
  }

  /** What it costs to reach this node. */
  public long costOf(NodeName node) {
    return reach.costs.getOrDefault(node, DEFAULT_COST);
  }
}

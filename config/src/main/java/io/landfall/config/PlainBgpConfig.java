package io.landfall.config;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The overlay's neighbours over plain TCP: route reflectors that are stock routing daemons, and
 * whatever else speaks BGP without a certificate. What is not listed here is not allowed.
 *
 * @param listen where their connections are taken; empty when this node only dials
 * @param neighbors who they are
 * @param nodes the nodes that may be learned of through a neighbour that sends routes of others,
 *     and their identities; what each may originate is in {@code trust.entitlements}
 * @param anyInBlock whether those nodes may originate any service of the block
 */
public record PlainBgpConfig(
    Optional<InetSocketAddress> listen,
    List<Neighbor> neighbors,
    Map<NodeName, HostAddress> nodes,
    boolean anyInBlock) {
  /** No neighbours. */
  public static final PlainBgpConfig NONE =
      new PlainBgpConfig(Optional.empty(), List.of(), Map.of(), false);

  /** Copies the collections and keeps their order. */
  public PlainBgpConfig {
    neighbors = List.copyOf(neighbors);
    nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
  }

  /**
   * One neighbour. It is identified by its address, its key and its BGP Identifier; it may
   * originate what {@code trust.entitlements} gives its name.
   *
   * @param name its name
   * @param identity its identity: its BGP Identifier must be that
   * @param address the address that its connections come from
   * @param port where it listens
   * @param relation what it is to this node
   * @param passwordFile file with the TCP MD5 key (RFC 2385)
   * @param ttlSecurity whether it must be on the same link (RFC 5082)
   * @param dial whether this node opens connections to it
   */
  public record Neighbor(
      NodeName name,
      HostAddress identity,
      InetAddress address,
      int port,
      Relation relation,
      Optional<Path> passwordFile,
      boolean ttlSecurity,
      boolean dial) {}

  /** What a neighbour is. */
  public enum Relation {
    /** A node that sends its own routes only. */
    MESH,
    /** The same, and this node reflects for it. */
    CLIENT,
    /** It reflects the routes of other nodes to this one. */
    REFLECTOR,
    /** A client that sends the routes of several nodes without ORIGINATOR_ID. */
    RELAY
  }
}

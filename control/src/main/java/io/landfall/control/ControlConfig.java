package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Shield;
import io.landfall.overlay.PeerInfo;
import io.landfall.trust.PeerIdentity;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What plane two has to know of its node.
 *
 * @param identity this node's
 * @param services the services that this node knows; {@link ControlEvent.Configure} replaces them
 * @param relation what a node of the overlay is to this one
 * @param usualPort the port for requests of nodes of which nothing else is known
 * @param discovery what peers may name to this node
 */
public record ControlConfig(
    HostAddress identity,
    KnownServices services,
    Function<NodeName, PeerInfo.Relation> relation,
    int usualPort,
    Discovery discovery) {
  /**
   * Whether nodes of the mesh name to each other where further nodes are.
   *
   * @param learns whether this node tries what its peers name, and names others to them
   * @param ownPlaces where this node itself is reached, as far as it knows
   */
  public record Discovery(boolean learns, List<InetSocketAddress> ownPlaces) {
    /** Only what the operator names is tried, and nothing is named. */
    public static final Discovery BY_CONFIG = new Discovery(false, List.of());

    /** Copies the list. */
    public Discovery {
      ownPlaces = List.copyOf(ownPlaces);
    }
  }

  /**
   * A service.
   *
   * @param identity its identity, the same at every site
   * @param hosts the hosts that it answers for
   * @param paths the path prefixes that it answers for; empty means every path
   * @param tier what this site adds to what its hosts advertise; lower is preferred
   * @param backends how many backends it has beside this node; 0 when it is hosted elsewhere
   * @param shield which sites ask its origin for what caches miss
   */
  public record Service(
      HostAddress identity,
      List<String> hosts,
      List<String> paths,
      long tier,
      int backends,
      Shield shield) {
    /** A service whose misses each site fetches by itself. */
    public Service(
        HostAddress identity, List<String> hosts, List<String> paths, long tier, int backends) {
      this(identity, hosts, paths, tier, backends, Shield.NONE);
    }

    /** Copies the lists. */
    public Service {
      hosts = List.copyOf(hosts);
      paths = List.copyOf(paths);
    }
  }

  /** With services that a node may originate by its certificate only. */
  public ControlConfig(
      HostAddress identity,
      SortedMap<ServiceName, Service> services,
      Function<NodeName, PeerInfo.Relation> relation,
      int usualPort,
      Discovery discovery) {
    this(identity, new KnownServices(services, Map.of()), relation, usualPort, discovery);
  }

  /** A node in a mesh that knows no service: a reflector. */
  public static ControlConfig ofReflector(HostAddress identity) {
    return new ControlConfig(
        identity, new TreeMap<>(Map.of()), node -> PeerInfo.Relation.MESH, 0, Discovery.BY_CONFIG);
  }

  /** Whether what a node names may be tried, and whether it may be named: only in a full mesh. */
  boolean isInMesh(NodeName node) {
    return relation.apply(node) == PeerInfo.Relation.MESH;
  }

  boolean isReflector(NodeName node) {
    return relation.apply(node) == PeerInfo.Relation.REFLECTOR;
  }

  boolean isService(HostAddress identity) {
    return services.nameOf(identity).isPresent();
  }

  /** The identities of the services that a certificate, or the config, entitles a node to. */
  SortedSet<HostAddress> servicesOf(PeerIdentity peer) {
    return services.originatedBy(peer);
  }

  PeerInfo infoOf(PeerIdentity peer) {
    return new PeerInfo(
        peer.name(), peer.identity(), servicesOf(peer), relation.apply(peer.name()));
  }
}

package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.overlay.PeerInfo;
import io.landfall.trust.PeerIdentity;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What plane two has to know of its node.
 *
 * @param identity this node's
 * @param services the identities of the services that this node knows
 * @param relation what a node of the overlay is to this one
 * @param usualPort the port for requests of nodes of which nothing else is known
 */
public record ControlConfig(
    HostAddress identity,
    SortedMap<ServiceName, HostAddress> services,
    Function<NodeName, PeerInfo.Relation> relation,
    int usualPort) {
  /** Copies the services. */
  public ControlConfig {
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
  }

  /** A node in a mesh that knows no service: a reflector. */
  public static ControlConfig ofReflector(HostAddress identity) {
    return new ControlConfig(identity, new TreeMap<>(Map.of()), node -> PeerInfo.Relation.MESH, 0);
  }

  boolean isService(HostAddress identity) {
    return services.containsValue(identity);
  }

  /** The identities of the services that a certificate, or the config, entitles a node to. */
  SortedSet<HostAddress> servicesOf(PeerIdentity peer) {
    SortedSet<HostAddress> identities = new TreeSet<>();
    for (ServiceName service : peer.entitledServices()) {
      HostAddress identity = services.get(service);
      if (identity != null) {
        identities.add(identity);
      }
    }
    return identities;
  }

  PeerInfo infoOf(PeerIdentity peer) {
    return new PeerInfo(
        peer.name(), peer.identity(), servicesOf(peer), relation.apply(peer.name()));
  }
}

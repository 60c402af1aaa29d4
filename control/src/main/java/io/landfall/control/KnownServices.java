package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.PeerIdentity;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The services that a node knows by the config in force, by name and by identity, and which other
 * nodes may originate them. Replaced as a whole when the config changes; only on the thread that
 * steps the {@link ControlPlane}.
 */
public final class KnownServices {
  private SortedMap<ServiceName, ControlConfig.Service> byName = Collections.emptySortedMap();
  private final TreeMap<HostAddress, ServiceName> byIdentity = new TreeMap<>();
  private Map<NodeName, Set<ServiceName>> entitlements;

  /**
   * The services of the config that a node starts with.
   *
   * @param entitlements services that a node may originate beyond what its certificate names
   */
  public KnownServices(
      SortedMap<ServiceName, ControlConfig.Service> services,
      Map<NodeName, Set<ServiceName>> entitlements) {
    this.entitlements = Collections.unmodifiableSortedMap(new TreeMap<>(entitlements));
    put(services);
  }

  /** These are the services from now on. */
  void replace(ControlEvent.Configure now) {
    entitlements = now.entitlements();
    put(now.services());
  }

  private void put(SortedMap<ServiceName, ControlConfig.Service> services) {
    byName = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    byIdentity.clear();
    byName.forEach((name, service) -> byIdentity.put(service.identity(), name));
  }

  /** All, by name; the map does not change when they are replaced. */
  SortedMap<ServiceName, ControlConfig.Service> all() {
    return byName;
  }

  ControlConfig.@Nullable Service get(ServiceName name) {
    return byName.get(name);
  }

  /** The service with this identity. */
  Optional<ServiceName> nameOf(HostAddress identity) {
    return Optional.ofNullable(byIdentity.get(identity));
  }

  /** The identities of those that a node may originate, by its certificate or by the config. */
  SortedSet<HostAddress> originatedBy(PeerIdentity peer) {
    TreeSet<ServiceName> names = new TreeSet<>(peer.entitledServices());
    names.addAll(entitlements.getOrDefault(peer.name(), Set.of()));
    TreeSet<HostAddress> identities = new TreeSet<>();
    for (ServiceName name : names) {
      ControlConfig.Service known = byName.get(name);
      if (known != null) {
        identities.add(known.identity());
      }
    }
    return identities;
  }
}

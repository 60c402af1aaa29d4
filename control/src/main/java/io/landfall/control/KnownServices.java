package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The services that a node knows by the config in force, by name and by identity. Replaced as a
 * whole when the config changes; only on the thread that steps the {@link ControlPlane}.
 */
public final class KnownServices {
  private SortedMap<ServiceName, ControlConfig.Service> byName = Collections.emptySortedMap();
  private final TreeMap<HostAddress, ServiceName> byIdentity = new TreeMap<>();

  /** The services of the config that a node starts with. */
  KnownServices(SortedMap<ServiceName, ControlConfig.Service> services) {
    replace(services);
  }

  /** These are the services from now on. */
  void replace(SortedMap<ServiceName, ControlConfig.Service> services) {
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
}

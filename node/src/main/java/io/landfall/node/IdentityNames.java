package io.landfall.node;

import io.landfall.config.ServiceConfig;
import io.landfall.control.Neighbors;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The names of services and nodes by their identity; on the control thread only. */
final class IdentityNames {
  private final Supplier<List<ServiceConfig>> services;
  private final Neighbors neighbors;
  private final Map<HostAddress, String> byIdentity = new HashMap<>();

  /** What the names were made of last. */
  private List<ServiceConfig> named = List.of();

  /**
   * Names of what a node knows.
   *
   * @param services the services of the config in force
   */
  IdentityNames(Supplier<List<ServiceConfig>> services, Neighbors neighbors) {
    this.services = services;
    this.neighbors = neighbors;
  }

  /** The name of the service or node; empty text when it has none here. */
  String of(HostAddress identity) {
    List<ServiceConfig> now = services.get();
    if (now != named) {
      named = now;
      byIdentity.clear();
      now.forEach(service -> byIdentity.put(service.identity(), service.name().value()));
    }
    String service = byIdentity.get(identity);
    return service != null ? service : neighbors.nameOf(identity).map(NodeName::value).orElse("");
  }
}

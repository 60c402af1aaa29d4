package io.landfall.node;

import io.landfall.config.ServiceConfig;
import io.landfall.control.Neighbors;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names of services and nodes by their identity; on the control thread only. */
final class IdentityNames {
  private final Map<HostAddress, String> services = new LinkedHashMap<>();
  private final Neighbors neighbors;

  IdentityNames(List<ServiceConfig> services, Neighbors neighbors) {
    services.forEach(service -> this.services.put(service.identity(), service.name().value()));
    this.neighbors = neighbors;
  }

  /** The name of the service or node; empty text when it has none here. */
  String of(HostAddress identity) {
    String service = services.get(identity);
    return service != null ? service : neighbors.nameOf(identity).map(NodeName::value).orElse("");
  }
}

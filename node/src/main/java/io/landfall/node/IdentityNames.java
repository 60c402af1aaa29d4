package io.landfall.node;

import io.landfall.control.Neighbors;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;

/** The names of services and nodes by their identity; on the control thread only. */
final class IdentityNames {
  private final ConfigInForce config;
  private final Neighbors neighbors;

  IdentityNames(ConfigInForce config, Neighbors neighbors) {
    this.config = config;
    this.neighbors = neighbors;
  }

  /** The name of the service or node; empty text when it has none here. */
  String of(HostAddress identity) {
    String service = config.serviceName(identity);
    return service != null ? service : neighbors.nameOf(identity).map(NodeName::value).orElse("");
  }
}

package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.HostAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The config that a node runs with now. It is replaced on the control thread, in the task in which
 * everything else changes; any thread may read it.
 */
final class ConfigInForce {
  private volatile NodeConfig config;
  private volatile Map<HostAddress, String> serviceNames;
  private volatile @Nullable Instant changedAt;

  /** The same, put a moment earlier: the table asks while the change is under way. */
  private volatile NodeConfig ofTable;

  /** The config that a node starts with. */
  ConfigInForce(NodeConfig config) {
    this.config = config;
    this.ofTable = config;
    this.serviceNames = names(config);
  }

  NodeConfig get() {
    return config;
  }

  /** Every service that the node knows now, in the order of the file. */
  List<ServiceConfig> services() {
    return config.services();
  }

  /** The name of the service with this identity; null when there is none. */
  @Nullable String serviceName(HostAddress identity) {
    return serviceNames.get(identity);
  }

  /** When the config of the start was last replaced; empty when it never was. */
  Optional<Instant> changedAt() {
    return Optional.ofNullable(changedAt);
  }

  /** What the table of routes is held to: costs, and which node may originate what. */
  NodeConfig ofTable() {
    return ofTable;
  }

  /** The table is held to another config, which is about to be put in force. */
  void putOfTable(NodeConfig other) {
    ofTable = other;
  }

  void put(NodeConfig other, Instant now) {
    config = other;
    serviceNames = names(other);
    changedAt = now;
  }

  private static Map<HostAddress, String> names(NodeConfig config) {
    Map<HostAddress, String> names = new HashMap<>();
    config.services().forEach(service -> names.put(service.identity(), service.name().value()));
    return Map.copyOf(names);
  }
}

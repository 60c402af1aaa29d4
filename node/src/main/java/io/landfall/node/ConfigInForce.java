package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import java.util.List;

/**
 * The config that a node runs with now. It is replaced on the control thread, in the task in which
 * everything else changes; any thread may read it.
 */
final class ConfigInForce {
  private volatile NodeConfig config;

  /** The config that a node starts with. */
  ConfigInForce(NodeConfig config) {
    this.config = config;
  }

  NodeConfig get() {
    return config;
  }

  /** Every service that the node knows now, in the order of the file. */
  List<ServiceConfig> services() {
    return config.services();
  }

  void put(NodeConfig other) {
    config = other;
  }
}

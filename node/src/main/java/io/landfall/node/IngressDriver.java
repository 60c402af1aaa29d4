package io.landfall.node;

import io.landfall.node.admin.IngressView;
import io.landfall.node.config.NodeConfig;

/** Drives plane one. */
final class IngressDriver {
  IngressDriver(NodeConfig config, ControlLoop control) {}

  void start() {}

  void drain() {}

  void undrain() {}

  void listenerFailed(String why) {}

  void shutdown(String text) {}

  IngressView view() {
    return IngressView.NONE;
  }
}

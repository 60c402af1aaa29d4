package io.landfall.overlay;

import io.landfall.core.HostAddress;

/**
 * The configured cost of reaching a node; lower is preferred. It must give the same answer for the
 * same node until {@link OverlayEvent.CostsChanged}, or best paths would change without a cause.
 */
@FunctionalInterface
public interface NodeCosts {
  /** The cost of handing a request to this node, zero or more. */
  int costOf(HostAddress node);

  /** Every node costs the same. */
  static NodeCosts equal() {
    return node -> 0;
  }
}

package io.landfall.overlay;

import io.landfall.core.HostAddress;

/**
 * What is known of nodes that are not peers themselves: a route that comes through a reflector is
 * judged by it, because no certificate of its originator was seen. Where it knows nothing, nothing
 * is accepted.
 */
public interface NodeDirectory {
  /** Whether this address is the identity of a node. */
  boolean isNode(HostAddress address);

  /** Whether this node may originate this service. */
  boolean isEntitled(HostAddress node, HostAddress service);

  /** A directory that knows no node, so that nothing is accepted through a reflector. */
  static NodeDirectory empty() {
    return new NodeDirectory() {
      @Override
      public boolean isNode(HostAddress address) {
        return false;
      }

      @Override
      public boolean isEntitled(HostAddress node, HostAddress service) {
        return false;
      }
    };
  }
}

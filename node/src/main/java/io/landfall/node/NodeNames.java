package io.landfall.node;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The names of node identities, as certificates proved them; kept after a peer has gone, for
 * showing. On the control thread only. Bounded by the number of peers that the overlay remembers.
 */
final class NodeNames {
  private final TreeMap<HostAddress, NodeName> names = new TreeMap<>();

  NodeNames(NodeName own, HostAddress ownIdentity) {
    names.put(ownIdentity, own);
  }

  void learn(HostAddress identity, NodeName name) {
    names.put(identity, name);
  }

  /** Every name that is known, this node's own too. */
  Collection<NodeName> all() {
    return names.values();
  }

  Optional<NodeName> nameOf(HostAddress identity) {
    return Optional.ofNullable(names.get(identity));
  }
}

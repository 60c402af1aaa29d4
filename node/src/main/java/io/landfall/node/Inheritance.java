package io.landfall.node;

import io.landfall.core.GivenSockets;
import io.landfall.core.ServiceName;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a process has of the one that it takes over from.
 *
 * @param sockets listening sockets that are open
 * @param peers how many peers that one had; empty for a start without takeover
 * @param leases how long leases of services last, in nanoseconds from now
 */
record Inheritance(GivenSockets sockets, OptionalInt peers, Map<ServiceName, Long> leases) {
  /** Copies the map. */
  Inheritance {
    leases = Map.copyOf(new TreeMap<>(leases));
  }

  /** Of nobody. */
  static Inheritance none() {
    return new Inheritance(GivenSockets.none(), OptionalInt.empty(), Map.of());
  }

  /** Whether another process serves until this one can. */
  boolean takesOver() {
    return peers.isPresent();
  }
}

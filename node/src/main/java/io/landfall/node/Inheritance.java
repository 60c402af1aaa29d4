package io.landfall.node;

import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.core.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a process has of the one that it takes over from, or of its service manager.
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
    return of(List.of());
  }

  /** Of a service manager that has opened these. */
  static Inheritance of(List<ListeningSocket> sockets) {
    return new Inheritance(new GivenSockets(sockets, true), OptionalInt.empty(), Map.of());
  }

  /** Whether another process serves until this one can. */
  boolean takesOver() {
    return peers.isPresent();
  }
}

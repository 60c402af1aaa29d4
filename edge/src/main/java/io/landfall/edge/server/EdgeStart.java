package io.landfall.edge.server;

import java.net.InetSocketAddress;

/** How starting an edge went. */
public sealed interface EdgeStart {
  /**
   * It accepts clients.
   *
   * @param server the running edge
   */
  record Started(EdgeServer server) implements EdgeStart {}

  /**
   * A listener could not be opened; nothing is left running.
   *
   * @param listener the address
   * @param why what the system said
   */
  record CannotListen(InetSocketAddress listener, String why) implements EdgeStart {}
}

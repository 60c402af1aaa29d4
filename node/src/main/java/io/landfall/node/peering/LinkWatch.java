package io.landfall.node.peering;

import java.net.InetAddress;

/** Learns which links to upstream routers carry a connection, to watch whether they are alive. */
public interface LinkWatch {
  /** Watches nothing. */
  LinkWatch NONE =
      new LinkWatch() {
        @Override
        public void linkUp(String upstream, InetAddress local, InetAddress remote) {}

        @Override
        public void linkDown(String upstream) {}
      };

  /**
   * A connection to an upstream is open.
   *
   * @param upstream its name
   * @param local our address on the link
   * @param remote the router's
   */
  void linkUp(String upstream, InetAddress local, InetAddress remote);

  /** The last connection to an upstream is closed. */
  void linkDown(String upstream);
}

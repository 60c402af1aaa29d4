package io.landfall.node.bgptcp;

import io.landfall.overlay.PeerInfo;
import io.landfall.transport.tcp.BgpTcpSpec;
import java.net.InetAddress;

/**
 * A neighbour of the overlay without a certificate: who it is and what it may say comes from the
 * config, and what proves it is its address, the TCP MD5 key and GTSM.
 *
 * @param peer who speaks from that address, and what it is entitled to
 * @param spec how to reach it, and how the connection is protected
 * @param dials whether this side opens connections; it always takes them when it listens
 */
public record PlainNeighbor(PeerInfo peer, BgpTcpSpec spec, boolean dials) {
  /** Where it speaks from. */
  public InetAddress address() {
    return spec.remote().getAddress();
  }

  /**
   * What tells this daemon from another with the same identity: the address that it speaks from.
   */
  public String fingerprint() {
    return "tcp:" + address().getHostAddress();
  }
}

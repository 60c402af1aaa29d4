package io.landfall.node.peering;

import io.landfall.bgp.peering.Peering;
import io.landfall.overlay.PeerInfo;
import io.landfall.transport.tcp.BgpTcpSpec;
import java.net.InetAddress;

/**
 * A neighbour of the overlay without a certificate: its name and what it may originate come from
 * the config, and what proves it is its address, the TCP MD5 key and GTSM.
 *
 * @param peer which node has that address, and what it is entitled to
 * @param spec how to reach it, and how the connection is protected
 * @param dialling when this side opens connections; it always takes them when it listens
 */
public record PlainNeighbor(PeerInfo peer, BgpTcpSpec spec, Peering.Dialling dialling) {
  /** The address that its connections come from. */
  public InetAddress address() {
    return spec.remote().getAddress();
  }

  /** What distinguishes this daemon from another of the same identity: its own address. */
  public String fingerprint() {
    return "tcp:" + address().getHostAddress();
  }
}

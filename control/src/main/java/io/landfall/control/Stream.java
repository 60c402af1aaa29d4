package io.landfall.control;

import io.landfall.core.Addresses;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.trust.Endpoint;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One BGP stream.
 *
 * @param number its number
 * @param peer whose it is
 * @param proof what its certificate proved; empty for a configured neighbour
 */
record Stream(long number, HostAddress peer, Optional<Proof> proof) {
  /**
   * Who is at the other end.
   *
   * @param peer by its certificate
   * @param at the other end's address
   * @param direction which side opened the stream
   */
  record Proof(PeerIdentity peer, InetSocketAddress at, Direction direction) {
    /** Of a connection that this node dialled. */
    static Proof dialled(PeerIdentity peer, InetSocketAddress at) {
      return new Proof(peer, at, Direction.OUTGOING);
    }

    /** The same as trust names it. */
    Holder holder() {
      return new Holder(peer, endpoint(at), direction);
    }
  }

  static Endpoint endpoint(InetSocketAddress at) {
    return new Endpoint(Addresses.format(at.getAddress().getAddress()), at.getPort());
  }
}

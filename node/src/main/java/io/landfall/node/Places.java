package io.landfall.node;

import io.landfall.core.Addresses;
import io.landfall.node.link.BgpLink;
import io.landfall.trust.Endpoint;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Sockets' addresses in the words of trust. */
final class Places {
  private Places() {}

  /** Who answered a dial. */
  static Holder dialled(PeerIdentity peer, InetSocketAddress at) {
    return new Holder(peer, endpoint(at), true);
  }

  /** Whose stream it is; empty when the stream's ends are gone. */
  static Optional<Holder> of(BgpLink link) {
    return link.remoteAddress() instanceof InetSocketAddress at
        ? Optional.of(new Holder(link.peer(), endpoint(at), link.outgoing()))
        : Optional.empty();
  }

  static Endpoint endpoint(InetSocketAddress at) {
    return new Endpoint(Addresses.format(at.getAddress().getAddress()), at.getPort());
  }
}

package io.landfall.node;

import io.landfall.core.Addresses;
import io.landfall.trust.Endpoint;
import java.net.InetSocketAddress;

/** Sockets' addresses in the words of trust. */
final class Places {
  private Places() {}

  static Endpoint endpoint(InetSocketAddress at) {
    return new Endpoint(Addresses.format(at.getAddress().getAddress()), at.getPort());
  }
}

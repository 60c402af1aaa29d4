package io.landfall.transport;

import java.net.InetSocketAddress;
import java.util.Optional;

/** A stream that knows the two ends of its TCP connection. */
public interface TcpEnds {
  /** This side's address and port; empty when the connection is gone. */
  Optional<InetSocketAddress> localEnd();

  /** The other side's address and port; empty when the connection is gone. */
  Optional<InetSocketAddress> remoteEnd();
}

package io.landfall.edge.h2;

import io.landfall.core.Addresses;
import io.landfall.core.FailureText;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections over HTTP/2 with nodes and backends that end with an error: counted, and logged. */
final class H2Failures {
  private static final Logger LOG = LoggerFactory.getLogger(H2Failures.class);

  private H2Failures() {}

  /**
   * A connection ends with an error.
   *
   * @param calm whether there was too much of something
   */
  static void of(H2Connection connection, Throwable cause, boolean calm) {
    boolean ofBackend = connection.profile().peer() == H2Profile.Peer.BACKEND;
    if (calm && ofBackend) {
      connection.runtime().counters().floodedBackends.increment();
    } else if (calm) {
      connection.runtime().counters().floodedConnections.increment();
    }
    SocketAddress remote = connection.context().channel().remoteAddress();
    LOG.atWarn()
        .addKeyValue("why", FailureText.of(cause))
        .addKeyValue(
            "with", remote instanceof InetSocketAddress at ? Addresses.format(at) : "unknown")
        .log(
            ofBackend
                ? "HTTP/2 with a backend failed, the connection ends"
                : "HTTP/2 with another node failed, the connection ends");
  }
}

package io.landfall.edge.h2;

import io.landfall.core.Addresses;
import io.landfall.core.FailureText;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections over HTTP/2 with nodes or backends that end with an error: counted, and one a second
 * of each event loop is logged. A backend that does not speak HTTP/2 fails with each connection.
 */
final class H2Failures {
  private static final Logger LOG = LoggerFactory.getLogger(H2Failures.class);

  private final LoggedFailures logged = new LoggedFailures();

  /**
   * Whether the error of a connection is only that something could not be written any more: then it
   * has ended, by this node or by the other end, and no rule of HTTP/2 was broken.
   *
   * @param outbound whether it came up in what goes out
   * @param http2 what the cause is of HTTP/2, if it is
   */
  static boolean isOfNetwork(boolean outbound, Throwable cause, @Nullable Http2Exception http2) {
    return outbound && http2 == null && cause instanceof IOException;
  }

  /**
   * A connection ends with an error.
   *
   * @param calm whether there was too much of something
   */
  void of(H2Connection connection, Throwable cause, boolean calm) {
    boolean ofBackend = connection.profile().peer() == H2Profile.Peer.BACKEND;
    if (calm && ofBackend) {
      connection.runtime().counters().floodedBackends.increment();
    } else if (calm) {
      connection.runtime().counters().floodedConnections.increment();
    }
    OptionalLong notLogged = logged.take(connection.loop().nowNanos());
    if (notLogged.isEmpty()) {
      return;
    }
    SocketAddress remote = connection.context().channel().remoteAddress();
    LOG.atWarn()
        .addKeyValue("why", FailureText.of(cause))
        .addKeyValue(
            "with", remote instanceof InetSocketAddress at ? Addresses.format(at) : "unknown")
        .addKeyValue("notLogged", notLogged.getAsLong())
        .log(
            ofBackend
                ? "HTTP/2 with a backend failed, the connection ends"
                : "HTTP/2 with another node failed, the connection ends");
  }
}

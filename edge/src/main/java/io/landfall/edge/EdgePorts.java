package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/**
 * What the edge needs of the node. All methods are called on event loops and must not block; a
 * callback that has work to do hands it to its own thread.
 */
public interface EdgePorts {
  /** The newest snapshot; one volatile read. */
  EdgeSnapshot snapshot();

  /**
   * Opens a connection for forwarded requests to another node. The future succeeds with a channel
   * that is registered with {@code loop}, whose TLS handshake is done, whose peer is proved to be
   * the candidate, and which has negotiated {@code h2} (RFC 7301); it carries no HTTP handler yet.
   * The edge installs its own and owns the channel from then on.
   */
  Future<Channel> openH2(Candidate candidate, EventLoop loop);

  /** A backend showed that it may be dead: probe it at once. */
  void backendFailed(ServiceName service, InetSocketAddress backend, OriginFailure kind);

  /** A listener that worked has stopped accepting, for good. */
  void listenerFailed(InetSocketAddress listener, String why);
}

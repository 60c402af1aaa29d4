package io.landfall.node;

import io.landfall.core.NodeName;
import io.landfall.transport.Sockets;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections on which this node forwards requests, with the certificate that answered on each:
 * requests under way finish on them when the session of their node ends, and so they outlive all
 * else that is known of it. A node that is revoked or expires gets nothing more on them all the
 * same. Bounded by what the edge opens and keeps. Any thread.
 */
final class ForwardedConnections {
  private final Map<Channel, PeerIdentity> open = new ConcurrentHashMap<>();

  /** Keeps a connection in mind until it is closed. */
  void add(Channel channel, PeerIdentity peer) {
    open.put(channel, peer);
    channel.closeFuture().addListener(gone -> open.remove(channel));
  }

  /**
   * Closes the connections to who is revoked, or whose certificate has run out, with the requests
   * under way.
   *
   * @param list the list in force
   * @return whose connections were closed
   */
  NavigableSet<NodeName> cut(Revocations list, long wallMillis) {
    NavigableSet<NodeName> cut = new TreeSet<>();
    open.forEach(
        (channel, peer) -> {
          if (list.reasonFor(peer).isPresent() || wallMillis > peer.notAfterMillis()) {
            cut.add(peer.name());
            Sockets.closeAtOnce(channel);
          }
        });
    return cut;
  }
}

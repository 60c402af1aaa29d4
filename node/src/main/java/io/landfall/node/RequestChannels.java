package io.landfall.node;

import io.landfall.core.HostAddress;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections on which other nodes forward requests to this one, by the certificate that opened
 * each. A handshake looks at a certificate once and a connection may live for days, so whoever is
 * revoked or expires is cut off here, as its BGP session is (design section 7).
 */
final class RequestChannels {
  /** The most connections of one node; its edge opens a few for each of its event loops. */
  static final int MAX_PER_PEER = 1024;

  private static final Logger log = LoggerFactory.getLogger("landfall.overlay.port");

  private final Map<Channel, PeerIdentity> open = new ConcurrentHashMap<>();
  private final Map<HostAddress, Integer> counts = new ConcurrentHashMap<>();

  /** Takes note of a connection; false when its node has too many already. */
  boolean add(Channel channel, PeerIdentity peer) {
    if (counts.merge(peer.identity(), 1, Integer::sum) > MAX_PER_PEER) {
      leave(peer);
      log.warn("connection refused peer={} why=\"it has {} already\"", peer.name(), MAX_PER_PEER);
      return false;
    }
    open.put(channel, peer);
    channel
        .closeFuture()
        .addListener(
            gone -> {
              if (open.remove(channel) != null) {
                leave(peer);
              }
            });
    return true;
  }

  private void leave(PeerIdentity peer) {
    counts.computeIfPresent(peer.identity(), (identity, count) -> count == 1 ? null : count - 1);
  }

  /** How many connections there are. */
  int size() {
    return open.size();
  }

  /** Closes the connections of nodes that are revoked, or whose certificate has run out. */
  void cut(Revocations revocations, long wallMillis) {
    open.forEach(
        (channel, peer) -> {
          if (revocations.reasonFor(peer).isPresent() || wallMillis > peer.notAfterMillis()) {
            log.warn(
                "requests cut peer={} why=\"its certificate is revoked or has expired\"",
                peer.name());
            channel.close();
          }
        });
  }
}

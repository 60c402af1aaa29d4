package io.landfall.node;

import io.landfall.core.HostAddress;
import io.landfall.trust.LivePeers;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.channel.Channel;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is live, and for how long: adjacencies and connections for requests both end when the
 * certificate that opened them is revoked or runs out (design section 7). On the control thread
 * only, but for {@link #mayRequest} and {@link #requestConnections}.
 */
final class PeerRights {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  private final LivePeers livePeers = new LivePeers();
  private final RequestChannels requestChannels = new RequestChannels();

  /** A peer wants an adjacency. */
  LivePeers.Joining join(PeerIdentity peer) {
    return livePeers.join(peer);
  }

  /** Its adjacency has ended. */
  void leave(HostAddress identity) {
    livePeers.leave(identity);
  }

  /** Whether a peer may have one more connection for requests; any thread may ask. */
  boolean mayRequest(Channel channel, PeerIdentity peer) {
    return requestChannels.add(channel, peer);
  }

  /** How many connections for requests there are. */
  int requestConnections() {
    return requestChannels.size();
  }

  /** Cuts whoever has no right any more; an adjacency is cut by the owner. */
  void cut(Revocations revocations, long wallMillis, BiConsumer<HostAddress, String> adjacency) {
    for (LivePeers.Cut cut : livePeers.toCut(revocations, wallMillis)) {
      log.warn(
          "adjacency cut peer={} rule={} why=\"{}\"",
          cut.peer().name(),
          cut.rule().word(),
          cut.sentence());
      adjacency.accept(cut.peer().identity(), cut.sentence());
    }
    requestChannels.cut(revocations, wallMillis);
  }
}

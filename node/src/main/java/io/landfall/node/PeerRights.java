package io.landfall.node;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.trust.LivePeers;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.channel.Channel;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is live, and for how long: adjacencies and connections for requests both end when the
 * certificate that opened them is revoked or runs out (design section 7). On the control thread
 * only, but for {@link #requestsOn} and {@link #requestConnections}.
 */
final class PeerRights {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  private final LivePeers livePeers = new LivePeers();
  private final RequestChannels requestChannels;
  private Revocations revocations = Revocations.NONE;

  /** Nobody is live yet. */
  PeerRights(ControlLoop control, RequestRules rules) {
    requestChannels = new RequestChannels(control, rules::judge);
  }

  /** Rights of the peers of a node, whose overlay there is already. */
  static PeerRights of(Node node) {
    return new PeerRights(
        node.control, new RequestRules(node.overlay, peer -> node.links.proved(peer)));
  }

  /**
   * Why an authenticated peer has no rights any more; empty when it has. The list may have changed
   * since its handshake.
   */
  Optional<String> refusalOf(PeerIdentity peer) {
    return revocations.reasonFor(peer).map(why -> peer.label() + " is revoked: " + why);
  }

  /** A peer wants an adjacency. */
  LivePeers.Joining join(PeerIdentity peer) {
    return livePeers.join(peer);
  }

  /** Its adjacency has ended. */
  void leave(HostAddress identity) {
    livePeers.leave(identity);
  }

  /** A peer has one more connection for requests; false when it has too many. Any thread. */
  boolean requestsOn(Channel channel, PeerIdentity peer, RequestChannels.Door door) {
    return requestChannels.add(channel, peer, door);
  }

  /** A node's session came up or ended: what that is to its requests is seen to at once. */
  void changed(HostAddress identity) {
    requestChannels.changed(identity);
  }

  /** Routes changed, and some may be those of nodes that send requests. */
  void changed(int[] offsets) {
    requestChannels.changed(offsets);
  }

  /** How many connections for requests there are. */
  int requestConnections() {
    return requestChannels.size();
  }

  /**
   * Cuts whoever has no right any more by this list, which is the one in force; an adjacency is cut
   * by the owner.
   *
   * @return who was cut
   */
  NavigableSet<NodeName> cut(
      Revocations list, long wallMillis, BiConsumer<HostAddress, String> adjacency) {
    revocations = list;
    NavigableSet<NodeName> names = new TreeSet<>();
    for (LivePeers.Cut cut : livePeers.toCut(list, wallMillis)) {
      log.warn(
          "adjacency cut peer={} rule={} why=\"{}\"",
          cut.peer().name(),
          cut.rule().word(),
          cut.sentence());
      names.add(cut.peer().name());
      adjacency.accept(cut.peer().identity(), cut.sentence());
    }
    names.addAll(requestChannels.cut(list, wallMillis));
    return names;
  }
}

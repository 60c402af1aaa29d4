package io.landfall.node;

import io.landfall.core.Addresses;
import io.landfall.core.HostAddress;
import io.landfall.decision.Candidate;
import io.landfall.transport.tls.OverlayPort;
import io.landfall.transport.tls.OverlayPort.Dialled;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens connections for forwarded requests: to the place of the node's proved channel, as plane two
 * has it, and only if the certificate of that channel answers.
 */
final class ForwardDialer {
  private final OverlayPort port;
  private final Map<HostAddress, Proved> places = new ConcurrentHashMap<>();
  private final ForwardedConnections connections = new ForwardedConnections();

  /** Where a node's channel is, and the certificate that answered there. */
  private record Proved(InetSocketAddress address, String fingerprint) {}

  /** A dialer that knows no node. */
  ForwardDialer(OverlayPort port) {
    this.port = port;
  }

  /** The connections that it has opened. */
  ForwardedConnections connections() {
    return connections;
  }

  /** The port that dials. */
  OverlayPort port() {
    return port;
  }

  /** A channel to a node is up: requests go there from now on. */
  void proved(PeerIdentity peer, InetSocketAddress address) {
    places.put(peer.identity(), new Proved(address, peer.fingerprint()));
  }

  /** The channel to a node is over, or the session or route that it followed. */
  void forget(HostAddress identity) {
    places.remove(identity);
  }

  /** Whether a node can be given requests now. */
  boolean knows(HostAddress identity) {
    return places.containsKey(identity);
  }

  /** Where this node takes requests, for people; empty text when it takes none. */
  String addressOf(HostAddress identity) {
    Proved place = places.get(identity);
    return place == null ? "" : Addresses.format(place.address());
  }

  /** Opens a connection to a candidate; called on the data plane's loops. */
  Future<Channel> open(Candidate candidate, EventLoop loop) {
    Proved place = places.get(candidate.identity());
    if (place == null) {
      return loop.newFailedFuture(
          new IllegalStateException("no channel to " + candidate.node() + " is up"));
    }
    Promise<Channel> result = loop.newPromise();
    port.dialRequests(place.address(), loop)
        .addListener(
            (Future<Dialled> dialled) -> {
              if (!dialled.isSuccess()) {
                result.tryFailure(dialled.cause());
                return;
              }
              PeerIdentity who = dialled.getNow().peer();
              // Before it is looked at the place, which is gone once rights are.
              connections.add(dialled.getNow().channel(), who);
              if (!isProved(candidate.identity(), place, who)) {
                dialled.getNow().channel().close();
                result.tryFailure(
                    new IllegalStateException(
                        place.address() + " is now " + who.label() + ", not " + candidate.node()));
              } else if (!result.trySuccess(dialled.getNow().channel())) {
                dialled.getNow().channel().close();
              }
            });
    return result;
  }

  /** Whether it answered as the channel did, and the channel's place is still the one. */
  private boolean isProved(HostAddress identity, Proved place, PeerIdentity who) {
    return who.identity().equals(identity)
        && who.fingerprint().equals(place.fingerprint())
        && place.equals(places.get(identity));
  }
}

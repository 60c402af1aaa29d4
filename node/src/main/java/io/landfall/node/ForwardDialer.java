package io.landfall.node;

import io.landfall.core.Addresses;
import io.landfall.core.HostAddress;
import io.landfall.decision.Candidate;
import io.landfall.node.link.OverlayPort;
import io.landfall.node.link.OverlayPort.Dialled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Opens connections for forwarded requests: to the address where a verified dial last reached the
 * node, and only if the node that answers proves to be the one that was meant.
 */
final class ForwardDialer {
  private final OverlayPort port;
  private final Predicate<HostAddress> isEstablished;
  private final Map<HostAddress, InetSocketAddress> addresses = new ConcurrentHashMap<>();

  /** Nodes whose channel is up; of the control thread. */
  private final Set<HostAddress> held = new TreeSet<>();

  /**
   * A dialer that knows nobody's address.
   *
   * @param isEstablished whether an adjacency with a node is up; asked on the control thread
   */
  ForwardDialer(OverlayPort port, Predicate<HostAddress> isEstablished) {
    this.port = port;
    this.isEstablished = isEstablished;
  }

  /** The port that dials. */
  OverlayPort port() {
    return port;
  }

  /**
   * A verified dial reached this node here. While its adjacency or channel is up its known address
   * stays: a second node with the identity of a live one must not get its requests.
   *
   * @return whether that was news and is believed
   */
  boolean learn(HostAddress identity, InetSocketAddress address) {
    InetSocketAddress known = addresses.get(identity);
    boolean live = held.contains(identity) || isEstablished.test(identity);
    if (address.equals(known) || (known != null && live)) {
      return false;
    }
    addresses.put(identity, address);
    return true;
  }

  /** A channel to a node came up or ended. */
  void hold(HostAddress identity, boolean up) {
    if (up) {
      held.add(identity);
    } else {
      held.remove(identity);
    }
  }

  /** Whether it is known where this node takes requests. */
  boolean knows(HostAddress identity) {
    return addresses.containsKey(identity);
  }

  /** Where this node takes requests, for people; empty text when unknown. */
  String addressOf(HostAddress identity) {
    InetSocketAddress address = addresses.get(identity);
    return address == null ? "" : Addresses.format(address);
  }

  /** Opens a connection to a candidate; called on the data plane's loops. */
  Future<Channel> open(Candidate candidate, EventLoop loop) {
    InetSocketAddress address = addresses.get(candidate.identity());
    if (address == null) {
      return loop.newFailedFuture(
          new IllegalStateException("no verified address of " + candidate.node() + " is known"));
    }
    Promise<Channel> result = loop.newPromise();
    port.dialRequests(address, loop)
        .addListener(
            (Future<Dialled> dialled) -> {
              if (!dialled.isSuccess()) {
                result.tryFailure(dialled.cause());
              } else if (!dialled.getNow().peer().identity().equals(candidate.identity())) {
                dialled.getNow().channel().close();
                result.tryFailure(
                    new IllegalStateException(
                        address
                            + " is now "
                            + dialled.getNow().peer().label()
                            + ", not "
                            + candidate.node()));
              } else if (!result.trySuccess(dialled.getNow().channel())) {
                dialled.getNow().channel().close();
              }
            });
    return result;
  }
}

package io.landfall.transport.tls;

import io.landfall.transport.tls.HandshakeSlots.Decision;
import io.landfall.transport.tls.HandshakeSlots.Limit;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The accepted connections of the overlay port that are still in their handshake. */
final class PendingHandshakes {
  /** Connections of one address (of one /64 in IPv6) that may be in their handshake at once. */
  static final int MAX_PER_SOURCE = 64;

  /** Of {@link OverlayPort#MAX_HANDSHAKES}, how many only addresses of nodes can have. */
  static final int KEPT_FOR_NODES = 128;

  private final HandshakeSlots<Channel> slots =
      new HandshakeSlots<>(OverlayPort.MAX_HANDSHAKES, MAX_PER_SOURCE, KEPT_FOR_NODES);
  private final KnownAddresses known = new KnownAddresses();

  PendingHandshakes() {}

  /**
   * A limit that an accepted connection met.
   *
   * @param rule to count by
   * @param why for people
   * @param whom the connection that has to go: this one, or an older one in its favour
   */
  record Full(HandshakeRule rule, String why, Channel whom) {}

  /** Lets a connection in until its handshake is done; empty when none has to go for it. */
  Optional<Full> enter(Channel channel, InetAddress from) {
    Decision<Channel> decision;
    synchronized (slots) {
      decision = slots.take(channel, from, known.contains(from));
    }
    channel.closeFuture().addListener(gone -> leave(channel));
    return switch (decision) {
      case Decision.Taken<Channel> _ -> Optional.empty();
      case Decision.InPlaceOf<Channel>(Channel other) ->
          Optional.of(
              new Full(
                  HandshakeRule.SILENT, "it sent nothing, and another needed its place", other));
      case Decision.Refused<Channel>(Limit limit) ->
          Optional.of(
              limit == Limit.SOURCE
                  ? new Full(
                      HandshakeRule.TOO_MANY_FROM_SOURCE,
                      MAX_PER_SOURCE + " handshakes of its source are under way",
                      channel)
                  : new Full(
                      HandshakeRule.TOO_MANY_HANDSHAKES,
                      OverlayPort.MAX_HANDSHAKES + " handshakes are under way",
                      channel));
    };
  }

  /** Its first byte has come. */
  void began(Channel channel) {
    synchronized (slots) {
      slots.began(channel);
    }
  }

  /** Its handshake is over, one way or the other. */
  void leave(Channel channel) {
    synchronized (slots) {
      slots.release(channel);
    }
  }

  /** A node was admitted at the other end of this connection. */
  void proved(Channel channel) {
    if (channel.remoteAddress() instanceof InetSocketAddress at) {
      known.proved(at.getAddress());
    }
  }

  /** This node looks for another at this address. */
  void dialled(InetSocketAddress address) {
    known.dialled(address.getAddress());
  }
}

package io.landfall.transport.tls;

import io.landfall.core.Direction;
import io.landfall.transport.OwnerLoop;
import io.landfall.transport.Sockets;
import io.landfall.transport.StreamNumbers;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/**
 * What accepting and dialling at the overlay port share: this node's certificate and address, who
 * is in a handshake, who was refused, and to whom an authenticated connection goes.
 */
final class OverlayEndpoint {
  /** How long a handshake may take, from the first byte to the last. */
  static final int HANDSHAKE_TIMEOUT_MILLIS = 5_000;

  private static final int USER_TIMEOUT_MILLIS = 9_000;
  private static final WriteBufferWaterMark BGP_WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  /** For handshakes that begin from now on. */
  volatile OverlayTls tls;

  private volatile Former former;

  /**
   * What was shown before, for requests with the nodes that have a session by it still.
   *
   * @param to where these nodes are
   */
  private record Former(OverlayTls tls, Set<InetAddress> to) {}

  final PeerCheck check;
  final OwnerLoop owner;
  final PendingHandshakes pending = new PendingHandshakes();
  final PortRefusals refusals = new PortRefusals();
  private final OverlayPort.Handover handover;

  /** Dials leave from the address that the port listens on, so that a peer sees where we are. */
  private volatile InetSocketAddress source = new InetSocketAddress(0);

  OverlayEndpoint(OverlayTls tls, PeerCheck check, OwnerLoop owner, OverlayPort.Handover handover) {
    this.tls = tls;
    this.former = new Former(tls, Set.of());
    this.check = check;
    this.owner = owner;
    this.handover = handover;
  }

  /** Shows these from now on, but to some nodes the former on connections for requests. */
  void show(OverlayTls now, OverlayTls before, Set<InetAddress> stillBefore) {
    former = new Former(before, Set.copyOf(stillBefore));
    tls = now;
  }

  /** What is shown on a connection with that address. */
  OverlayTls tls(Alpn alpn, InetAddress remote) {
    Former last = former;
    return alpn == Alpn.H2 && last.to.contains(remote) ? last.tls : tls;
  }

  /** The port listens on this address. */
  void listensAt(InetSocketAddress address) {
    source = new InetSocketAddress(address.getAddress(), 0);
  }

  /** Where dials leave from. */
  InetSocketAddress source() {
    return source;
  }

  /** From now on, an authenticated connection is a BGP stream. */
  BgpLink bgp(Channel channel, PeerIdentity peer, Direction direction) {
    channel.config().setWriteBufferWaterMark(BGP_WATER_MARK);
    if (Sockets.isEpoll(channel)) {
      channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
    }
    BgpLink link = new BgpLink(StreamNumbers.next(), direction, peer, channel, owner, handover);
    channel.pipeline().addLast(link);
    return link;
  }

  /** Only this node's very certificate is this node; any other of its identity is a duplicate. */
  boolean isOurs(PeerIdentity who) {
    return who.fingerprint().equals(tls.ownFingerprint());
  }

  /** Another than this node has this node's identity; the owner gets to know where. */
  void ownIdentityShown(Channel channel, PeerIdentity who, Direction direction) {
    if (channel.remoteAddress() instanceof InetSocketAddress at) {
      owner.execute(() -> handover.ownIdentityShown(who, at, direction));
    }
  }

  /** Ends a connection that failed before anybody owned it, without a stack trace in the log. */
  static final class QuietEnd extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}

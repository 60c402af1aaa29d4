package io.landfall.transport.tls;

import io.landfall.core.Direction;
import io.landfall.core.SocketText;
import io.landfall.transport.Sockets;
import io.landfall.trust.AdmissionRefused;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.PeerIdentity;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The way out to the overlay ports of other nodes: for BGP, and for forwarded requests. */
public final class OverlayDialer {
  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;

  private final OverlayEndpoint endpoint;

  OverlayDialer(OverlayEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Dials a candidate for BGP on the control thread's loop. When it succeeds, {@link
   * LinkEvents#linkUp} follows.
   *
   * @return fails with a reason for people
   */
  public Future<PeerIdentity> dialBgp(InetSocketAddress address) {
    EventLoop loop = endpoint.owner.eventLoop();
    endpoint.pending.dialled(address);
    Promise<PeerIdentity> result = loop.newPromise();
    dial(address, Alpn.BGP, loop)
        .addListener(
            (Future<Dialled> dialled) -> {
              if (!dialled.isSuccess()) {
                result.setFailure(dialled.cause());
                return;
              }
              // The promise first: the owner learns the address of the peer before the link is up.
              result.setSuccess(dialled.getNow().peer());
              endpoint.bgp(dialled.getNow().channel(), dialled.getNow().peer(), Direction.OUTGOING);
            });
    return result;
  }

  /** Dials a node for forwarded requests on a data loop; the channel has no HTTP handler yet. */
  public Future<Dialled> dialRequests(InetSocketAddress address, EventLoop loop) {
    return dial(address, Alpn.H2, loop);
  }

  /**
   * An authenticated connection.
   *
   * @param channel open, handshake done
   * @param peer who answered
   */
  public record Dialled(Channel channel, PeerIdentity peer) {}

  private Future<Dialled> dial(InetSocketAddress address, Alpn alpn, EventLoop loop) {
    Promise<Dialled> result = loop.newPromise();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(Sockets.clientChannels(loop))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    SslHandler ssl =
                        endpoint.tls(alpn, address.getAddress()).dialling(alpn, channel.alloc());
                    ssl.setHandshakeTimeoutMillis(OverlayEndpoint.HANDSHAKE_TIMEOUT_MILLIS);
                    channel.pipeline().addLast(ssl, new OverlayEndpoint.QuietEnd());
                    ssl.handshakeFuture()
                        .addListener(future -> handshakeDone(channel, ssl, alpn, future, result));
                  }
                });
    InetSocketAddress source = endpoint.source();
    InetAddress own = source.getAddress();
    if (!own.isAnyLocalAddress() && own.getClass() == address.getAddress().getClass()) {
      bootstrap.localAddress(source);
    }
    bootstrap
        .connect(address)
        .addListener(
            (ChannelFuture connected) -> {
              if (!connected.isSuccess()) {
                result.tryFailure(connected.cause());
              }
            });
    return result;
  }

  private void handshakeDone(
      Channel channel,
      SslHandler ssl,
      Alpn alpn,
      Future<? super Channel> future,
      Promise<Dialled> result) {
    if (!future.isSuccess()) {
      AdmissionRefused.in(future.cause()).ifPresent(refusal -> countDial(channel, refusal));
      fail(
          channel,
          result,
          HandshakeFailures.describe(
                  future.cause(), endpoint.tls.own(), endpoint.owner.wallMillis())
              .sentence());
      return;
    }
    switch (endpoint.check.check(ssl)) {
      case AdmissionResult.Refused refusal -> {
        if (refusal.claimant().filter(endpoint::isOurs).isPresent()) {
          result.tryFailure(new ReachedOurselves(refusal.sentence()));
          channel.close();
        } else {
          countDial(channel, refusal);
          refusal
              .claimant()
              .ifPresent(who -> endpoint.ownIdentityShown(channel, who, Direction.OUTGOING));
          fail(channel, result, refusal.sentence());
        }
      }
      case AdmissionResult.Admitted admitted -> {
        if (!alpn.token().equals(OverlayTls.agreed(ssl))) {
          fail(channel, result, "the peer does not speak " + alpn.token());
        } else {
          endpoint.pending.proved(channel);
          channel.pipeline().remove(OverlayEndpoint.QuietEnd.class);
          result.trySuccess(new Dialled(channel, admitted.peer()));
        }
      }
    }
  }

  /** A dial that is answered with a wrong certificate counts too; the owner of the dial logs it. */
  private void countDial(Channel channel, AdmissionResult.Refused refusal) {
    String remote = SocketText.of(channel.remoteAddress());
    endpoint.refusals.count(
        refusal.rule().label(),
        "dialled " + remote + ": " + refusal.sentence(),
        endpoint.owner.wallMillis());
  }

  private static void fail(Channel channel, Promise<Dialled> result, String why) {
    result.tryFailure(new DialRefused(why));
    channel.close();
  }

  /** A dial that reached this node's own port. */
  public static final class ReachedOurselves extends DialRefused {
    private static final long serialVersionUID = 1L;

    ReachedOurselves(String why) {
      super(why);
    }
  }

  /** A dial that ended with a reason rather than an error. */
  public static class DialRefused extends Exception {
    private static final long serialVersionUID = 1L;

    DialRefused(String why) {
      super(why, null, false, false);
    }
  }
}

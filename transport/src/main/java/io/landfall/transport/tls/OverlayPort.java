package io.landfall.transport.tls;

import io.landfall.core.Direction;
import io.landfall.core.SocketText;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.OwnerLoop;
import io.landfall.transport.Sockets;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.PeerIdentity;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one port on which nodes meet: mutual TLS 1.3, then BGP or forwarded requests by ALPN. This is
 * who is let in; {@link OverlayDialer} is the way out.
 *
 * <p>Until the handshake is done and the certificate is admitted, a stranger costs one socket of a
 * bounded number, for a bounded time, and changes nothing but a counter.
 */
public final class OverlayPort implements AutoCloseable {
  /** How many connections may be in their handshake at once; see {@link HandshakeSlots}. */
  public static final int MAX_HANDSHAKES = 512;

  /** How long an accepted connection may send nothing: a TLS client speaks first, and at once. */
  private static final int FIRST_BYTE_MILLIS = 1_000;

  private static final Logger log = LoggerFactory.getLogger("landfall.overlay.port");

  private final OverlayEndpoint endpoint;
  private final OverlayDialer dialer;
  private final Handover handover;
  private @Nullable Channel listener;

  /** Who gets a connection once it is authenticated. */
  public interface Handover extends LinkEvents {
    /** A peer opened a connection for forwarded requests; called on the channel's event loop. */
    void requestsFrom(Channel channel, PeerIdentity peer);

    /**
     * A peer showed a good certificate with this node's own identity, from an address that is not
     * this node's; on the control thread.
     *
     * @param at the other end of the connection
     * @param direction which side opened it
     */
    void ownIdentityShown(PeerIdentity who, InetSocketAddress at, Direction direction);
  }

  /** A port that is not bound yet. */
  public OverlayPort(OverlayTls tls, PeerCheck check, OwnerLoop owner, Handover handover) {
    this.endpoint = new OverlayEndpoint(tls, check, owner, handover);
    this.dialer = new OverlayDialer(endpoint);
    this.handover = handover;
  }

  /**
   * Shows another certificate of this node in each handshake from now on; on any thread. Nodes that
   * have a session by the one before take requests with that one only, and send theirs to that one.
   *
   * @param stillBefore where these nodes are
   */
  public void show(OverlayTls now, OverlayTls before, Set<InetAddress> stillBefore) {
    endpoint.show(now, before, stillBefore);
  }

  /** What dials the ports of others, from the address of this one. */
  public OverlayDialer dialer() {
    return dialer;
  }

  /**
   * Starts to listen.
   *
   * @param acceptor the loop that accepts
   * @param workers the loops that accepted connections live on
   * @param registering handler of the listening socket: how the workers' owner wants connections to
   *     enter them
   * @param open the listening socket, which may be open already
   * @return completes when bound
   */
  public ChannelFuture bind(
      InetSocketAddress address,
      EventLoopGroup acceptor,
      EventLoopGroup workers,
      ChannelHandler registering,
      OpenSockets open) {
    endpoint.listensAt(address);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptor, workers)
            .channelFactory(open.or(Sockets.serverChannels(acceptor)))
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .handler(registering)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted(channel);
                  }
                });
    ChannelFuture bound = open.listen(bootstrap, address);
    listener = bound.channel();
    return bound;
  }

  private void accepted(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress from)) {
      // It was closed again before it came here.
      channel.close();
      return;
    }
    channel
        .pipeline()
        .addLast(
            new AlpnPeek(
                FIRST_BYTE_MILLIS,
                OverlayEndpoint.HANDSHAKE_TIMEOUT_MILLIS,
                bgp -> {
                  Alpn alpn = bgp ? Alpn.BGP : Alpn.H2;
                  return endpoint.tls(alpn, from.getAddress()).accepting(alpn, channel.alloc());
                },
                ssl -> handshake(channel, ssl),
                new AlpnPeek.Watch() {
                  @Override
                  public void began() {
                    endpoint.pending.began(channel);
                  }

                  @Override
                  public void silent() {
                    refused(
                        channel,
                        HandshakeRule.SILENT.label(),
                        "it sent nothing for " + FIRST_BYTE_MILLIS + " ms");
                  }
                }),
            new OverlayEndpoint.QuietEnd());
    endpoint
        .pending
        .enter(channel, from.getAddress())
        .ifPresent(
            full -> {
              refused(full.whom(), full.rule().label(), full.why());
              AlpnPeek.end(full.whom());
            });
  }

  private void handshake(Channel channel, SslHandler ssl) {
    ssl.handshakeFuture()
        .addListener(
            future -> {
              endpoint.pending.leave(channel);
              if (!future.isSuccess()) {
                HandshakeFailures.Failure failure =
                    HandshakeFailures.describe(
                        future.cause(), endpoint.tls.own(), endpoint.owner.wallMillis());
                refused(channel, failure.rule().label(), failure.sentence());
                channel.close();
              } else {
                admitted(channel, ssl);
              }
            });
  }

  private void admitted(Channel channel, SslHandler ssl) {
    switch (endpoint.check.check(ssl)) {
      case AdmissionResult.Refused refusal -> {
        refused(channel, refusal.rule().label(), refusal.sentence());
        refusal
            .claimant()
            .filter(who -> !(endpoint.isOurs(who) && isOurAddress(channel)))
            .ifPresent(who -> endpoint.ownIdentityShown(channel, who, Direction.INCOMING));
        channel.close();
      }
      case AdmissionResult.Admitted admitted -> {
        String protocol = OverlayTls.agreed(ssl);
        endpoint.pending.proved(channel);
        channel.pipeline().remove(OverlayEndpoint.QuietEnd.class);
        if (Alpn.BGP.token().equals(protocol)) {
          endpoint.bgp(channel, admitted.peer(), Direction.INCOMING);
        } else if (Alpn.H2.token().equals(protocol)) {
          handover.requestsFrom(channel, admitted.peer());
        } else {
          refused(
              channel,
              HandshakeRule.NO_ALPN.label(),
              "no ALPN protocol in common; this port speaks landfall-bgp/1, h2");
          channel.close();
        }
      }
    }
  }

  private boolean isOurAddress(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress from)) {
      return true;
    }
    try {
      return from.getAddress().equals(endpoint.source().getAddress())
          || NetworkInterface.getByInetAddress(from.getAddress()) != null;
    } catch (SocketException e) {
      return false;
    }
  }

  /** Counts a connection for requests that was refused, and logs it unless there were many. */
  public void refusedRequests(Channel channel, String rule, String why) {
    refused(channel, rule, why);
  }

  private void refused(Channel channel, String rule, String why) {
    String remote = SocketText.of(channel.remoteAddress());
    if (channel.remoteAddress() instanceof InetSocketAddress from
        && from.getAddress().equals(endpoint.source().getAddress())) {
      // A candidate list may name this node too; it dialled itself, and found out.
      log.atDebug().addKeyValue("why", why).log("this node dialled itself");
      return;
    }
    PortRefusals.Logging logging =
        endpoint.refusals.add(rule, remote + ": " + why, endpoint.owner.wallMillis());
    if (logging.now()) {
      log.atWarn()
          .addKeyValue("remote", remote)
          .addKeyValue("rule", rule)
          .addKeyValue("unlogged", logging.unlogged())
          .addKeyValue("why", why)
          .log("overlay peer refused");
    }
  }

  /** Who was refused before having any right: at this port, and where this node dialled. */
  public PortRefusals refusals() {
    return endpoint.refusals;
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close();
    }
  }
}

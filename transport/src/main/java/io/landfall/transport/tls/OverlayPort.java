package io.landfall.transport.tls;

import io.landfall.core.SocketText;
import io.landfall.transport.OwnerLoop;
import io.landfall.transport.Sockets;
import io.landfall.trust.AdmissionRefused;
import io.landfall.trust.AdmissionResult;
import io.landfall.trust.PeerIdentity;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one port on which nodes meet: mutual TLS 1.3, then BGP or forwarded requests by ALPN.
 *
 * <p>Until the handshake is done and the certificate is admitted, a stranger costs one socket of a
 * bounded number, for a bounded time, and changes nothing but a counter.
 */
public final class OverlayPort implements AutoCloseable {
  /** How many connections may be in their handshake at once; see {@link HandshakeSlots}. */
  public static final int MAX_HANDSHAKES = 512;

  /** How long an accepted connection may send nothing: a TLS client speaks first, and at once. */
  private static final int FIRST_BYTE_MILLIS = 1_000;

  private static final int HANDSHAKE_TIMEOUT_MILLIS = 5_000;
  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
  private static final int USER_TIMEOUT_MILLIS = 9_000;
  private static final WriteBufferWaterMark BGP_WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);
  private static final Logger log = LoggerFactory.getLogger("landfall.overlay.port");

  private final OverlayTls tls;
  private final PeerCheck check;
  private final OwnerLoop control;
  private final Handover handover;
  private final AtomicLong linkIds = new AtomicLong();
  private final PendingHandshakes pending = new PendingHandshakes();
  private final PortRefusals refusals = new PortRefusals();
  private @Nullable Channel listener;

  /** Dials leave from the address that the port listens on, so that a peer sees where we are. */
  private volatile InetSocketAddress source = new InetSocketAddress(0);

  /** Who gets a connection once it is authenticated. */
  public interface Handover extends LinkEvents {
    /** A peer opened a connection for forwarded requests; called on the channel's event loop. */
    void requestsFrom(Channel channel, PeerIdentity peer);

    /**
     * Somebody showed a good certificate with this node's own identity, from an address that is not
     * this node's; on the control thread.
     *
     * @param at the other end of the connection
     * @param dialled whether this node opened it
     */
    void ownIdentityShown(PeerIdentity who, InetSocketAddress at, boolean dialled);
  }

  /** A port that is not bound yet. */
  public OverlayPort(OverlayTls tls, PeerCheck check, OwnerLoop control, Handover handover) {
    this.tls = tls;
    this.check = check;
    this.control = control;
    this.handover = handover;
  }

  /**
   * Starts to listen.
   *
   * @param acceptor the loop that accepts
   * @param workers the loops that accepted connections live on
   * @param registering handler of the listening socket: how the workers' owner wants connections to
   *     enter them
   * @return completes when bound
   */
  public ChannelFuture bind(
      InetSocketAddress address,
      EventLoopGroup acceptor,
      EventLoopGroup workers,
      ChannelHandler registering) {
    source = new InetSocketAddress(address.getAddress(), 0);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptor, workers)
            .channelFactory(Sockets.serverChannels(acceptor))
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
    ChannelFuture bound = bootstrap.bind(address);
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
                HANDSHAKE_TIMEOUT_MILLIS,
                bgp -> tls.accepting(bgp ? Alpn.BGP : Alpn.H2, channel.alloc()),
                ssl -> handshake(channel, ssl),
                new AlpnPeek.Watch() {
                  @Override
                  public void began() {
                    pending.began(channel);
                  }

                  @Override
                  public void silent() {
                    refused(channel, "silent", "it sent nothing for " + FIRST_BYTE_MILLIS + " ms");
                  }
                }),
            new QuietEnd());
    pending
        .enter(channel, from.getAddress())
        .ifPresent(
            full -> {
              refused(full.whom(), full.rule(), full.why());
              AlpnPeek.end(full.whom());
            });
  }

  private void handshake(Channel channel, SslHandler ssl) {
    ssl.handshakeFuture()
        .addListener(
            future -> {
              pending.leave(channel);
              if (!future.isSuccess()) {
                HandshakeFailures.Failure failure =
                    HandshakeFailures.describe(future.cause(), tls.own(), control.wallMillis());
                refused(channel, failure.rule(), failure.sentence());
                channel.close();
              } else {
                admitted(channel, ssl);
              }
            });
  }

  private void admitted(Channel channel, SslHandler ssl) {
    switch (check.check(ssl)) {
      case AdmissionResult.Refused refusal -> {
        refused(channel, refusal.rule().label(), refusal.sentence());
        refusal
            .claimant()
            .filter(who -> !(isOurs(who) && isOurAddress(channel)))
            .ifPresent(who -> ownIdentityShown(channel, who, false));
        channel.close();
      }
      case AdmissionResult.Admitted admitted -> {
        String protocol = OverlayTls.agreed(ssl);
        pending.proved(channel);
        channel.pipeline().remove(QuietEnd.class);
        if (Alpn.BGP.token().equals(protocol)) {
          bgp(channel, admitted.peer(), false);
        } else if (Alpn.H2.token().equals(protocol)) {
          handover.requestsFrom(channel, admitted.peer());
        } else {
          refused(
              channel,
              "no-alpn",
              "no ALPN protocol in common; this port speaks landfall-bgp/1, h2");
          channel.close();
        }
      }
    }
  }

  private BgpLink bgp(Channel channel, PeerIdentity peer, boolean outgoing) {
    channel.config().setWriteBufferWaterMark(BGP_WATER_MARK);
    if (Sockets.isEpoll(channel)) {
      channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
    }
    BgpLink link =
        new BgpLink(linkIds.incrementAndGet(), outgoing, peer, channel, control, handover);
    channel.pipeline().addLast(link);
    return link;
  }

  /** Counts a connection for requests that was refused, and logs it unless there were many. */
  public void refusedRequests(Channel channel, String rule, String why) {
    refused(channel, rule, why);
  }

  private void refused(Channel channel, String rule, String why) {
    String remote = SocketText.of(channel.remoteAddress());
    if (channel.remoteAddress() instanceof InetSocketAddress from
        && from.getAddress().equals(source.getAddress())) {
      // A candidate list may name this node too; it dialled itself, and found out.
      log.debug("this node dialled itself why=\"{}\"", why);
      return;
    }
    PortRefusals.Logging logging = refusals.add(rule, remote + ": " + why, control.wallMillis());
    if (logging.now()) {
      log.warn(
          "overlay peer refused remote={} rule={} unlogged={} why=\"{}\"",
          remote,
          rule,
          logging.unlogged(),
          why);
    }
  }

  /** Who was refused before having any right: at this port, and where this node dialled. */
  public PortRefusals refusals() {
    return refusals;
  }

  /**
   * Dials a candidate for BGP on the control thread's loop. When it succeeds, the owner hears
   * {@link LinkEvents#linkUp}.
   *
   * @return fails with a reason for people
   */
  public Future<PeerIdentity> dialBgp(InetSocketAddress address) {
    EventLoop loop = control.eventLoop();
    pending.dialled(address);
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
              bgp(dialled.getNow().channel(), dialled.getNow().peer(), true);
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
                    SslHandler ssl = tls.dialling(alpn, channel.alloc());
                    ssl.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MILLIS);
                    channel.pipeline().addLast(ssl, new QuietEnd());
                    ssl.handshakeFuture()
                        .addListener(future -> handshakeDone(channel, ssl, alpn, future, result));
                  }
                });
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
          HandshakeFailures.describe(future.cause(), tls.own(), control.wallMillis()).sentence());
      return;
    }
    switch (check.check(ssl)) {
      case AdmissionResult.Refused refusal -> {
        if (refusal.claimant().filter(this::isOurs).isPresent()) {
          result.tryFailure(new ReachedOurselves(refusal.sentence()));
          channel.close();
        } else {
          countDial(channel, refusal);
          refusal.claimant().ifPresent(who -> ownIdentityShown(channel, who, true));
          fail(channel, result, refusal.sentence());
        }
      }
      case AdmissionResult.Admitted admitted -> {
        if (!alpn.token().equals(OverlayTls.agreed(ssl))) {
          fail(channel, result, "the peer does not speak " + alpn.token());
        } else {
          pending.proved(channel);
          channel.pipeline().remove(QuietEnd.class);
          result.trySuccess(new Dialled(channel, admitted.peer()));
        }
      }
    }
  }

  /** Only this node's very certificate is this node; any other of its identity is a duplicate. */
  private boolean isOurs(PeerIdentity who) {
    return who.fingerprint().equals(tls.ownFingerprint());
  }

  private boolean isOurAddress(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress from)) {
      return true;
    }
    try {
      return from.getAddress().equals(source.getAddress())
          || NetworkInterface.getByInetAddress(from.getAddress()) != null;
    } catch (SocketException e) {
      return false;
    }
  }

  private void ownIdentityShown(Channel channel, PeerIdentity who, boolean dialled) {
    if (channel.remoteAddress() instanceof InetSocketAddress at) {
      control.execute(() -> handover.ownIdentityShown(who, at, dialled));
    }
  }

  /** Whoever answers a dial with a wrong certificate counts too; whoever dialled logs it. */
  private void countDial(Channel channel, AdmissionResult.Refused refusal) {
    String remote = SocketText.of(channel.remoteAddress());
    refusals.count(
        refusal.rule().label(),
        "dialled " + remote + ": " + refusal.sentence(),
        control.wallMillis());
  }

  private static void fail(Channel channel, Promise<Dialled> result, String why) {
    result.tryFailure(new DialRefused(why));
    channel.close();
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close();
    }
  }

  /** Ends a connection that failed before anybody owned it, without a stack trace in the log. */
  private static final class QuietEnd extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
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

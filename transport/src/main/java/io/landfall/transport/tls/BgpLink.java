package io.landfall.transport.tls;

import io.landfall.core.Direction;
import io.landfall.core.Links;
import io.landfall.core.SocketText;
import io.landfall.transport.OwnerLoop;
import io.landfall.transport.Sockets;
import io.landfall.transport.TcpEnds;
import io.landfall.trust.PeerIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;

/**
 * One BGP byte stream with an authenticated peer.
 *
 * <p>It reads one buffer at a time and reads on only when the control thread has dealt with it, so
 * a peer that sends faster than we think is held back by TCP and no queue grows. It never queues on
 * the way out either: {@link #send} says when the buffer is full, and the owner waits for writable.
 */
public final class BgpLink extends ChannelInboundHandlerAdapter implements Links, TcpEnds {
  /** How long a close waits for what was written before, when the peer reads nothing. */
  private static final long CLOSE_MILLIS = 1_000;

  private final long id;
  private final Direction direction;
  private final PeerIdentity peer;
  private final String remote;
  private final Channel channel;
  private final OwnerLoop control;
  private final LinkEvents events;
  private String closeReason = "the peer closed the connection";
  private boolean closing;
  private boolean closed;

  /** A link on a channel whose handshake is done; add it to the pipeline last. */
  BgpLink(
      long id,
      Direction direction,
      PeerIdentity peer,
      Channel channel,
      OwnerLoop control,
      LinkEvents events) {
    this.id = id;
    this.direction = direction;
    this.peer = peer;
    this.remote = SocketText.of(channel.remoteAddress());
    this.channel = channel;
    this.control = control;
    this.events = events;
  }

  /** The number by which the session knows this stream. */
  public long id() {
    return id;
  }

  /** Whether this node dialled. */
  public Direction direction() {
    return direction;
  }

  /** Who is at the other end, by its certificate. */
  public PeerIdentity peer() {
    return peer;
  }

  /** The remote socket address. */
  public SocketAddress remoteAddress() {
    return channel.remoteAddress();
  }

  /** The remote socket address, for people. */
  public String remote() {
    return remote;
  }

  /**
   * Keying material of this very TLS session (RFC 8446 section 7.5), the same at both ends and
   * known to no other; empty when the TLS implementation does not hand it out.
   *
   * @param label tells uses apart (RFC 5705 section 4)
   * @param length how many bytes
   */
  public Optional<byte[]> exportSecret(String label, int length) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null || !(tls.engine().getSession() instanceof ExtendedSSLSession session)) {
      return Optional.empty();
    }
    try {
      return Optional.of(session.exportKeyingMaterialData(label, new byte[0], length));
    } catch (SSLException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<InetSocketAddress> localEnd() {
    return channel.localAddress() instanceof InetSocketAddress at
        ? Optional.of(at)
        : Optional.empty();
  }

  @Override
  public Optional<InetSocketAddress> remoteEnd() {
    return channel.remoteAddress() instanceof InetSocketAddress at
        ? Optional.of(at)
        : Optional.empty();
  }

  @Override
  public boolean send(byte[] bytes) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    return channel.isWritable();
  }

  /**
   * Closes the stream once what was written has left, but after a second at the latest: that the
   * peer reads nothing is one of the reasons to close (RFC 9687).
   */
  @Override
  public void close(String reason) {
    try {
      channel.eventLoop().execute(() -> closeNow(reason));
    } catch (RejectedExecutionException e) {
      // Its event loop has ended, and the stream with it.
      channel.close();
    }
  }

  private void closeNow(String reason) {
    if (closing) {
      return;
    }
    closing = true;
    closeReason = reason;
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    ScheduledFuture<?> force =
        channel
            .eventLoop()
            .schedule(() -> Sockets.closeAtOnce(channel), CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(gone -> force.cancel(false));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(false);
    control.execute(() -> events.linkUp(this, peer));
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      ByteBuf buffer = (ByteBuf) message;
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      control.execute(() -> events.linkBytes(this, bytes));
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    // Through the control queue, so that it runs after the bytes of this read were dealt with.
    control.execute(context::read);
    context.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      control.execute(() -> events.linkWritable(this));
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended(closeReason);
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // In TLS 1.3 the server looks at the client's certificate after the client is done.
    closeReason =
        ownCertificate()
            .flatMap(own -> HandshakeFailures.aboutOurs(cause, own, control.wallMillis()))
            .orElseGet(() -> SocketText.why(cause));
    context.close();
  }

  private Optional<X509Certificate> ownCertificate() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    Certificate[] own = tls == null ? null : tls.engine().getSession().getLocalCertificates();
    return own != null && own.length > 0 && own[0] instanceof X509Certificate first
        ? Optional.of(first)
        : Optional.empty();
  }

  private void ended(String why) {
    if (!closed) {
      closed = true;
      control.execute(() -> events.linkClosed(this, why));
    }
  }
}

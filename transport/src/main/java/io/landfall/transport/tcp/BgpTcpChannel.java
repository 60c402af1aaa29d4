package io.landfall.transport.tcp;

import io.landfall.transport.OwnerLoop;
import io.landfall.transport.TcpEnds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Netty side of one connection: event loop to owner and back.
 *
 * <p>Reading is by demand. The channel reads only when the owner has taken what was read last, so a
 * router that sends a full table fills its own send buffer and not our heap; and it reads nothing
 * while what was written before does not leave, unless the listener wants that ({@link
 * BgpTcpListener#readsWhileFull}), so that a router cannot ask on without taking the answers. Then
 * at most {@link BgpTcpDialer#HIGH_WATER_BYTES} wait, and what one read was answered. Where the
 * owner is the loop that the channel is on, it is called directly and the next read is asked for in
 * the same breath, which spares two system calls and a trip through the queue for each message.
 */
final class BgpTcpChannel extends ChannelInboundHandlerAdapter implements BgpTcpConnection {
  /** How long a close waits for bytes that the router does not take. */
  private static final long LINGER_MILLIS = 2_000;

  private final long number;
  private final OwnerLoop owner;
  private final BgpTcpListener listener;

  /** Set on the event loop before the owner is given the connection. */
  private volatile @Nullable SocketChannel channel;

  // Of the event loop only.
  private String why = "closed by the router";
  private boolean heldBack;
  private boolean closing;

  /** Whether another process may go on with the socket: nothing is written, or shut down, then. */
  private volatile boolean suspended;

  /** Done when it is out of epoll; null if it was never suspended. */
  private volatile @Nullable ChannelFuture leaving;

  /** What was to be sent while it was suspended: some seconds of a session. */
  private final Queue<byte[]> unsent = new ConcurrentLinkedQueue<>();

  BgpTcpChannel(long number, OwnerLoop owner, BgpTcpListener listener) {
    this.number = number;
    this.owner = owner;
    this.listener = listener;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = (SocketChannel) context.channel();
    owner.hereOrLater(() -> listener.connected(this));
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    byte[] bytes;
    try {
      bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
    } finally {
      buffer.release();
    }
    if (!closing) {
      owner.hereOrLater(new Received(listener, this, bytes));
    }
  }

  /** A class of its own: it runs for each message, and the first compiler makes a lambda slowly. */
  private record Received(BgpTcpListener listener, BgpTcpConnection from, byte[] bytes)
      implements Runnable {
    @Override
    public void run() {
      listener.received(from, bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (closing || owner.isHere()) {
      readOn(context);
    } else {
      // Queued behind the bytes just handed over: the next read waits until they are dealt with.
      owner.execute(() -> context.executor().execute(() -> readOn(context)));
    }
  }

  private void readOn(ChannelHandlerContext context) {
    if (closing || context.channel().isWritable() || listener.readsWhileFull()) {
      context.read();
    } else {
      heldBack = true;
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    // Each time, though the owner may not have noticed that it was full: two changes that follow
    // each other closely look like one, and an owner that noticed the first waits for this.
    if (context.channel().isWritable()) {
      owner.execute(() -> listener.writable(this));
      if (heldBack) {
        heldBack = false;
        context.read();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    why = BgpTcpDialer.describe(cause);
    var _ = context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    String reason = why;
    owner.execute(() -> listener.closed(this, reason));
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public InetAddress localAddress() {
    return channel().localAddress().getAddress();
  }

  @Override
  public TcpEnds ends() {
    return new TcpEnds() {
      @Override
      public Optional<InetSocketAddress> localEnd() {
        return Optional.ofNullable(channel().localAddress());
      }

      @Override
      public Optional<InetSocketAddress> remoteEnd() {
        return Optional.ofNullable(channel().remoteAddress());
      }
    };
  }

  @Override
  public void write(byte[] bytes) {
    SocketChannel open = channel();
    if (suspended) {
      // The session takes it for sent. Whoever goes on with it instead sends what is its own.
      unsent.add(bytes);
      return;
    }
    // A void promise reports a failure to exceptionCaught, which ends the connection.
    var _ = open.writeAndFlush(Unpooled.wrappedBuffer(bytes), open.voidPromise());
  }

  @Override
  public boolean isWritable() {
    return channel().isWritable();
  }

  @Override
  public long unsentBytes() {
    ChannelOutboundBuffer queued = channel().unsafe().outboundBuffer();
    return queued == null ? 0 : queued.totalPendingWriteBytes();
  }

  @Override
  public OptionalInt suspend() {
    SocketChannel open = channel();
    if (closing || unsentBytes() > 0 || !(open instanceof EpollSocketChannel socket)) {
      return OptionalInt.empty();
    }
    suspended = true;
    // Out of epoll, so that what arrives from now on stays in the kernel for who goes on.
    leaving = open.deregister();
    return OptionalInt.of(socket.fd().intValue());
  }

  @Override
  public void goOn() {
    SocketChannel open = channel();
    ChannelFuture left = leaving;
    if (left != null) {
      // Which is a task of the event loop, and may not have been done yet.
      left.addListener(_ -> open.eventLoop().register(open).addListener(this::isBack));
    }
  }

  private void isBack(Future<?> registered) {
    if (registered.isSuccess()) {
      suspended = false;
      unsent.forEach(this::write);
      unsent.clear();
      channel().read();
    }
  }

  @Override
  public void close() {
    SocketChannel open = channel();
    open.eventLoop().execute(() -> finish(open));
  }

  /**
   * Sends what is queued, then FIN, and reads on until the router has closed its side too: a socket
   * that is closed over unread bytes sends RST, and that would overtake a NOTIFICATION which the
   * router has not read yet.
   */
  private void finish(SocketChannel open) {
    if (closing) {
      return;
    }
    closing = true;
    why = "closed by us";
    if (suspended) {
      var _ = open.close();
      return;
    }
    open.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            flushed -> {
              var _ = flushed.isSuccess() ? open.shutdownOutput() : open.close();
            });
    open.read();
    Runnable giveUp =
        () -> {
          var _ = open.close();
        };
    var _ = open.eventLoop().schedule(giveUp, LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private SocketChannel channel() {
    SocketChannel open = channel;
    if (open == null) {
      throw new IllegalStateException("the owner is given a connection once it is active");
    }
    return open;
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}

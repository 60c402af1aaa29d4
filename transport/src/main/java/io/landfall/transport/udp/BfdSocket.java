package io.landfall.transport.udp;

import io.landfall.core.SocketText;
import io.landfall.transport.OwnerLoop;
import io.landfall.transport.Sockets;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket on the owner's loop, where a datagram reaches its session without a hand-off. The
 * loop reads a bounded number of datagrams before it turns to other work, so a flood delays that
 * and does not starve it; what does not fit into the kernel's buffer is lost, as UDP may be.
 */
public final class BfdSocket {
  /** TTL or hop limit of single-hop packets (RFC 5881 section 5). */
  private static final int MOST_HOPS = 255;

  /** Internetwork control, as routers mark BFD too. */
  private static final int INTERNETWORK_CONTROL = 0xc0;

  private static final IntegerUnixChannelOption IP_TTL =
      new IntegerUnixChannelOption("IP_TTL", 0, 2);
  private static final IntegerUnixChannelOption IPV6_UNICAST_HOPS =
      new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", 41, 16);
  private static final RawUnixChannelOption ATTACH_FILTER =
      new RawUnixChannelOption(
          "SO_ATTACH_FILTER", TtlFilter.LEVEL, TtlFilter.OPTION, TtlFilter.PROGRAM_BYTES);
  private static final Logger log = LoggerFactory.getLogger("landfall.bfd");

  /** How far packets go. */
  public enum Reach {
    /** Over any number of hops (RFC 5883). */
    MULTI_HOP,
    /** Over one link, which the TTL proves in both directions (RFC 5881). */
    SINGLE_HOP
  }

  private final OwnerLoop owner;
  private final Channel channel;
  private final ChannelFuture bound;

  private BfdSocket(OwnerLoop owner, ChannelFuture bound) {
    this.owner = owner;
    this.bound = bound;
    this.channel = bound.channel();
  }

  /**
   * Opens and binds.
   *
   * @param longestBytes the longest datagram that means anything
   * @param received takes every datagram and its sender, on the owner's thread
   */
  public static BfdSocket open(
      OwnerLoop owner,
      InetSocketAddress local,
      Reach reach,
      int longestBytes,
      BiConsumer<byte[], InetSocketAddress> received) {
    boolean ipv4 = local.getAddress() instanceof Inet4Address;
    SocketProtocolFamily family = ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    boolean epoll = Sockets.isEpoll(owner.eventLoop());
    Bootstrap bootstrap =
        new Bootstrap()
            .group(owner.eventLoop())
            .channelFactory(
                () -> epoll ? new EpollDatagramChannel(family) : new NioDatagramChannel(family))
            // One byte more than the longest: what is longer is cut, and its end is ignored.
            .option(
                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(longestBytes + 1))
            .option(ChannelOption.IP_TOS, INTERNETWORK_CONTROL)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (reach == Reach.SINGLE_HOP) {
                      keepToTheLink(channel, ipv4, epoll);
                    }
                    channel.pipeline().addLast(new Reader(owner, received));
                  }
                });
    return new BfdSocket(owner, bootstrap.bind(local));
  }

  /**
   * Goes on with a bound socket that another process has given, to send from it: nothing is read.
   *
   * @param descriptor its file descriptor, which is owned by this from now on
   */
  public static BfdSocket adopt(OwnerLoop owner, int descriptor) {
    return new BfdSocket(
        owner,
        new Bootstrap()
            .group(owner.eventLoop())
            .channelFactory(() -> new EpollDatagramChannel(descriptor))
            .option(ChannelOption.AUTO_READ, false)
            .handler(new ChannelInboundHandlerAdapter())
            .register());
  }

  /** Its file descriptor, for another process; empty when it is closed, or is none of epoll's. */
  public OptionalInt descriptor() {
    return channel instanceof EpollDatagramChannel socket && socket.isOpen()
        ? OptionalInt.of(socket.fd().intValue())
        : OptionalInt.empty();
  }

  private static void keepToTheLink(Channel channel, boolean ipv4, boolean epoll) {
    if (!epoll) {
      throw new IllegalStateException("BFD towards routers needs Netty's epoll transport");
    }
    channel.config().setOption(ipv4 ? IP_TTL : IPV6_UNICAST_HOPS, MOST_HOPS);
    TtlFilter.with(
        value -> {
          if (!channel.config().setOption(ATTACH_FILTER, value)) {
            throw new IllegalStateException("the socket takes no filter");
          }
        });
  }

  /** Completes when the socket is bound, or fails. */
  public ChannelFuture bound() {
    return bound;
  }

  /** Takes on the owner's thread why the socket could be bound; null when it could. */
  public void whenBound(Consumer<String> failed) {
    bound.addListener(
        done -> {
          if (!done.isSuccess()) {
            owner.execute(() -> failed.accept(SocketText.why(done.cause())));
          }
        });
  }

  /** Sends unless the socket's buffer is full: an old packet is of no use later. */
  public void send(byte[] datagram, InetSocketAddress to) {
    if (channel.isActive() && channel.isWritable()) {
      var _ = channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(datagram), to));
    }
  }

  /** Closes it. */
  public void close() {
    var _ = channel.close();
  }

  /** From the socket to the owner. */
  private static final class Reader extends SimpleChannelInboundHandler<DatagramPacket> {
    private final OwnerLoop owner;
    private final BiConsumer<byte[], InetSocketAddress> received;

    Reader(OwnerLoop owner, BiConsumer<byte[], InetSocketAddress> received) {
      this.owner = owner;
      this.received = received;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      ByteBuf content = packet.content();
      byte[] datagram = new byte[content.readableBytes()];
      content.readBytes(datagram);
      InetSocketAddress from = packet.sender();
      owner.hereOrLater(() -> received.accept(datagram, from));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // Such as a port on which nothing listens, which the kernel reports at the next read.
      log.atDebug().addKeyValue("why", SocketText.why(cause)).log("bfd socket");
    }
  }
}

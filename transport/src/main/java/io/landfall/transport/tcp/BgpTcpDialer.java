package io.landfall.transport.tcp;

import io.landfall.core.SocketText;
import io.landfall.transport.OwnerLoop;
import io.landfall.transport.StreamNumbers;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * Opens plain TCP connections to BGP routers, with the protections that BGP over plain TCP has: TCP
 * MD5 (RFC 2385) and GTSM (RFC 5082). Linux only, by Netty's epoll channel, because the JDK's
 * sockets have neither option.
 *
 * <p>All options are set before the connection is asked for, so the very first SYN is signed and
 * carries hop limit 255, and an answer from further away is dropped by the kernel. An upstream is
 * always dialled; for neighbours that dial there is {@link BgpTcpAcceptor}.
 */
public final class BgpTcpDialer {
  /** Where {@link BgpTcpConnection#isWritable} turns false, in bytes queued. */
  static final int HIGH_WATER_BYTES = 256 * 1024;

  static final int LOW_WATER_BYTES = 64 * 1024;

  /**
   * One size for every read. Netty's own choice follows the traffic, and so the first changes after
   * a full table would each pay a millisecond for buffers of another size.
   */
  static final RecvByteBufAllocator READS = new FixedRecvByteBufAllocator(64 * 1024);

  /**
   * Where those buffers come from. Netty's adaptive allocator does not keep any of that size, so
   * each read would allocate, clear and free 64 KiB.
   */
  static final ByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;

  // Numbers of linux/in.h and linux/in6.h, for options that Netty has no names for.
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_IPV6 = 41;
  private static final ChannelOption<Integer> IP_TTL =
      new IntegerUnixChannelOption("IP_TTL", IPPROTO_IP, 2);
  private static final ChannelOption<Integer> IP_MINTTL =
      new IntegerUnixChannelOption("IP_MINTTL", IPPROTO_IP, 21);
  private static final ChannelOption<Integer> IPV6_UNICAST_HOPS =
      new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", IPPROTO_IPV6, 16);
  private static final ChannelOption<Integer> IPV6_MINHOPCOUNT =
      new IntegerUnixChannelOption("IPV6_MINHOPCOUNT", IPPROTO_IPV6, 73);

  private final EventLoopGroup group;
  private final OwnerLoop owner;

  /**
   * A dialer.
   *
   * @param group event loops of Netty's epoll transport
   * @param owner the thread of the callbacks
   */
  public BgpTcpDialer(EventLoopGroup group, OwnerLoop owner) {
    this.group = group;
    this.owner = owner;
  }

  /**
   * Asks for a connection. Ends in {@link BgpTcpListener#connected} or {@link
   * BgpTcpListener#connectFailed}; never throws for what the network or the kernel does.
   */
  public void dial(BgpTcpSpec spec, BgpTcpListener listener) {
    BgpTcpChannel channel = new BgpTcpChannel(StreamNumbers.next(), owner, listener);
    ChannelFuture connecting;
    try {
      Bootstrap bootstrap = bootstrap(spec).handler(channel);
      connecting =
          spec.local().isPresent()
              ? bootstrap.connect(spec.remote(), new InetSocketAddress(spec.local().get(), 0))
              : bootstrap.connect(spec.remote());
    } catch (RuntimeException e) {
      owner.execute(() -> listener.connectFailed(describe(e)));
      return;
    }
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            String why = describe(done.cause()) + hint(done.cause(), spec);
            owner.execute(() -> listener.connectFailed(why));
          }
        });
  }

  /**
   * Goes on with a connection that another process has opened, with what protects it. Ends in
   * {@link BgpTcpListener#connected} or {@link BgpTcpListener#connectFailed}.
   */
  void adopt(int descriptor, BgpTcpListener listener) {
    EpollSocketChannel open = new EpollSocketChannel(descriptor);
    if (!open.isActive()) {
      // It was reset on its way; no event would ever tell.
      open.unsafe().closeForcibly();
      owner.execute(() -> listener.connectFailed("the connection has ended meanwhile"));
      return;
    }
    open.config()
        .setAutoRead(false)
        .setRecvByteBufAllocator(READS)
        .setAllocator(BUFFERS)
        .setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES));
    open.pipeline().addLast(new BgpTcpChannel(StreamNumbers.next(), owner, listener));
    group
        .register(open)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                owner.execute(() -> listener.connectFailed(describe(done.cause())));
              }
            });
  }

  private Bootstrap bootstrap(BgpTcpSpec spec) {
    InetAddress remote = spec.remote().getAddress();
    boolean ipv4 = remote instanceof Inet4Address;
    SocketProtocolFamily family = ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channelFactory(() -> new EpollSocketChannel(family))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
            .option(ChannelOption.ALLOCATOR, BUFFERS)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, spec.timeouts().connectMillis())
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES));
    if (spec.timeouts().userTimeoutMillis() > 0) {
      bootstrap.option(EpollChannelOption.TCP_USER_TIMEOUT, spec.timeouts().userTimeoutMillis());
    }
    if (spec.ttlSecurity()) {
      bootstrap.option(sendHops(ipv4), BgpTcpSpec.HOP_LIMIT);
      bootstrap.option(minimumHops(ipv4), spec.lowestHopLimit());
    }
    spec.md5Key()
        .ifPresent(
            key -> bootstrap.option(EpollChannelOption.TCP_MD5SIG, Map.of(remote, key.bytes())));
    return bootstrap;
  }

  /** The option for the hop limit of what is sent. */
  static ChannelOption<Integer> sendHops(boolean ipv4) {
    return ipv4 ? IP_TTL : IPV6_UNICAST_HOPS;
  }

  /** The option for the lowest hop limit that is taken. */
  static ChannelOption<Integer> minimumHops(boolean ipv4) {
    return ipv4 ? IP_MINTTL : IPV6_MINHOPCOUNT;
  }

  /** Segments with a wrong TCP MD5 key, or none, are dropped without a word (RFC 2385). */
  private static String hint(Throwable cause, BgpTcpSpec spec) {
    if (!(cause instanceof ConnectTimeoutException)) {
      return "";
    }
    return spec.md5Key().isPresent()
        ? "; is the key of password-file the one that the other side has?"
        : "; does the other side want a TCP MD5 key (password-file)?";
  }

  static String describe(Throwable cause) {
    return SocketText.why(cause);
  }
}

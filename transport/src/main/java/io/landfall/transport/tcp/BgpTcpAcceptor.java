package io.landfall.transport.tcp;

import io.landfall.transport.OpenSockets;
import io.landfall.transport.OwnerLoop;
import io.landfall.transport.StreamNumbers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes plain TCP connections of configured BGP neighbours, and no other ones.
 *
 * <p>The keys of all neighbours are on the listening socket before it listens, so the kernel drops
 * an unsigned SYN of a neighbour that has a key (RFC 2385); a connection inherits its key. For GTSM
 * (RFC 5082) the socket answers with hop limit 255, and demands 255 of every SYN when all
 * neighbours want it; otherwise of each connection as soon as it is known whose it is, before a
 * byte of it is read.
 */
final class BgpTcpAcceptor {
  private final EventLoopGroup group;
  private final OwnerLoop owner;

  /** Connections come in on these loops; callbacks run on the owner. */
  BgpTcpAcceptor(EventLoopGroup group, OwnerLoop owner) {
    this.group = group;
    this.owner = owner;
  }

  /**
   * Listens.
   *
   * @param neighbors how each neighbour's connections are protected, by its address
   * @param listenerOf who is told of a connection from an address; null refuses it
   */
  ChannelFuture bind(
      InetSocketAddress local,
      OpenSockets open,
      Map<InetAddress, BgpTcpSpec> neighbors,
      Function<InetAddress, @Nullable BgpTcpListener> listenerOf) {
    SocketProtocolFamily family =
        local.getAddress() instanceof Inet4Address
            ? SocketProtocolFamily.INET
            : SocketProtocolFamily.INET6;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channelFactory(open.or(() -> new EpollServerSocketChannel(family)))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, BgpTcpDialer.READS)
            .childOption(ChannelOption.ALLOCATOR, BgpTcpDialer.BUFFERS)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(
                    BgpTcpDialer.LOW_WATER_BYTES, BgpTcpDialer.HIGH_WATER_BYTES))
            .childHandler(new Sorter(neighbors, listenerOf));
    Map<InetAddress, byte[]> keys = new LinkedHashMap<>();
    boolean anyTtl = false;
    int lowest = neighbors.isEmpty() ? 0 : BgpTcpSpec.HOP_LIMIT;
    for (Map.Entry<InetAddress, BgpTcpSpec> neighbor : neighbors.entrySet()) {
      neighbor.getValue().md5Key().ifPresent(key -> keys.put(neighbor.getKey(), key.bytes()));
      anyTtl |= neighbor.getValue().ttlSecurity();
      lowest =
          Math.min(
              lowest, neighbor.getValue().ttlSecurity() ? neighbor.getValue().lowestHopLimit() : 0);
    }
    boolean ipv4 = family == SocketProtocolFamily.INET;
    if (anyTtl) {
      bootstrap.option(BgpTcpDialer.sendHops(ipv4), BgpTcpSpec.HOP_LIMIT);
    }
    boolean given = open.descriptor().isPresent();
    // A socket that was open has what the config before wanted.
    if (lowest > 0 || given) {
      bootstrap.option(BgpTcpDialer.minimumHops(ipv4), lowest);
    }
    if (!keys.isEmpty() || !open.keyed().isEmpty()) {
      bootstrap.option(EpollChannelOption.TCP_MD5SIG, keys).attr(OpenSockets.KEYS, keys);
    }
    return open.listen(bootstrap, local);
  }

  /** Hands each new connection to its neighbour's listener. */
  private final class Sorter extends ChannelInitializer<Channel> {
    private final Map<InetAddress, BgpTcpSpec> neighbors;
    private final Function<InetAddress, @Nullable BgpTcpListener> listenerOf;
    private final OpenConnections open = new OpenConnections();

    Sorter(
        Map<InetAddress, BgpTcpSpec> neighbors,
        Function<InetAddress, @Nullable BgpTcpListener> listenerOf) {
      this.neighbors = neighbors;
      this.listenerOf = listenerOf;
    }

    @Override
    protected void initChannel(Channel channel) {
      EpollSocketChannel accepted = (EpollSocketChannel) channel;
      InetAddress from = accepted.remoteAddress().getAddress();
      BgpTcpSpec spec = neighbors.get(from);
      BgpTcpListener listener = spec == null ? null : listenerOf.apply(from);
      if (spec == null || listener == null || !open.enter(from)) {
        var _ = accepted.close();
        return;
      }
      accepted.closeFuture().addListener(gone -> open.leave(from));
      if (spec.ttlSecurity()) {
        boolean ipv4 = from instanceof Inet4Address;
        accepted.config().setOption(BgpTcpDialer.sendHops(ipv4), BgpTcpSpec.HOP_LIMIT);
        accepted.config().setOption(BgpTcpDialer.minimumHops(ipv4), spec.lowestHopLimit());
      }
      if (spec.timeouts().userTimeoutMillis() > 0) {
        accepted.config().setTcpUserTimeout(spec.timeouts().userTimeoutMillis());
      }
      accepted.pipeline().addLast(new BgpTcpChannel(StreamNumbers.next(), owner, listener));
    }
  }
}

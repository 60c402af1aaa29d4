package io.landfall.admin;

import io.landfall.admin.metrics.JvmMetrics;
import io.landfall.admin.metrics.MetricsSource;
import io.landfall.admin.metrics.MetricsText;
import io.landfall.admin.metrics.Version;
import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.core.ListeningSocket.Use;
import io.landfall.core.SocketText;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The admin API of a running node: a Unix socket to read and steer, loopback TCP to read, and
 * another one to purge, for who has a token.
 *
 * <p>It has one event loop of its own, so that a busy data plane cannot delay an operator, and runs
 * each request on a virtual thread, which may wait for the control thread. On Linux it uses epoll,
 * which also tells who is at the other end of the Unix socket; elsewhere NIO.
 */
public final class AdminServer implements AutoCloseable {
  private static final int CLOSE_SECONDS = 2;

  private final EventLoopGroup loop;
  private final SocketFile socketFile;
  private final List<Channel> listeners = new ArrayList<>();
  private final ChannelGroup connections;
  private final ConsoleFeed feed;
  private final GivenSockets given;
  private final List<ListeningSocket> sockets = new ArrayList<>();
  private Optional<InetSocketAddress> metricsAddress = Optional.empty();
  private Optional<InetSocketAddress> lookingGlassAddress = Optional.empty();
  private Optional<InetSocketAddress> purgeAddress = Optional.empty();

  /**
   * Where to listen.
   *
   * @param socket the Unix socket, to read and steer
   * @param group the group whose members may use the socket, too; empty for none
   * @param metrics the loopback address for Prometheus; empty for none
   * @param lookingGlass the loopback address of the looking glass's REST API; empty for none
   * @param purge where purges are taken with a token; empty for none
   */
  public record Listeners(
      Path socket,
      Optional<String> group,
      Optional<InetSocketAddress> metrics,
      Optional<InetSocketAddress> lookingGlass,
      Optional<PurgeListener> purge) {
    /** For the node's own user alone, and without one for purges. */
    public Listeners(
        Path socket, Optional<InetSocketAddress> metrics, Optional<InetSocketAddress> glass) {
      this(socket, Optional.empty(), metrics, glass, Optional.empty());
    }
  }

  /**
   * Where purges are taken over TCP, and nothing else is.
   *
   * @param listen the loopback address
   * @param token what a request has to have
   */
  public record PurgeListener(InetSocketAddress listen, String token) {
    @Override
    public String toString() {
      return "PurgeListener[" + listen + "]";
    }
  }

  /**
   * Looks whether a socket could be served here, without touching what is there.
   *
   * @throws IOException with a sentence when a node serves there, or a file is in the way
   */
  public static void refuseLive(Path socket) throws IOException {
    SocketFile.refuseLive(socket.toAbsolutePath());
  }

  /**
   * Looks whether a socket at this path could be given to the group of this name.
   *
   * @throws IOException with a sentence when there is none, or this user is no member
   */
  public static void requireGroup(Path socket, String name) throws IOException {
    SocketFile.tryGroup(socket, name);
  }

  /** Whether a node answers at this socket. */
  public static boolean isLive(Path socket) {
    try (SocketChannel live = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return live.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private AdminServer(
      EventLoopGroup loop, SocketFile socketFile, ConsoleFeed feed, GivenSockets given) {
    this.given = given;
    this.feed = feed;
    this.loop = loop;
    this.socketFile = socketFile;
    this.connections = new DefaultChannelGroup(loop.next(), true);
  }

  /**
   * Binds and serves.
   *
   * @throws IOException with a sentence on what is wrong with the socket or the address
   */
  public static AdminServer start(
      Listeners config, AdminBackend backend, Supplier<? extends MetricsSource> metrics)
      throws IOException {
    return start(config, backend, metrics, GivenSockets.none());
  }

  /**
   * The same.
   *
   * @param given TCP sockets that are open already, in place of which none is opened
   * @throws IOException with a sentence on what is wrong with the socket or the address
   */
  public static AdminServer start(
      Listeners config,
      AdminBackend backend,
      Supplier<? extends MetricsSource> metrics,
      GivenSockets given)
      throws IOException {
    SocketFile socketFile = SocketFile.claim(config.socket(), config.group());
    ConsoleFeed feed = new ConsoleFeed(backend.routing());
    ConsoleApi console = new ConsoleApi(new NodeConsole(backend, feed, Version.text()));
    AdminApi api = new AdminApi(backend, new MetricsText(metrics), console);
    DefaultThreadFactory threads = new DefaultThreadFactory("landfall-admin", true);
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1,
            threads,
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    AdminServer server = new AdminServer(loop, socketFile, feed, given);
    try {
      server.listenUnix(api);
      if (config.metrics().isPresent()) {
        server.metricsAddress =
            Optional.of(
                server.listenLoopback(
                    Use.METRICS, AdminHandler.overLoopback(api::handle), config.metrics().get()));
      }
      if (config.lookingGlass().isPresent()) {
        LookingGlassApi glass =
            new LookingGlassApi(backend.routing().lookingGlass(), Version.text());
        server.lookingGlassAddress =
            Optional.of(
                server.listenLoopback(
                    Use.LOOKING_GLASS,
                    AdminHandler.overLoopback(glass::handle),
                    config.lookingGlass().get()));
      }
      if (config.purge().isPresent()) {
        PurgeApi purges = new PurgeApi(config.purge().get().token(), api::purge);
        server.purgeAddress =
            Optional.of(
                server.listenLoopback(
                    Use.PURGES,
                    AdminHandler.overLoopback(purges::handle),
                    config.purge().get().listen()));
      }
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The TCP listening sockets, for a process that is to go on with them. */
  public List<ListeningSocket> sockets() {
    return List.copyOf(sockets);
  }

  /** The address that the TCP listener got; empty when there is none. */
  public Optional<InetSocketAddress> metricsAddress() {
    return metricsAddress;
  }

  /** The address that the looking glass got; empty when there is none. */
  public Optional<InetSocketAddress> lookingGlassAddress() {
    return lookingGlassAddress;
  }

  /** The address that the listener for purges got; empty when there is none. */
  public Optional<InetSocketAddress> purgeAddress() {
    return purgeAddress;
  }

  private void listenUnix(AdminApi api) throws IOException {
    Path path = socketFile.bindingPath();
    if (Epoll.isAvailable()) {
      bindUnix(EpollServerDomainSocketChannel::new, new DomainSocketAddress(path.toFile()), api);
    } else {
      bindUnix(NioServerDomainSocketChannel::new, UnixDomainSocketAddress.of(path), api);
    }
    socketFile.publish();
  }

  private InetSocketAddress listenLoopback(
      Use use, AdminHandler.Factory handlers, InetSocketAddress address) throws IOException {
    String what =
        switch (use) {
          case METRICS -> "metrics";
          case LOOKING_GLASS -> "looking-glass";
          default -> "purge";
        };
    if (!address.getAddress().isLoopbackAddress()) {
      throw new IOException(
          "the " + what + " listener " + SocketText.of(address) + " is not on loopback");
    }
    List<Integer> open = given.take(use, address);
    ChannelFactory<ServerChannel> factory =
        () ->
            !open.isEmpty()
                ? new EpollServerSocketChannel(open.getFirst())
                : Epoll.isAvailable()
                    ? new EpollServerSocketChannel()
                    : new NioServerSocketChannel();
    String name = "the " + what + " listener " + SocketText.of(address);
    ServerBootstrap bootstrap = bootstrap(factory, handlers);
    Channel channel = opened(open.isEmpty() ? bootstrap.bind(address) : bootstrap.register(), name);
    if (channel instanceof EpollServerSocketChannel socket) {
      sockets.add(new ListeningSocket(use, address, socket.fd().intValue()));
    }
    channel.config().setAutoRead(true);
    return (InetSocketAddress) channel.localAddress();
  }

  private void bindUnix(
      ChannelFactory<? extends ServerChannel> type, SocketAddress address, AdminApi api)
      throws IOException {
    Channel channel =
        opened(
            bootstrap(type, AdminHandler.overUnix(api)).bind(address),
            "the admin socket " + socketFile.path());
    channel.config().setAutoRead(true);
  }

  /** Nothing is accepted before a listener is wholly set up. */
  private ServerBootstrap bootstrap(
      ChannelFactory<? extends ServerChannel> type, AdminHandler.Factory handlers) {
    AdminConnections open = new AdminConnections();
    return new ServerBootstrap()
        .group(loop)
        .channelFactory(type)
        .option(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                connections.add(channel);
                AdminHandler.addTo(channel, handlers, open);
              }
            });
  }

  private Channel opened(ChannelFuture opening, String what) throws IOException {
    ChannelFuture bound = opening.awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          what + " cannot be opened: " + SocketText.why(bound.cause()), bound.cause());
    }
    listeners.add(bound.channel());
    return bound.channel();
  }

  /** Stops serving and removes the socket. */
  @Override
  public void close() {
    for (Channel listener : listeners) {
      listener.close().awaitUninterruptibly();
    }
    feed.close();
    // A stream of changes has no end of its own; no reader may wait for a node that is gone.
    connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    socketFile.remove();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  /**
   * Loads what the numbers of the JVM itself need of it, native libraries too: at the first scrape
   * there may be no file descriptor for them, and what fails then fails for good.
   */
  public static void loadMetrics() {
    JvmMetrics.load();
  }
}

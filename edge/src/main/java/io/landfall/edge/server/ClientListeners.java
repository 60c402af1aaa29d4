package io.landfall.edge.server;

import io.landfall.core.FailureText;
import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.TlsContexts;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.ChannelAddresses;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.ClientSources;
import io.landfall.edge.loop.WaterMarks;
import io.landfall.edge.tls.AlpnSniHandler;
import io.landfall.edge.tls.TlsInput;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The open listeners. Where the transport can, every event loop has one of its own on the same
 * address (SO_REUSEPORT), so that the system spreads new connections and a connection is accepted,
 * read and written by one thread.
 */
final class ClientListeners {
  private static final int BACKLOG = 4096;

  /** A ClientHello that is longer than this is no ClientHello of a browser. */
  private static final int MAX_CLIENT_HELLO_BYTES = 16 * 1024;

  private final EdgeRuntime runtime;
  private final NettyTransport transport;
  private final EventLoops loops;

  /** In the order of the configuration; replaced as a whole, by one thread at a time. */
  private volatile List<OpenListener> open = List.of();

  /** How many connections each client has; null if that has no bound. */
  private volatile @Nullable ClientSources sources;

  private volatile boolean closing;
  private final GivenSockets given;

  /** Addresses of sockets that are open in another process for good. */
  private final Set<InetSocketAddress> kept = ConcurrentHashMap.newKeySet();

  /** Those of them that no listener of the config has now. */
  private final Map<InetSocketAddress, OpenListener> parked = new ConcurrentHashMap<>();

  /**
   * Listeners that are not open yet.
   *
   * @param given sockets that are open already, in place of which none is opened
   */
  ClientListeners(
      EdgeRuntime runtime, NettyTransport transport, EventLoops loops, GivenSockets given) {
    this.runtime = runtime;
    this.transport = transport;
    this.loops = loops;
    this.given = given;
    boundClients();
  }

  /**
   * Holds clients to the bound that the settings have now. Connections that are there are not
   * counted where none was before.
   */
  void boundClients() {
    int most = runtime.settings().limits().connections().maxPerClient();
    ClientSources known = sources;
    if (most == Integer.MAX_VALUE) {
      sources = null;
    } else if (known == null) {
      sources = new ClientSources(most);
    } else {
      known.bound(most);
    }
  }

  /** Opens all, none of which accepts yet; if one cannot be opened, none stays open. */
  Optional<EdgeStart.CannotListen> open() {
    return switch (prepare(runtime.settings().listeners())) {
      case ListenerChange.CannotOpen(InetSocketAddress at, String why) ->
          Optional.of(new EdgeStart.CannotListen(at, why));
      case ListenerChange.Prepared prepared -> {
        prepared.put();
        yield Optional.empty();
      }
    };
  }

  /**
   * Opens those of other listeners that are not open at their address; if one cannot be opened,
   * none of them stays open. Blocks until that is done.
   */
  ListenerChange prepare(List<EdgeListener> wanted) {
    List<OpenListener> left = new ArrayList<>(open);
    List<OpenListener> next = new ArrayList<>();
    List<OpenListener> opened = new ArrayList<>();
    for (EdgeListener listener : wanted) {
      Optional<OpenListener> known =
          left.stream()
              .filter(each -> each.listener().address().equals(listener.address()))
              .findFirst();
      if (known.isPresent()) {
        left.remove(known.get());
        next.add(known.get());
        continue;
      }
      OpenListener parkedBefore = parked.remove(listener.address());
      if (parkedBefore != null) {
        opened.add(parkedBefore);
        next.add(parkedBefore);
        continue;
      }
      OpenListener added = new OpenListener(listener);
      opened.add(added);
      next.add(added);
      Optional<String> failed = open(added);
      if (failed.isPresent()) {
        opened.forEach(this::release);
        opened.stream().filter(OpenListener::isClosing).forEach(OpenListener::awaitClosed);
        return new ListenerChange.CannotOpen(listener.address(), failed.get());
      }
    }
    return new ListenerChange.Prepared(this, next, wanted, opened);
  }

  /** These are the listeners from now on; the others are closed. */
  synchronized void replace(List<OpenListener> next) {
    for (OpenListener each : closing ? next : open) {
      if (closing) {
        each.close();
      } else if (!next.contains(each)) {
        release(each);
      }
    }
    if (!closing) {
      open = List.copyOf(next);
    }
  }

  /**
   * Ends a listener. One whose sockets somebody else keeps open is only left: its address could not
   * be bound again, and the config may come back.
   */
  void release(OpenListener listener) {
    if (!listener.channels().isEmpty() && kept.contains(listener.listener().address())) {
      listener.park();
      parked.put(listener.listener().address(), listener);
    } else {
      listener.close();
    }
  }

  private Optional<String> open(OpenListener listener) {
    InetSocketAddress address = listener.listener().address();
    List<Integer> passed = given.take(ListeningSocket.Use.CLIENTS, address);
    if (!passed.isEmpty()) {
      if (given.areKeptByGiver()) {
        kept.add(address);
      }
      return adopt(listener, passed);
    }
    boolean shared = transport.listenerPerLoop();
    Optional<String> taken = shared && address.getPort() != 0 ? taken(address) : Optional.empty();
    if (taken.isPresent()) {
      return taken;
    }
    List<? extends EventLoopGroup> groups = shared ? loops.each() : List.of(loops.group());
    for (EventLoopGroup group : groups) {
      ServerBootstrap bootstrap =
          bootstrap(listener, group, group).channel(transport.serverChannel());
      if (shared) {
        bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
      }
      Optional<String> failed = opened(listener, bootstrap.bind(address));
      if (failed.isPresent()) {
        return failed;
      }
      // With port 0 the first listener picks the port, and the others share it.
      address = listener.address();
    }
    return Optional.empty();
  }

  /**
   * Listens with sockets that are open: each is accepted from by one loop, and none may be left
   * out. Where there are fewer than loops, connections go to all loops in turn.
   */
  private Optional<String> adopt(OpenListener listener, List<Integer> passed) {
    List<? extends EventLoopGroup> groups = loops.each();
    for (int i = 0; i < passed.size(); i++) {
      int descriptor = passed.get(i);
      EventLoopGroup accepts = groups.get(i % groups.size());
      EventLoopGroup serves = passed.size() < groups.size() ? loops.group() : accepts;
      ChannelFuture registered =
          bootstrap(listener, accepts, serves)
              .channelFactory(() -> new EpollServerSocketChannel(descriptor))
              .register();
      Optional<String> failed = opened(listener, registered);
      if (failed.isPresent()) {
        return failed;
      }
    }
    return Optional.empty();
  }

  private ServerBootstrap bootstrap(
      OpenListener listener, EventLoopGroup accepts, EventLoopGroup serves) {
    return new ServerBootstrap()
        .group(accepts, serves)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WaterMarks.MARK)
        .handler(LateAccept.INSTANCE)
        .childHandler(new Clients(listener));
  }

  private Optional<String> opened(OpenListener listener, ChannelFuture opening) {
    Throwable cause = opening.awaitUninterruptibly().cause();
    if (cause != null) {
      return Optional.of(FailureText.of(cause));
    }
    listener.add(opening.channel());
    watch(listener, opening.channel());
    return Optional.empty();
  }

  /** Accepts clients from now on, those that wait already first. */
  void accept() {
    open.forEach(OpenListener::accept);
  }

  /**
   * Why this node cannot have the address for itself. With SO_REUSEPORT a bind succeeds although
   * another process of the same user listens there, and each gets a part of the clients; a bind
   * without it fails.
   */
  private static Optional<String> taken(InetSocketAddress address) {
    try (Socket alone = new Socket()) {
      alone.setReuseAddress(true);
      alone.bind(address);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(FailureText.of(e));
    }
  }

  private void watch(OpenListener listener, Channel channel) {
    InetSocketAddress address = listener.address();
    ChannelIo.ignore(
        channel
            .closeFuture()
            .addListener(
                f -> {
                  if (!closing && !listener.isClosing()) {
                    runtime.ports().listenerFailed(address, "the listening socket was closed");
                  }
                }));
  }

  /** The listening sockets. */
  List<Channel> channels() {
    return open.stream().flatMap(each -> each.channels().stream()).toList();
  }

  /** The same as another process could go on with them. */
  List<ListeningSocket> sockets() {
    return open.stream().flatMap(each -> each.sockets().stream()).toList();
  }

  List<InetSocketAddress> addresses() {
    return open.stream().map(OpenListener::address).toList();
  }

  void close() {
    List<OpenListener> last = new ArrayList<>();
    synchronized (this) {
      closing = true;
      last.addAll(open);
      last.addAll(parked.values());
    }
    last.forEach(OpenListener::close);
    last.forEach(OpenListener::awaitClosed);
  }

  /**
   * Whether the address of a client has one more connection; a proxy that may name its clients
   * stands for many, and is not held to it.
   */
  private boolean isWithinItsSource(Channel channel) {
    ClientSources bounded = sources;
    SocketAddress client = ChannelAddresses.remote(channel);
    if (bounded == null || runtime.settings().claims().trustedProxies().contains(client)) {
      return true;
    }
    if (!bounded.enter(client)) {
      return false;
    }
    ChannelIo.ignore(channel.closeFuture().addListener(f -> bounded.leave(client)));
    return true;
  }

  /** Sets up a client's connection. */
  private final class Clients extends ChannelInitializer<Channel> {
    private final OpenListener open;

    Clients(OpenListener open) {
      this.open = open;
    }

    @Override
    protected void initChannel(Channel channel) {
      EventLoopState loop = loops.of(channel.eventLoop());
      EdgeListener listener = open.listener();
      // The end of TLS is close_notify, which ends both directions for most clients.
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, listener.tls().isEmpty());
      if (loop.isDraining()) {
        ChannelIo.close(channel);
        return;
      }
      if (!loop.places().hasRoom()) {
        runtime.counters().connectionsWithoutPlace.increment();
        ChannelIo.close(channel);
        return;
      }
      if (listener.proxies().contains(channel.remoteAddress())) {
        channel
            .pipeline()
            .addLast(loop.proxyInputs().handler(each -> behindProxy(each, listener, loop)));
      } else {
        behindProxy(channel, listener, loop);
      }
    }

    /** Adds the handlers for what a client itself sends. */
    private void behindProxy(Channel channel, EdgeListener listener, EventLoopState loop) {
      if (!isWithinItsSource(channel)) {
        runtime.counters().crowdedClients.increment();
        ChannelIo.close(channel);
        return;
      }
      if (listener.service().isPresent()) {
        channel.pipeline().addLast(loop.tcpClients().handler(listener.service().get()));
        return;
      }
      Optional<TlsContexts> tls = listener.tls();
      if (tls.isPresent()) {
        channel
            .pipeline()
            .addLast(
                new TlsInput(loop.inputMemory()),
                new AlpnSniHandler(
                    tls.get(),
                    MAX_CLIENT_HELLO_BYTES,
                    listener.http2(),
                    runtime.settings().timeouts().clients().tlsHandshakeMillis(),
                    new TcpByName(runtime.settings().tunnels(), loop.tcpClients()),
                    runtime.ports().challenges()));
      }
      channel
          .pipeline()
          .addLast(
              loop.clients()
                  .handler(
                      tls.isPresent() ? RequestHead.HTTPS : RequestHead.HTTP, listener.http2()));
    }
  }
}

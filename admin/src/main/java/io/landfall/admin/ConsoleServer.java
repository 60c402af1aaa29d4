package io.landfall.admin;

import io.landfall.core.SocketText;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/**
 * The console on a loopback address, for {@code landfall console}: what it reads comes over admin
 * sockets that not every user may open, so its path begins with a secret of its own.
 */
public final class ConsoleServer implements AutoCloseable {
  private static final int SECRET_BYTES = 16;
  private static final int CLOSE_SECONDS = 2;

  private final EventLoopGroup loop;
  private final Channel listener;
  private final String secret;

  private ConsoleServer(EventLoopGroup loop, Channel listener, String secret) {
    this.loop = loop;
    this.listener = listener;
    this.secret = secret;
  }

  /**
   * Binds and serves.
   *
   * @param listen a loopback address; port 0 for any that is free
   * @throws IOException with a sentence when that is no loopback address, or is in use
   */
  public static ConsoleServer start(InetSocketAddress listen, ConsoleSource source)
      throws IOException {
    if (listen.getAddress() == null || !listen.getAddress().isLoopbackAddress()) {
      throw new IOException(
          "the console listens on loopback only, and "
              + SocketText.of(listen)
              + " is not; from another machine use ssh -L");
    }
    byte[] random = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(random);
    String secret = HexFormat.of().formatHex(random);
    ConsoleApi api = new ConsoleApi(source);
    AdminHandler.Factory handlers =
        AdminHandler.overLoopback(request -> answer(api, "/" + secret, request));
    AdminConnections open = new AdminConnections();
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("landfall-console", true), NioIoHandler.newFactory());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    AdminHandler.addTo(channel, handlers, open);
                  }
                })
            .bind(listen)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException(
          "the console cannot listen on "
              + SocketText.of(listen)
              + ": "
              + SocketText.why(bound.cause()),
          bound.cause());
    }
    return new ConsoleServer(loop, bound.channel(), secret);
  }

  /** A page of the Internet that had its name point to loopback has another Host. */
  private static AdminAnswer answer(ConsoleApi api, String secret, AdminRequest request) {
    if (!(request.caller() instanceof AdminRequest.Caller.Loopback tcp)
        || !AdminApi.isLoopbackHost(tcp.hostHeader())) {
      return AdminAnswer.problem(
          403, "the Host header must name loopback: 127.0.0.1, [::1] or localhost");
    }
    String path = request.path();
    if (!path.startsWith(secret) || !ConsoleApi.answers(path.substring(secret.length()))) {
      return AdminAnswer.problem(
          404, "there is nothing here; use the whole address that landfall console printed");
    }
    return api.handle(request.at(path.substring(secret.length())));
  }

  /** The address of the page, with its secret. */
  public String url() {
    return "http://"
        + SocketText.of((InetSocketAddress) listener.localAddress())
        + "/"
        + secret
        + "/console/";
  }

  /** Stops serving. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}

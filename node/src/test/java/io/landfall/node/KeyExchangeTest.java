package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.edge.tls.ServerContexts;
import io.landfall.edge.tls.ServerNames;
import io.landfall.edge.tls.TlsStore;
import io.landfall.testkit.TrustingTls;
import io.landfall.transport.tls.Alpn;
import io.landfall.transport.tls.OverlayTls;
import io.landfall.trust.Credentials;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which groups of the key exchange are spoken, towards clients and between nodes. */
class KeyExchangeTest {
  private static final List<String> SPOKEN = List.of("X25519MLKEM768", "X25519", "P-256", "P-384");

  private final CertificateAuthority ca =
      CertificateAuthority.generate("Test", System.currentTimeMillis());
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static SslContext client(String group, Credentials own) throws SSLException {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.OPENSSL)
        .option(OpenSslContextOption.GROUPS, new String[] {group})
        .keyManager(own.key(), own.chain())
        .trustManager(TrustingTls.trusting())
        .endpointIdentificationAlgorithm(null)
        .protocols("TLSv1.3")
        .build();
  }

  /** Whether a client that has this group alone completes a handshake. */
  private boolean speaks(InetSocketAddress to, SslHandler handler) {
    Channel channel =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .handler(initializer(() -> handler))
            .connect(to)
            .syncUninterruptibly()
            .channel();
    boolean done = handler.handshakeFuture().awaitUninterruptibly(30_000);
    assertThat(done).isTrue();
    boolean success = handler.handshakeFuture().isSuccess();
    channel.close().syncUninterruptibly();
    return success;
  }

  private interface Handlers {
    SslHandler make();
  }

  private static ChannelInitializer<Channel> initializer(Handlers handlers) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(handlers.make());
      }
    };
  }

  @Test
  void theListsTowardsClientsAndBetweenNodesAreTheSameInTheSameOrder() {
    assertThat(ServerContexts.GROUPS).isEqualTo(SPOKEN);
    assertThat(OverlayTls.GROUPS).isEqualTo(SPOKEN);
  }

  @Test
  void clientsMayUseEachOfThem() throws Exception {
    Credentials own =
        ca.issue(
            CertificateRequest.site(
                List.of("shop.test"), System.currentTimeMillis(), TestWorld.DAY_MILLIS));
    if (!(ServerNames.of(
            List.of(new ServerNames.Identity(own.key(), own.chain())), ServerNames.Hosts.ANY, true)
        instanceof ServerNames.Result.Usable(ServerNames names))) {
      throw new AssertionError("unusable");
    }
    try (TlsServer server = new TlsServer(new TlsStore(names), 0)) {
      for (String group : SPOKEN) {
        assertThat(speaks(server.address(), handler(client(group, own)))).as(group).isTrue();
      }
      assertThat(speaks(server.address(), handler(client("P-521", own)))).isFalse();
    }
  }

  @Test
  void otherNodesMayUseEachOfThemForRequests() throws Exception {
    Credentials own = ca.issue(TestWorld.request("fra", 1));
    OverlayTls tls = new OverlayTls(own.key(), own.chain(), TrustingTls.trusting());
    Channel server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(initializer(() -> tls.accepting(Alpn.H2, ByteBufAllocator.DEFAULT)))
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    InetSocketAddress to = (InetSocketAddress) server.localAddress();
    for (String group : SPOKEN) {
      assertThat(speaks(to, handler(client(group, own)))).as(group).isTrue();
    }
    assertThat(speaks(to, handler(client("P-521", own)))).isFalse();
    server.close().syncUninterruptibly();
  }

  @Test
  void aNodeOffersThemForRequests() throws Exception {
    Credentials own = ca.issue(TestWorld.request("fra", 1));
    OverlayTls tls = new OverlayTls(own.key(), own.chain(), TrustingTls.trusting());
    for (String group : SPOKEN) {
      SslContext context =
          SslContextBuilder.forServer(own.key(), own.chain())
              .sslProvider(SslProvider.OPENSSL)
              .option(OpenSslContextOption.GROUPS, new String[] {group})
              .trustManager(TrustingTls.trusting())
              .clientAuth(ClientAuth.REQUIRE)
              .protocols("TLSv1.3")
              .build();
      Channel server =
          new ServerBootstrap()
              .group(loops)
              .channel(NioServerSocketChannel.class)
              .childHandler(initializer(() -> handler(context)))
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .syncUninterruptibly()
              .channel();
      InetSocketAddress to = (InetSocketAddress) server.localAddress();
      assertThat(speaks(to, tls.dialling(Alpn.H2, ByteBufAllocator.DEFAULT))).as(group).isTrue();
      server.close().syncUninterruptibly();
    }
  }

  private static SslHandler handler(SslContext context) {
    return context.newHandler(ByteBufAllocator.DEFAULT);
  }
}

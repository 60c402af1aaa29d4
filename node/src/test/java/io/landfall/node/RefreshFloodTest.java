package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.MedMapping;
import io.landfall.ingress.Announcement;
import io.landfall.ingress.AnycastPrefix;
import io.landfall.ingress.Ingress;
import io.landfall.ingress.IngressEvent;
import io.landfall.ingress.IngressSettings;
import io.landfall.ingress.ListenerLiveness;
import io.landfall.ingress.Upstream;
import io.landfall.node.peering.PeeringDriver;
import io.landfall.node.peering.ServiceHostSessions;
import io.landfall.node.peering.UpstreamSessions;
import io.landfall.overlay.servicehost.ServiceHost;
import io.landfall.overlay.servicehost.ServiceHostEvent;
import io.landfall.overlay.servicehost.ServiceHostsSettings;
import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import io.landfall.transport.OpenSockets;
import io.landfall.transport.Sockets;
import io.landfall.transport.tcp.BgpTcpSpec;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A service host and an upstream router that ask for their routes again and again and read none of
 * the answers, on real TCP connections: a bounded number of bytes waits for them, and the send hold
 * timer (RFC 9687) ends it.
 */
class RefreshFloodTest {
  /** What BgpTcpDialer calls full, and what one read is answered, counted as Netty does. */
  private static final long BOUND_BYTES = (256 + 128) * 1024;

  /**
   * 92 MB. A read of 64 KiB is answered by 16 KiB, so some 15 MB are read until the buffers of a
   * connection on loopback are full, which take 10 MB more.
   */
  private static final int REFRESHES = 4_000_000;

  private static final int REFRESHES_PER_WRITE = 1_000;
  private static final int HOLD_SECONDS = 3;
  private static final int HOST_AS = 65_007;
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final InetAddress HERE = InetAddress.ofLiteral("127.63.0.1");
  private static final InetAddress THERE = InetAddress.ofLiteral("127.63.0.2");

  private final EventLoopGroup loops = Sockets.loops(2, "test-flood");
  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicInteger refreshesTaken = new AtomicInteger();
  private final ControlLoop control = new ControlLoop(loops.next(), () -> broken.set(true));

  @AfterEach
  void end() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void aServiceHostThatReadsNoAnswerCostsABoundedNumberOfBytes() throws Exception {
    TreeMap<HostAddress, MedMapping> services = new TreeMap<>();
    services.put(BLOCK.parseHost("10.32.1.0"), MedMapping.DEFAULT);
    ServiceHostSessions sessions =
        new ServiceHostSessions(
            new ServiceHostsSettings(
                BLOCK,
                new Asn(BgpMessages.OVERLAY_ASN),
                Octets.ipv4("10.32.0.1"),
                HOLD_SECONDS,
                List.of(
                    new ServiceHost(
                        "web7",
                        new Asn(BgpMessages.OVERLAY_ASN),
                        SessionConfig.Opening.PASSIVE,
                        services))),
            Map.of("web7", spec(BgpTcpSpec.BGP_PORT)),
            new PeeringDriver.Host(loops, control),
            fact -> {});
    var bound =
        sessions.listen(new InetSocketAddress(HERE, 0), OpenSockets.NONE).syncUninterruptibly();
    ask(
        () -> {
          sessions.handle(new ServiceHostEvent.Start());
          return true;
        });
    try (Socket host = new Socket()) {
      host.setReceiveBufferSize(4_096);
      host.bind(new InetSocketAddress(THERE, 0));
      host.connect(bound.channel().localAddress());
      floods(
          host,
          sessions::unsentBytes,
          () -> sessions.view().getFirst().session().lastDown().map(down -> "" + down.code()));
    }
  }

  @Test
  void anUpstreamThatReadsNoAnswerCostsABoundedNumberOfBytes() throws Exception {
    try (ServerSocket router = new ServerSocket()) {
      router.setReceiveBufferSize(4_096);
      router.bind(new InetSocketAddress(THERE, 0));
      Upstream upstream =
          new Upstream(
              THERE,
              new Asn(HOST_AS),
              new Asn(BgpMessages.OVERLAY_ASN),
              Role.NONE,
              SessionConfig.RoleMode.LENIENT,
              new Announcement(0, List.of(), List.of(), OptionalLong.empty(), List.of()),
              new Upstream.Timing(HOLD_SECONDS, 2 * HOLD_SECONDS, 5));
      UpstreamSessions sessions =
          new UpstreamSessions(
              new Ingress(
                  new IngressSettings(
                      List.of(AnycastPrefix.parse("198.51.100.0/24", BLOCK)),
                      List.of(upstream),
                      Octets.ipv4("10.32.0.1"),
                      IngressSettings.DEFAULT_DRAIN_MILLIS,
                      0),
                  bound -> 0,
                  0),
              Map.of(upstream.name(), spec(router.getLocalPort())),
              new PeeringDriver.Host(loops, control),
              note -> {});
      ask(
          () -> {
            sessions.handle(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
            return true;
          });
      try (Socket accepted = router.accept()) {
        floods(
            accepted,
            sessions::unsentBytes,
            () -> sessions.view().upstreams().getFirst().lastReset().map(why -> why.split(" ")[3]));
      }
    }
  }

  private static BgpTcpSpec spec(int port) {
    return new BgpTcpSpec(
        new InetSocketAddress(THERE, port),
        Optional.empty(),
        Optional.empty(),
        0,
        BgpTcpSpec.Timeouts.DEFAULT);
  }

  private <T> T ask(Callable<T> question) {
    return control.ask(question).join();
  }

  private void floods(Socket peer, Supplier<Long> unsent, Supplier<Optional<String>> ended)
      throws IOException {
    peer.getOutputStream()
        .write(
            Octets.join(
                BgpBytes.openWithRefresh(Octets.ipv4("10.32.0.7")), BgpMessages.keepalive()));
    Thread.ofVirtual().start(() -> flood(peer));
    long[] most = new long[1];
    Await.until(
        "the stream is cut",
        () -> {
          most[0] = Math.max(most[0], ask(unsent::get));
          return ask(ended::get).isPresent();
        },
        () -> most[0] + " bytes");
    assertThat(ask(ended::get).orElseThrow()).startsWith("8");
    assertThat(most[0]).as("it was full").isGreaterThan(256 * 1024 - 1);
    assertThat(most[0]).isLessThan(BOUND_BYTES);
    // What the buffers of the two kernels hold is taken, and nothing that would have to be read.
    assertThat(refreshesTaken.get()).as("nothing is read meanwhile").isLessThan(REFRESHES);
    assertThat(broken.get()).isFalse();
  }

  private void flood(Socket peer) {
    byte[][] messages = new byte[REFRESHES_PER_WRITE + 1][];
    Arrays.fill(messages, BgpMessages.message(5, new byte[] {0, 1, 0, 1}));
    messages[REFRESHES_PER_WRITE] = BgpMessages.keepalive();
    byte[] write = Octets.join(messages);
    try {
      for (int sent = 0; sent < REFRESHES; sent += REFRESHES_PER_WRITE) {
        peer.getOutputStream().write(write);
        refreshesTaken.addAndGet(REFRESHES_PER_WRITE);
      }
    } catch (IOException e) {
      // Cut off, as it should be; the test sees why.
    }
  }
}

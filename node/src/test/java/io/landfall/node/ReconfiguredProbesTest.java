package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.HostPort;
import io.landfall.config.ServiceConfig;
import io.landfall.config.ServiceConfig.Backend;
import io.landfall.config.ServiceConfig.ProxyProtocol;
import io.landfall.control.ControlEvent;
import io.landfall.core.ServiceName;
import io.landfall.signal.BackendAddress;
import io.landfall.signal.ProbeSpec;
import io.landfall.signal.ProbeTicket;
import io.landfall.signal.SignalEffect;
import io.landfall.signal.SignalEvent;
import io.netty.channel.DefaultEventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Probes of services whose config changes. */
class ReconfiguredProbesTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final ProbeSpec TCP =
      new ProbeSpec(new ProbeSpec.Check.Tcp(), 10_000, 10_000, 2, 2);

  private final AtomicBoolean broken = new AtomicBoolean();
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final ControlLoop control = new ControlLoop(loop, () -> broken.set(true));
  private final BlockingQueue<ControlEvent> events = new LinkedBlockingQueue<>();
  private final Backends backends = new Backends(List.of(), Map.of(), Map.of(), 0);
  private final Probes probes = new Probes(control, backends, events::add, moved -> {}, 16_384);
  private List<ServiceConfig> config = List.of();
  private long attempts;

  @AfterEach
  void end() {
    probes.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static List<ServiceConfig> shop(Backend backend) {
    return List.of(
        new ServiceConfig(
            SHOP,
            TestWorld.BLOCK.host(256),
            List.of("shop.test"),
            List.of(),
            new ServiceConfig.Hosting(List.of(backend), Optional.empty(), 0, OptionalInt.empty()),
            Optional.empty(),
            Optional.empty()));
  }

  private static Backend tcp(String host, int port, ProxyProtocol proxy) {
    return new Backend(
        "tcp://" + host + ":" + port,
        new HostPort(host, port),
        false,
        1,
        ServiceConfig.Protocol.H1,
        proxy,
        Optional.empty());
  }

  /** As a change of the config does it; on the control thread. */
  private void change(List<ServiceConfig> other, Map<String, List<InetAddress>> addresses) {
    backends.configure(other, Map.of(), addresses, 1);
    probes.configure(config, other, Set.of());
    config = other;
  }

  private void probe(String host, int port) {
    probes.run(
        new SignalEffect.RunProbe(
            SHOP,
            new ProbeTicket(0, ++attempts),
            TCP,
            new BackendAddress(host, port),
            SignalEffect.Connection.NEW));
  }

  private void awaitResult() throws InterruptedException {
    ControlEvent given = events.poll(10, TimeUnit.SECONDS);
    assertThat(broken).isFalse();
    assertThat(given)
        .isInstanceOfSatisfying(
            ControlEvent.OfSignals.class,
            of -> assertThat(of.event()).isInstanceOf(SignalEvent.ProbeDone.class));
  }

  @Test
  void aServiceMayGoWhileTheAddressesOfItsBackendAreProbed()
      throws IOException, InterruptedException {
    try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"))) {
      int port = backend.getLocalPort();
      Map<String, List<InetAddress>> addresses =
          Map.of(
              "app.test",
              List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.3")));
      control.execute(
          () -> {
            change(shop(tcp("app.test", port, ProxyProtocol.NONE)), addresses);
            probe("app.test", port);
            change(List.of(), Map.of());
          });
      awaitResult();
      assertThat(control.ask(() -> "it goes on").join()).isEqualTo("it goes on");
      assertThat(broken).isFalse();
    }
  }

  @Test
  void aHeaderThatABackendGetsFromNowOnIsThatOfProbesToo()
      throws IOException, InterruptedException {
    try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"))) {
      int port = backend.getLocalPort();
      control.execute(
          () -> {
            change(shop(tcp("127.0.0.2", port, ProxyProtocol.NONE)), Map.of());
            probe("127.0.0.2", port);
          });
      awaitResult();
      assertThat(received(backend)).isEmpty();
      control.execute(
          () -> {
            change(shop(tcp("127.0.0.2", port, ProxyProtocol.V1)), Map.of());
            probe("127.0.0.2", port);
          });
      awaitResult();
      assertThat(received(backend)).isEqualTo("PROXY UNKNOWN\r\n");
    }
  }

  private static String received(ServerSocket backend) throws IOException {
    try (Socket probe = backend.accept()) {
      probe.setSoTimeout(10_000);
      return new String(probe.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}

package io.landfall.edge.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.OriginServer;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.RawClient;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to a TCP service by its port, here and at another site. */
class TcpServiceTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bytesPassBothWaysAndEachDirectionEndsByItself(boolean forwarded) throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (TcpBackend backend =
            new TcpBackend(
                socket -> {
                  // It sends first, and on after the client has ended.
                  socket.getOutputStream().write("220 ready\n".getBytes(ISO_8859_1));
                  byte[] all = socket.getInputStream().readAllBytes();
                  ended.countDown();
                  socket.getOutputStream().write(all);
                });
        TcpSites sites = new TcpSites(forwarded, backend)) {
      try (RawClient client = sites.client()) {
        assertThat(new String(client.readExactly(10), ISO_8859_1)).isEqualTo("220 ready\n");
        assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(1, 1, 0, 0, 0, 0));
        client.send("one").send("two");
        assertThat(ended.getCount()).isEqualTo(1);
        client.endOutput();
        assertThat(client.readToEnd()).asString(ISO_8859_1).isEqualTo("onetwo");
      }
      sites.awaitNone();
      DecisionRecord record = sites.landing.edge().decisions(1).getFirst();
      assertThat(record.reason()).isEqualTo(forwarded ? Reason.REMOTE_UP : Reason.LOCAL_UP);
      assertThat(record.request().method()).isEqualTo("TCP");
      assertThat(record.request().service()).contains(TestSite.SHOP);
      assertThat(record.status()).isEqualTo(101);
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(0, 1, 0, 0, 0, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAClientSendsAtOnceAndALotOfItArrivesWhole(boolean forwarded) {
    byte[] much = new byte[8 << 20];
    new Random(5).nextBytes(much);
    try (TcpBackend backend = TcpBackend.echo();
        TcpSites sites = new TcpSites(forwarded, backend)) {
      try (RawClient client = sites.client()) {
        Thread sender = Thread.ofVirtual().start(() -> client.send(much).endOutput());
        assertThat(client.readToEnd()).isEqualTo(much);
        assertThat(sender).satisfies(Thread::join);
      }
      sites.awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatEndedBeforeTheBackendIsConnectedIsServed(boolean forwarded) {
    try (TcpBackend backend = TcpBackend.echo();
        TcpSites sites = new TcpSites(forwarded, backend)) {
      try (RawClient client = sites.client()) {
        client.send("all of it").endOutput();
        assertThat(client.readToEnd()).asString(ISO_8859_1).isEqualTo("all of it");
      }
      sites.awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetOnOneSideIsOneOnTheOther(boolean forwarded) throws Exception {
    try (TcpBackend backend =
            new TcpBackend(
                socket -> {
                  if (socket.getInputStream().read() == 'r') {
                    socket.setSoLinger(true, 0);
                  } else {
                    socket.getInputStream().read();
                  }
                });
        TcpSites sites = new TcpSites(forwarded, backend)) {
      try (RawClient client = sites.client()) {
        client.send("r");
        assertThat(client.isReset()).isTrue();
      }
      try (RawClient client = sites.client()) {
        client.send("x");
        TestSite.await("the backend is connected", () -> backend.accepted.size() == 2);
        TestSite.await("it is open", () -> sites.tunnels().opened() == 2);
        client.reset();
        Socket there = backend.accepted.get(1);
        TestSite.await("its connection is over", there::isClosed);
      }
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isEqualTo(2);
    }
  }

  @Test
  void whereNoBackendTakesItTheConnectionIsReset() throws IOException {
    try (Socket held = refusing();
        TcpSites sites = new TcpSites(true, UnaryOperator.identity(), at(held))) {
      assertThat(sites.resets()).isTrue();
      sites.awaitNone();
      DecisionRecord record = sites.landing.edge().decisions(1).getFirst();
      assertThat(record.target()).isEqualTo("REFUSED");
      assertThat(record.status()).isEqualTo(502);
      TcpSites.publish(sites.landing, Signal.DOWN, new HostedService(List.of(), 9));
      assertThat(sites.resets()).isTrue();
      sites.landing.awaitLastDecision(Reason.NO_SITE);
    }
  }

  /** A port that is taken, so that nobody else can listen there, and refuses connections. */
  private static Socket refusing() throws IOException {
    Socket held = new Socket();
    held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return held;
  }

  private static List<OriginServer> at(Socket held) {
    return List.of(
        new OriginServer(
            new OriginPlace(
                (InetSocketAddress) held.getLocalSocketAddress(),
                Optional.empty(),
                OriginProtocol.TCP,
                ProxyProtocol.NONE),
            true,
            1));
  }

  @Test
  void anotherBackendOrSiteTakesItWhileNothingWasSent() {
    TcpBackend gone = TcpBackend.echo();
    gone.close();
    try (TcpBackend backend = TcpBackend.echo();
        TcpSites sites = new TcpSites(false, gone, backend)) {
      for (int i = 0; i < 4; i++) {
        echoes(sites.client());
      }
      // Here all are gone, and at the other site one is there.
      TcpSites.publish(
          sites.nyc,
          Signal.UP,
          new HostedService(TcpSites.places(ProxyProtocol.NONE, gone), 9),
          sites.fra.candidate(Signal.UP, 1));
      TcpSites.publish(
          sites.fra, Signal.UP, new HostedService(TcpSites.places(ProxyProtocol.NONE, backend), 9));
      echoes(sites.client());
    }
  }

  private static void echoes(RawClient client) {
    try (client) {
      client.send("ping").endOutput();
      assertThat(client.readToEnd()).asString(ISO_8859_1).isEqualTo("ping");
    }
  }

  @Test
  void aSilentTunnelEndsAndAFullNodeOrServiceTakesNoMore() {
    try (TcpBackend backend = TcpBackend.echo();
        TcpSites sites = new TcpSites(false, TcpSites.tcp(2), backend)) {
      try (RawClient first = sites.client();
          RawClient second = sites.client()) {
        TestSite.await("both are open", () -> sites.tunnels().open() == 2);
        assertThat(sites.resets()).isTrue();
        assertThat(sites.tunnels().refused()).isEqualTo(1);
        sites.landing.letPass(TcpSites.IDLE_MILLIS + 1_000);
        assertThat(first.isEnded()).isTrue();
        assertThat(second.isEnded()).isTrue();
      }
      sites.awaitNone();
      assertThat(sites.tunnels().idle()).isEqualTo(2);
      TcpSites.publish(
          sites.nyc, Signal.UP, new HostedService(TcpSites.places(ProxyProtocol.NONE, backend), 1));
      try (RawClient first = sites.client()) {
        first.send("x").readExactly(1);
        assertThat(sites.resets()).isTrue();
        sites.landing.awaitLastDecision(Reason.OVERLOADED);
      }
    }
  }

  @Test
  void whatABackendDoesNotReadWaitsAndArrives() {
    CountDownLatch go = new CountDownLatch(1);
    try (TcpBackend backend =
            new TcpBackend(
                socket -> {
                  try {
                    go.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  socket.getInputStream().transferTo(socket.getOutputStream());
                });
        TcpSites sites = new TcpSites(false, backend)) {
      byte[] much = new byte[16 << 20];
      try (RawClient client = sites.client()) {
        Thread sender = Thread.ofVirtual().start(() -> client.send(much).endOutput());
        TestSite.await("it is open", () -> sites.tunnels().open() == 1);
        go.countDown();
        assertThat(client.readToEnd()).hasSize(much.length);
        assertThat(sender).satisfies(Thread::join);
      }
      sites.awaitNone();
    }
  }

  @Test
  void aLeavingNodeKeepsItAndAStopEndsItInOrder() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (TcpBackend backend =
            new TcpBackend(
                socket -> {
                  socket.getInputStream().transferTo(socket.getOutputStream());
                  ended.countDown();
                });
        TcpSites sites = new TcpSites(false, backend);
        RawClient client = sites.client()) {
      assertThat(client.send("one").readExactly(3)).asString(ISO_8859_1).isEqualTo("one");
      sites.nyc.edge().leave();
      assertThat(client.send("two").readExactly(3)).asString(ISO_8859_1).isEqualTo("two");
      CompletableFuture<Long> cut = CompletableFuture.supplyAsync(sites.nyc.edge()::drain);
      TestSite.await("no more is accepted", () -> refuses(sites.nyc));
      assertThat(client.send("end").readExactly(3)).asString(ISO_8859_1).isEqualTo("end");
      sites.nyc.letPass(EdgeTimeouts.defaults().drainMillis() + 1_000);
      assertThat(cut.get(20, TimeUnit.SECONDS)).isPositive();
      assertThat(client.isReset()).isFalse();
      assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(sites.tunnels().broken()).isZero();
    }
  }

  /** Whether nobody listens there any more; a connection that was taken is left at once. */
  private static boolean refuses(TestSite site) {
    try (Socket socket = new Socket()) {
      socket.connect(site.http());
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bothSidesMayEndAtOnce(boolean forwarded) {
    try (TcpBackend backend = new TcpBackend(socket -> socket.getOutputStream().write('x'));
        TcpSites sites = new TcpSites(forwarded, backend)) {
      for (int i = 0; i < 20; i++) {
        try (RawClient client = sites.client()) {
          // The backend closes without having read, and so does the client.
          client.send("y");
        } catch (UncheckedIOException e) {
          // The backend's reset was here before the byte was sent.
          assertThat(e).hasRootCauseInstanceOf(SocketException.class);
        }
      }
      sites.awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theBackendMayGetTheClientsAddress(boolean forwarded) throws Exception {
    try (TcpBackend backend =
        new TcpBackend(
            socket -> {
              // Its header in version 1, as the client sees the rest.
              socket.getInputStream().transferTo(socket.getOutputStream());
            })) {
      List<OriginServer> places = TcpSites.places(ProxyProtocol.V1, backend);
      try (TcpSites sites = new TcpSites(forwarded, UnaryOperator.identity(), places);
          Socket socket = new Socket()) {
        socket.connect(sites.landing.http());
        ClientAddresses ends = TcpSites.ends(socket).orElseThrow();
        RawClient client = new RawClient(socket);
        assertThat(client.readLine())
            .isEqualTo(
                "PROXY TCP4 127.0.0.1 127.0.0.1 "
                    + ends.source().getPort()
                    + " "
                    + ends.destination().getPort());
        client.send("x");
        assertThat(client.readByte()).isEqualTo('x');
      }
    }
  }
}

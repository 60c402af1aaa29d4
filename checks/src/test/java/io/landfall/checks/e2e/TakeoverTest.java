package io.landfall.checks.e2e;

import static io.landfall.checks.e2e.TakeoverSite.CLIENTS_OF_FRA;
import static io.landfall.checks.e2e.TakeoverSite.CLIENTS_OF_NYC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.testkit.Await;
import io.landfall.testkit.TestRouter;
import io.landfall.transport.Sockets;
import io.landfall.transport.takeover.TakeoverLine;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A node whose process is replaced by another one under load, without losing a request. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TakeoverTest {
  /** How often the process is replaced; the soak of the issue is 20. */
  private static final int TAKEOVERS = Integer.getInteger("landfall.takeovers", 3);

  private static final int SOAK = 20;
  private static final int SOAK_REQUESTS = 10_000;

  private static final long ANSWER_MILLIS = 30_000;

  private TakeoverSite site;
  private Path folder;

  @BeforeAll
  void twoNodes(@TempDir Path dir) throws IOException {
    folder = dir;
    site = new TakeoverSite(dir);
  }

  @AfterAll
  void stop() throws IOException {
    site.close();
  }

  private void theRouterNoticedNothing() {
    assertThat(site.router.prefix()).isEqualTo(TestRouter.Prefix.USUAL);
    assertThat(site.router.told())
        .as("told to the router")
        .containsOnlyOnce("open")
        .doesNotContain("withdraw", "gshut", "cease");
  }

  @Test
  void nothingIsLostOverSeveralTakeovers() throws IOException {
    try (TakeoverClients clients = new TakeoverClients()) {
      clients.start(CLIENTS_OF_FRA, "shop.test");
      clients.start(CLIENTS_OF_FRA, "media.test");
      clients.start(CLIENTS_OF_NYC, "media.test");
      // A service that only the node has whose process is replaced: its requests wait at the other.
      clients.start(CLIENTS_OF_NYC, "shop.test");
      for (int i = 0; i < TAKEOVERS; i++) {
        try (TakeoverTransfers transfers = new TakeoverTransfers(CLIENTS_OF_FRA)) {
          long answered = clients.answered.get();
          try (NodeProcess before = site.replace()) {
            assertThat(before.isAlive()).as("it has requests to finish").isTrue();
            Await.until(
                "the new process serves",
                () -> clients.answered.get() > answered + 100,
                site::logs);
            transfers.finish();
            // A kept connection without a request keeps the process for shutdown.grace.
            transfers.closeConnections();
            assertThat(before.exitCode()).as("of the process before").isZero();
          }
        }
      }
      clients.stop();
      assertThat(clients.failures).as("of " + clients.answered + ", " + site.logs()).isEmpty();
      if (TAKEOVERS >= SOAK) {
        assertThat(clients.answered.get()).as("requests of the soak").isGreaterThan(SOAK_REQUESTS);
      }
      System.out.println(
          "takeovers: "
              + TAKEOVERS
              + ", requests: "
              + clients.answered
              + ", failed: 0, slowest: "
              + clients.slowestMillis()
              + " ms");
    }
    theRouterNoticedNothing();
    assertThat(metrics()).contains("landfall_");
    assertThat(TakeoverClients.serves(CLIENTS_OF_FRA, "media.test")).isTrue();
    Await.until("nyc forwards", () -> TakeoverClients.serves(CLIENTS_OF_NYC, "shop.test"));
  }

  private static String metrics() throws IOException {
    InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral("127.98.16.1"), 7603);
    try (Socket socket = TakeoverClients.connect(at)) {
      TakeoverClients.send(
          socket, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Where a new process dies: after this word of the conversation. */
  private enum Death {
    SOCKETS,
    YIELDED,
    SESSIONS
  }

  @Test
  void aProcessThatDiesOnTheWayHarmsNobody() throws IOException {
    int stays = 0;
    try (TakeoverClients clients = new TakeoverClients()) {
      clients.start(CLIENTS_OF_FRA, "shop.test");
      clients.start(CLIENTS_OF_NYC, "shop.test");
      for (Death death : Death.values()) {
        dieAt(death);
        stays++;
        int times = stays;
        NodeProcess old = site.fra;
        Await.until(
            "it goes on (" + death + ")",
            () -> old.log().split("this one stays", -1).length > times,
            site::logs);
        awaitAllBack(death.name());
      }
      clients.stop();
      assertThat(clients.failures).as(site.logs()).isEmpty();
    }
    theRouterNoticedNothing();
    NodeProcess before = site.replace();
    assertThat(before.exitCode()).isZero();
    theRouterNoticedNothing();
  }

  /** It could believe that it has taken over, so it is told before this one has all again. */
  @Test
  void oneThatIsNotBelievedIsToldBeforeThisOneGoesOn() throws IOException {
    EventLoopGroup loop = Sockets.loops(1, "takeover-test");
    Path socket = site.config.resolveSibling("node.sock.takeover");
    try (TakeoverLine line = TakeoverLine.connect(loop, socket)) {
      untilYielded(line);
      line.send("done"); // where "finish" was to come
      assertThat(line.receive(ANSWER_MILLIS)).startsWith("no 'finish' was to come");
      assertThatThrownBy(() -> line.receive(ANSWER_MILLIS)).hasMessageContaining("gone");
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
    awaitAllBack("not believed");
    theRouterNoticedNothing();
  }

  private void awaitAllBack(String behind) {
    Await.until(
        "the overlay is back (" + behind + ")",
        () ->
            TakeoverClients.serves(CLIENTS_OF_FRA, "media.test")
                && TakeoverClients.serves(CLIENTS_OF_NYC, "shop.test"),
        site::logs);
    Await.until(
        "its admin socket",
        () -> Files.exists(site.config.resolveSibling("node.sock")),
        site::logs);
  }

  private static void untilYielded(TakeoverLine line) throws IOException {
    line.send("landfall-takeover/1 fra/10.32.0.1/landfall.test");
    int sockets = line.receive(ANSWER_MILLIS).split(" ").length - 2;
    TakeoverLine.closeAll(line.ask("sockets", sockets, ANSWER_MILLIS));
    line.send("yield");
    assertThat(line.receive(ANSWER_MILLIS)).startsWith("yielded");
  }

  /** Ctrl-C in the shell of the new process, or a supervisor that gives up on it. */
  @Test
  void oneThatIsToldToStopOnTheWayLeavesTheNodeAsItIs() throws IOException {
    NodeProcess old = site.fra;
    try (TakeoverClients clients = new TakeoverClients();
        NodeProcess told = NodeProcess.takeOver(site.config, "told.log")) {
      clients.start(CLIENTS_OF_FRA, "shop.test");
      Await.until("it is asked", () -> old.log().contains("prepares to take over"), site::logs);
      told.signal("TERM");
      assertThat(told.exitCode()).as(told.log()).isEqualTo(1);
      assertThat(told.log()).contains("told to stop; the node that runs goes on");
      Await.until("this one goes on", () -> old.log().contains("this one stays"), site::logs);
      clients.stop();
      assertThat(clients.failures).as(site.logs()).isEmpty();
    }
    assertThat(old.isAlive()).isTrue();
    awaitAllBack("told to stop");
    theRouterNoticedNothing();
  }

  private void dieAt(Death death) throws IOException {
    EventLoopGroup loop = Sockets.loops(1, "takeover-test");
    Path socket = site.config.resolveSibling("node.sock.takeover");
    try (TakeoverLine line = TakeoverLine.connect(loop, socket)) {
      line.send("landfall-takeover/1 fra/10.32.0.1/landfall.test");
      String welcome = line.receive(ANSWER_MILLIS);
      assertThat(welcome).startsWith("welcome 1 ").contains("CLIENTS=127.98.16.1:7602");
      int sockets = welcome.split(" ").length - 2;
      TakeoverLine.closeAll(line.ask("sockets", sockets, ANSWER_MILLIS));
      if (death == Death.SOCKETS) {
        return;
      }
      line.send("yield");
      assertThat(line.receive(ANSWER_MILLIS)).startsWith("yielded");
      if (death == Death.YIELDED) {
        return;
      }
      line.send("finish");
      assertThat(line.receive(ANSWER_MILLIS)).startsWith("sessions 127.98.16.21,ff");
      TakeoverLine.closeAll(line.ask("sessions", 1, ANSWER_MILLIS));
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @Test
  void wrongUseIsRefusedWithItsReasonAndChangesNothing() throws IOException {
    EventLoopGroup loop = Sockets.loops(1, "takeover-test");
    Path socket = site.config.resolveSibling("node.sock.takeover");
    try (TakeoverLine other = TakeoverLine.connect(loop, socket)) {
      other.send("landfall-takeover/1 nyc/10.32.0.2/landfall.test");
      assertThat(other.receive(ANSWER_MILLIS))
          .isEqualTo("no it is fra/10.32.0.1/landfall.test, not nyc/10.32.0.2/landfall.test");
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
    Path alone = Files.createDirectories(folder.resolve("alone"));
    Path config =
        Files.writeString(
            alone.resolve("node.yaml"), Files.readString(site.config).replace("7601", "7604"));
    try (NodeProcess none = NodeProcess.takeOver(config, "none.log")) {
      assertThat(none.exitCode()).isEqualTo(1);
      assertThat(none.log())
          .contains("--takeover: nothing listens at ", "node.sock.takeover", "start without");
    }
    assertThat(TakeoverClients.serves(CLIENTS_OF_FRA, "shop.test")).isTrue();
  }
}

package io.landfall.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.transport.TestOwner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain TCP to a router, on loopback against the JDK's own sockets. */
class BgpTcpDialerTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir Path dir;

  private final TestOwner owner = new TestOwner();
  private final BgpTcpDialer dialer = new BgpTcpDialer(owner.loops(), owner);
  private final Recorder recorder = new Recorder();

  @AfterEach
  void end() {
    owner.close();
  }

  @Test
  void carriesBytesBothWaysOnTheOwnersThread() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      dialer.dial(spec(server.getLocalPort(), 0, 2_000), recorder);
      try (Socket router = server.accept()) {
        BgpTcpConnection connection = recorder.connection();
        assertThat(connection.localAddress()).isEqualTo(LOOPBACK);
        connection.write("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(router.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
        router.getOutputStream().write("world".getBytes(StandardCharsets.UTF_8));
        assertThat(recorder.next()).startsWith("received world on test-owner");
      }
      assertThat(recorder.next()).startsWith("closed");
    }
  }

  /** A NOTIFICATION must arrive although the router was still sending when we closed. */
  @Test
  void closingSendsEverythingFirstEvenOverUnreadBytes() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      dialer.dial(spec(server.getLocalPort(), 0, 2_000), recorder);
      try (Socket router = server.accept()) {
        BgpTcpConnection connection = recorder.connection();
        router.getOutputStream().write(new byte[200_000]);
        byte[] last = new byte[100_000];
        last[last.length - 1] = 42;
        connection.write(last);
        connection.close();
        assertThat(router.getInputStream().readAllBytes()).isEqualTo(last);
      }
      String event = recorder.next();
      while (event.startsWith("received")) {
        event = recorder.next();
      }
      assertThat(event).isEqualTo("closed: closed by us");
    }
  }

  @Test
  void aRefusedConnectionIsAnAnswerAndNoException() throws Exception {
    int unused;
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      unused = server.getLocalPort();
    }
    dialer.dial(spec(unused, 0, 2_000), recorder);

    assertThat(recorder.next()).startsWith("failed").contains("refused");
  }

  /** Segments with a key that the other side does not have are dropped without a word. */
  @Test
  void aTimeoutTellsThatTheKeysOfBothSidesMayDiffer() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      BgpTcpSpec keyed =
          new BgpTcpSpec(
              new InetSocketAddress(LOOPBACK, server.getLocalPort()),
              Optional.empty(),
              Optional.of(new BgpTcpSpec.Md5Key("swordfish".getBytes(StandardCharsets.UTF_8))),
              0,
              new BgpTcpSpec.Timeouts(300, 0));
      dialer.dial(keyed, recorder);
      assertThat(recorder.next()).startsWith("failed").contains("is the key of password-file");

      // The other way round it looks the same.
      dialer.dial(spec(server.getLocalPort(), 1, 300), recorder);
      assertThat(recorder.next()).startsWith("failed").contains("want a TCP MD5 key");
    }
  }

  /** The canary of GTSM: a peer whose packets do not have the full hop limit is not heard. */
  @Test
  void withTtlSecurityAPeerWithAnOrdinaryHopLimitIsNotHeard() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      dialer.dial(spec(server.getLocalPort(), 1, 300), recorder);

      assertThat(recorder.next()).startsWith("failed").contains("timed out");
    }
  }

  /** Loopback peers send with hop limit 64: within reach at 192 hops, and not at 191. */
  @Test
  void aRouterWithinTheAllowedHopsIsHeardAndOneBeyondThemIsNot() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      dialer.dial(spec(server.getLocalPort(), 191, 300), recorder);
      assertThat(recorder.next()).startsWith("failed").contains("timed out");

      dialer.dial(spec(server.getLocalPort(), 192, 2_000), recorder);
      assertThat(recorder.connection().localAddress()).isEqualTo(LOOPBACK);
    }
  }

  @Test
  void aPasswordFileIsItsFirstLineAndIsNotShown() throws IOException {
    Path file = dir.resolve("up1.key");
    Files.writeString(file, "swordfish\r\nsecond line\n");
    assertThat(PasswordFile.read(file))
        .isEqualTo(new BgpTcpSpec.Md5Key("swordfish".getBytes(StandardCharsets.UTF_8)))
        .asString()
        .doesNotContain("sword");

    Files.writeString(file, "\n");
    assertThatThrownBy(() -> PasswordFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("up1.key")
        .hasMessageContaining("1..80");
    Files.writeString(file, "x".repeat(81));
    assertThatThrownBy(() -> PasswordFile.read(file)).hasMessageContaining("not 81");
    Files.writeString(file, "x".repeat(5_000));
    assertThatThrownBy(() -> PasswordFile.read(file)).hasMessageContaining("too long");
  }

  @Test
  void endsOfTwoFamiliesNeverMeet() throws IOException {
    InetAddress ipv6 = InetAddress.getByAddress(new byte[16]);
    assertThatThrownBy(
            () ->
                new BgpTcpSpec(
                    new InetSocketAddress(LOOPBACK, 179),
                    Optional.of(ipv6),
                    Optional.empty(),
                    0,
                    BgpTcpSpec.Timeouts.DEFAULT))
        .hasMessageContaining("family");
  }

  private static BgpTcpSpec spec(int port, int ttlSecurityHops, int connectMillis) {
    return new BgpTcpSpec(
        new InetSocketAddress(LOOPBACK, port),
        Optional.of(LOOPBACK),
        Optional.empty(),
        ttlSecurityHops,
        new BgpTcpSpec.Timeouts(connectMillis, 5_000));
  }

  /** Everything that a dial says, as text in order. */
  private static final class Recorder implements BgpTcpListener {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<BgpTcpConnection> connections = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      String event = events.poll(20, TimeUnit.SECONDS);
      return event == null ? "nothing" : event;
    }

    BgpTcpConnection connection() throws InterruptedException {
      BgpTcpConnection connection = connections.poll(20, TimeUnit.SECONDS);
      if (connection == null) {
        throw new AssertionError("no connection: " + events);
      }
      return connection;
    }

    @Override
    public void connected(BgpTcpConnection connection) {
      connections.add(connection);
    }

    @Override
    public void connectFailed(String why) {
      events.add("failed: " + why);
    }

    @Override
    public void received(BgpTcpConnection connection, byte[] bytes) {
      events.add(
          "received "
              + new String(bytes, StandardCharsets.UTF_8)
              + " on "
              + Thread.currentThread().getName());
    }

    @Override
    public void writable(BgpTcpConnection connection) {
      events.add("writable");
    }

    @Override
    public void closed(BgpTcpConnection connection, String why) {
      events.add("closed: " + why);
    }
  }
}

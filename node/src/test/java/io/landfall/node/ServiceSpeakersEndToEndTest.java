package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service host beside one node, by a real socket, seen in the table of another node. */
class ServiceSpeakersEndToEndTest {
  private static final String FRA = "10.32.0.1";
  private static final int DEADLINE_MILLIS = 30_000;

  @TempDir Path folder;
  private TestWorld world;

  @BeforeEach
  void start() {
    world = new TestWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  /** Speaks iBGP from an address of its own; what it hears is kept by message type. */
  private static final class Speaker implements AutoCloseable {
    final List<Integer> heard = new CopyOnWriteArrayList<>();
    private final Socket socket;

    private Speaker(Socket socket) {
      this.socket = socket;
      Thread.ofVirtual().start(this::read);
    }

    static Speaker dials(InetAddress from, InetSocketAddress node) {
      try {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(node, DEADLINE_MILLIS);
        return new Speaker(socket);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static Speaker takes(ServerSocket listener) {
      try {
        listener.setSoTimeout(DEADLINE_MILLIS);
        return new Speaker(listener.accept());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void read() {
      try {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
          in.skipNBytes(16);
          int length = in.readUnsignedShort();
          heard.add(in.readUnsignedByte());
          in.skipNBytes(length - 19);
        }
      } catch (IOException e) {
        heard.add(0);
      }
    }

    void say(byte[]... messages) {
      try {
        for (byte[] message : messages) {
          socket.getOutputStream().write(message);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean isEnded() {
      return heard.contains(0);
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void aHostsWordReachesAnotherNodeAndEverythingElseIsShownAndRefused() {
    TestSite fra = world.site("fra", 1);
    TestSite nyc = world.site("nyc", 2);
    InetSocketAddress listen = world.free(1);
    InetAddress web7 = world.address(1, 7);
    fra.hosts(
        "shop",
        10,
        "probe: {tcp: true, interval: 300ms, timeout: 300ms}\n    tier: 5\n    bgp: {hosts: [web7]}",
        world.origin("at fra", 1));
    fra.config(
        "service-bgp: {listen: \"%s\", hosts: {web7: {address: %s}}}"
            .formatted(TestSite.text(listen), web7.getHostAddress()));
    nyc.knows("shop", 10).dials(fra.overlay);
    fra.dials(nyc.overlay).start();
    nyc.start().awaitAdjacency("fra");
    assertThat(nyc.nextHops(10)).as("healthy, but nobody said so").isEmpty();

    try (Speaker stranger = Speaker.dials(world.address(1, 8), listen)) {
      Poll.until("a stranger is closed", stranger::isEnded, () -> "" + stranger.heard);
      assertThat(stranger.heard).as("not one byte").containsExactly(0);
    }
    try (Speaker speaker = Speaker.dials(web7, listen)) {
      speaker.say(BgpBytes.open(7), BgpBytes.keepalive());
      speaker.say(
          BgpBytes.announce(
              "203.0.113.99",
              BgpBytes.prefix("10.32.1.10/32"),
              BgpBytes.prefix("10.32.1.11/32"),
              BgpBytes.prefix("0.0.0.0/0")));
      nyc.awaitNextHops(10, FRA);
      assertThat(nyc.show("show/routes")).contains("\"tier\":5").doesNotContain("10.32.1.11");
      assertThat(fra.refused("web7", "not-configured-for-this-host")).isEqualTo(1);
      assertThat(fra.refused("web7", "default-route")).isEqualTo(1);
      assertThat(fra.peer("web7")).containsEntry("kind", "service");
      assertThat(fra.peer("nyc")).containsEntry("kind", "node");
      assertThat(fra.show("show/services"))
          .contains("\"host\":\"web7\",\"session\":\"established\",\"says\":\"UP\",\"med\":0");
      speaker.say(BgpBytes.withdraw(BgpBytes.prefix("10.32.1.10/32")));
      nyc.awaitNextHops(10);
      speaker.say(BgpBytes.announce("10.0.0.7", BgpBytes.prefix("10.32.1.10/32")));
      nyc.awaitNextHops(10, FRA);
      assertThat(speaker.heard).as("OPEN, KEEPALIVEs and one End-of-RIB").doesNotContain(3, 0);
      assertThat(speaker.heard.stream().filter(type -> type == BgpBytes.UPDATE)).hasSize(1);
    }
    nyc.awaitNextHops(10);
    assertThat(fra.show("show/services")).contains("its session is gone");
  }

  @Test
  void aHostIsDialledAgainAfterItsSessionIsLostAndHearsWhyTheNodeStops() throws IOException {
    InetAddress web7 = world.address(1, 7);
    try (ServerSocket listener = new ServerSocket(0, 4, web7)) {
      TestSite fra =
          world
              .site("fra", 1)
              .hosts("shop", 10, "bgp: {hosts: [web7]}", world.origin("at fra", 1))
              .config(
                  "service-bgp: {hosts: {web7: {address: %s, port: %d, dial: true}}}"
                      .formatted(web7.getHostAddress(), listener.getLocalPort()))
              .start();
      try (Speaker first = Speaker.takes(listener)) {
        first.say(BgpBytes.open(7), BgpBytes.keepalive());
        first.say(BgpBytes.announce("10.0.0.7", BgpBytes.prefix("10.32.1.10/32")));
        fra.awaitNextHops(10, FRA);
      }
      fra.awaitNextHops(10);
      try (Speaker second = Speaker.takes(listener)) {
        second.say(BgpBytes.open(7), BgpBytes.keepalive());
        second.say(BgpBytes.announce("10.0.0.7", BgpBytes.prefix("10.32.1.10/32")));
        fra.awaitNextHops(10, FRA);
        fra.close();
        Poll.until("a NOTIFICATION", () -> second.heard.contains(3), () -> "" + second.heard);
      }
    }
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service host beside one node, by a real socket, seen in the table of another node. */
class ServiceHostsEndToEndTest {
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
      Await.until("a stranger is closed", stranger::isEnded, () -> "" + stranger.heard);
      assertThat(stranger.heard).as("not one byte").containsExactly(0);
    }
    try (Speaker speaker = Speaker.dials(web7, listen)) {
      speaker.say(BgpBytes.open(7), BgpMessages.keepalive());
      speaker.say(
          BgpBytes.announce(
              "203.0.113.99",
              BgpMessages.prefix("10.32.1.10/32"),
              BgpMessages.prefix("10.32.1.11/32"),
              BgpMessages.prefix("0.0.0.0/0")));
      nyc.awaitNextHops(10, FRA);
      assertThat(nyc.show("show/routes")).contains("\"tier\":5").doesNotContain("10.32.1.11");
      assertThat(fra.refused("web7", "not-configured-for-this-host")).isEqualTo(1);
      assertThat(fra.refused("web7", "default-route")).isEqualTo(1);
      assertThat(fra.peer("web7")).containsEntry("kind", "service");
      assertThat(fra.peer("nyc")).containsEntry("kind", "node");
      assertThat(fra.show("show/services"))
          .contains("\"host\":\"web7\",\"session\":\"established\",\"says\":\"UP\",\"med\":0");
      isShownLikeAPeer(fra, web7.getHostAddress());
      isNotTakenForAPeerWithRoutes(fra);
      speaker.say(BgpMessages.withdraw(BgpMessages.prefix("10.32.1.10/32")));
      nyc.awaitNextHops(10);
      speaker.say(BgpBytes.announce("10.0.0.7", BgpMessages.prefix("10.32.1.10/32")));
      nyc.awaitNextHops(10, FRA);
      assertThat(speaker.heard).as("OPEN, KEEPALIVEs and one End-of-RIB").doesNotContain(3, 0);
      assertThat(speaker.heard.stream().filter(type -> type == BgpMessages.UPDATE)).hasSize(1);
    }
    nyc.awaitNextHops(10);
    assertThat(fra.show("show/services")).contains("its session is gone");
  }

  private static Map<String, Object> look(TestSite site, String what) {
    return ParsedJson.object(ParsedJson.parse(site.show("show/" + what)));
  }

  private static void isShownLikeAPeer(TestSite fra, String address) {
    Map<String, Object> shown = look(fra, "peers?peer=web7");
    assertThat(shown)
        .containsEntry("name", "web7")
        .containsEntry("identity", address)
        .containsEntry("relation", "service-host")
        .containsEntry("state", "established")
        .containsEntry("endpoint", address)
        .containsEntry("asn", 4_200_000_000L)
        .containsEntry("identifier", "0.0.0.7")
        .containsEntry("timesEstablished", 1L)
        .containsEntry("lastReset", "null");
    assertThat(shown.keySet())
        .as("what a node has, and its word")
        .containsAll(look(fra, "peers?peer=nyc").keySet())
        .contains("services");
    assertThat(shown.get("holdTime"))
        .asString()
        .contains("theirsSeconds=90", "negotiatedSeconds=9");
    assertThat(shown.get("capabilities")).asString().contains("both=[multiprotocol ipv4-unicast");
    assertThat(shown.get("routes")).asString().contains("accepted=1, refused=2");
    assertThat(ParsedJson.rows(shown.getOrDefault("services", List.of())))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .containsEntry("service", "shop")
                    .containsEntry("identity", "10.32.1.10")
                    .containsEntry("says", "UP")
                    .containsEntry("med", 0L)
                    .containsEntry("tier", 0L));
    assertThat(look(fra, "peers?peer=" + address)).containsEntry("name", "web7");

    Map<String, Object> refused = look(fra, "refused?peer=web7");
    assertThat(refused)
        .containsEntry("peer", "web7")
        .containsEntry("identity", address)
        .containsEntry("total", 2L)
        .containsEntry("routes", List.of());
    assertThat(ParsedJson.rows(refused.getOrDefault("rules", List.of())))
        .extracting(row -> row.get("reason") + " " + row.get("rule") + " " + row.get("count"))
        .containsExactly("1 default-route 1", "30 not-configured-for-this-host 1");
    assertThat(ParsedJson.rows(refused.getOrDefault("recent", List.of())))
        .extracting(row -> row.get("what") + " " + row.get("count"))
        .containsExactlyInAnyOrder("0.0.0.0/0 1", "10.32.1.11/32 1");
  }

  private static void isNotTakenForAPeerWithRoutes(TestSite fra) {
    for (String view : List.of("peers", "refused")) {
      HttpWire.Answer unknown =
          HttpWire.get(fra.socket(), "localhost", "/v1/show/" + view + "?peer=zzzz");
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.body()).contains("there is no peer 'zzzz'; there are nyc, web7");
    }
    assertThat(HttpWire.get(fra.socket(), "localhost", "/v1/show/peers?peer=web8").body())
        .contains("did you mean web7?");
    HttpWire.Answer routes = HttpWire.get(fra.socket(), "localhost", "/v1/show/routes?from=web7");
    assertThat(routes.status()).isEqualTo(404);
    assertThat(routes.body()).contains("'web7' is a service host: it has no routes");
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
        first.say(BgpBytes.open(7), BgpMessages.keepalive());
        first.say(BgpBytes.announce("10.0.0.7", BgpMessages.prefix("10.32.1.10/32")));
        fra.awaitNextHops(10, FRA);
      }
      fra.awaitNextHops(10);
      try (Speaker second = Speaker.takes(listener)) {
        second.say(BgpBytes.open(7), BgpMessages.keepalive());
        second.say(BgpBytes.announce("10.0.0.7", BgpMessages.prefix("10.32.1.10/32")));
        fra.awaitNextHops(10, FRA);
        Map<String, Object> shown = look(fra, "peers?peer=web7");
        assertThat(shown)
            .containsEntry("endpoint", web7.getHostAddress() + ":" + listener.getLocalPort())
            .containsEntry("timesEstablished", 2L)
            .containsEntry("flaps", 1L);
        assertThat(shown.get("lastReset"))
            .as("kept though it is back")
            .asString()
            .contains("by=connection");
        fra.close();
        Await.until("a NOTIFICATION", () -> second.heard.contains(3), () -> "" + second.heard);
      }
    }
  }
}

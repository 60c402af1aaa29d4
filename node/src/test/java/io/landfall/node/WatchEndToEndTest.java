package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.node.watch.BmpSink;
import io.landfall.node.watch.BmpSink.Message;
import io.landfall.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes that are watched, with their config as an operator would write it. */
class WatchEndToEndTest {
  @TempDir Path folder;

  private TestWorld world;
  private BmpSink sink;

  @BeforeEach
  void begin() {
    world = new TestWorld(folder);
    sink = BmpSink.onLoopback();
  }

  @AfterEach
  void end() {
    world.close();
    sink.close();
  }

  private static byte[] host(String address) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    return ByteBuffer.allocate(5).put((byte) 32).put(bytes).array();
  }

  private boolean heard(int type, boolean locRib, byte[] part) {
    return sink.connections.stream()
        .flatMap(c -> c.of(type).stream())
        .anyMatch(m -> m.isLocRib() == locRib && m.contains(part));
  }

  private void awaitHeard(String what, int type, boolean locRib, byte[] part) {
    Await.until(what, () -> heard(type, locRib, part), () -> sink);
  }

  @Test
  void aStationSeesPeersRoutesAndTheEndOfBoth() {
    TestOrigin backend = world.origin("b", 2);
    TestSite fra =
        world
            .site("fra", 1)
            .knows("shop", 10)
            .config(
                "watch: {bmp: [{station: \"%s\", statistics-interval: 1s}]}"
                    .formatted(TestSite.text(sink.address())));
    TestSite nyc = world.site("nyc", 2).hosts("shop", 10, backend).dials(fra.overlay);
    fra.start();
    nyc.start();
    fra.awaitNextHops(10, "10.32.0.2");

    // Its BGP Identifier, in the Per-Peer Header and in its OPEN.
    awaitHeard("nyc is up", Message.UP, false, new byte[] {10, 32, 0, 2});
    awaitHeard("what nyc says", Message.ROUTES, false, host("10.32.1.10"));
    awaitHeard("what fra knows", Message.ROUTES, true, host("10.32.1.10"));
    awaitHeard("fra itself", Message.ROUTES, true, host("10.32.0.1"));
    awaitHeard("counts", Message.STATISTICS, false, new byte[0]);
    assertThat(heard(Message.ROUTES, false, host("10.32.0.1"))).isFalse();

    nyc.close();
    byte[] words = "node nyc stops".getBytes(StandardCharsets.UTF_8);
    awaitHeard("nyc's last words", Message.DOWN, false, words);
    fra.close();
    Await.until(
        "goodbye",
        () ->
            sink.connections.getFirst().ended
                && sink.connections.getFirst().messages.getLast().type() == Message.TERMINATION,
        () -> sink);
  }

  @Test
  void neitherAMissingStationNorAMissingFolderTouchesTheNode() throws IOException {
    sink.close();
    try (CapturedLog log = new CapturedLog()) {
      TestSite fra =
          world
              .site("fra", 1)
              .config(
                  "watch: {bmp: [{station: \"%s\"}], mrt: {updates: missing/u.mrt, table: t.mrt, rotate: 1s}}"
                      .formatted(TestSite.text(sink.address())));
      TestSite nyc = world.site("nyc", 2).dials(fra.overlay);
      fra.start();
      nyc.start();
      fra.awaitAdjacency("nyc");
      Await.until(
          "the station is missed",
          () -> !log.with("bmp station unreachable").isEmpty(),
          () -> "no such line");
      Await.until(
          "the folder is missed",
          () -> !log.with("mrt file not written").isEmpty(),
          () -> "no line");
      Await.until(
          "the table is written all the same",
          () -> Files.exists(folder.resolve("fra1/t.mrt")),
          () -> "no file");
      assertThat(fra.hasAdjacency("nyc")).isTrue();
    }
  }

  @Test
  void aDumpComesThroughTheAdminSocketByteForByteWithoutAnyWatchInTheConfig() throws IOException {
    TestSite fra = world.site("fra", 1).start();
    Await.until("it has a route", () -> !fra.table().isEmpty(), () -> "no route");
    byte[] response = get(folder.resolve("fra1/node.sock"), "/v1/dump/mrt");
    String text = new String(response, StandardCharsets.ISO_8859_1);
    assertThat(text).startsWith("HTTP/1.1 200").contains("application/octet-stream");
    int at = text.indexOf("\r\n\r\n") + 4;
    ByteBuffer mrt = ByteBuffer.wrap(Arrays.copyOfRange(response, at, response.length));
    assertThat(mrt.getInt(4)).as("TABLE_DUMP_V2, PEER_INDEX_TABLE").isEqualTo(0x000d0001);
    int second = 12 + mrt.getInt(8);
    assertThat(mrt.getInt(second + 4)).as("RIB_IPV4_UNICAST").isEqualTo(0x000d0002);
    assertThat(mrt.getInt(second + 8) + 12).as("and no more").isEqualTo(mrt.limit() - second);
    assertThat(text.substring(at)).contains("fra");
  }

  private static byte[] get(Path socket, String path) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (channel.read(buffer) >= 0) {
        all.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      return all.toByteArray();
    }
  }
}

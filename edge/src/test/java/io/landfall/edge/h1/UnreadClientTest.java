package io.landfall.edge.h1;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.loop.WaterMarks;
import io.landfall.edge.server.EmbeddedEdge;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that pipelines requests without end and reads nothing: what it may make us hold. */
@ExtendWith(UnreadChannel.Closed.class)
class UnreadClientTest {
  /** What one connection may hold: what waits for the client, one answer, and one read. */
  private static final long MOST_BYTES = WaterMarks.HIGH_BYTES + 96 * 1024;

  private static final int READ_BYTES = 64 * 1024;
  private static final int SENT_BYTES = 1 << 20;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: shop.test\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n",
      })
  void answersMadeHereThatNobodyReadsStopTheReading(String request) {
    UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).client();
    byte[] sent = repeated(request, SENT_BYTES);
    int read = channel.deliver(sent, 0, READ_BYTES);
    assertThat(channel.peakBytes()).isLessThan(MOST_BYTES);
    assertThat(channel.waitingBytes()).isLessThan(MOST_BYTES);
    assertThat(read).isLessThan(4 * READ_BYTES);
    channel.finishAndReleaseAll();
  }

  @Test
  void allAreAnsweredInTheEndWhenTheClientReadsAfterAll() {
    UnreadChannel channel = new EmbeddedEdge(EdgeLimits.defaults()).client();
    int requests = 5_000;
    String request = "HEAD / HTTP/1.1\r\nHost: unknown.test\r\n\r\n";
    byte[] sent = request.repeat(requests).getBytes(StandardCharsets.US_ASCII);
    int at = 0;
    while (at < sent.length || channel.waitingBytes() > 0) {
      at += channel.deliver(sent, at, 1000);
      channel.take(50_000);
    }
    // Of all together, since a take may end within a status line.
    assertThat(count(channel.taken(), "HTTP/1.1 421 ")).isEqualTo(requests);
    assertThat(channel.peakBytes()).isLessThan(MOST_BYTES);
    assertThat(channel.isOpen()).isTrue();
    assertThat(channel.heldBytes()).isZero();
    channel.finishAndReleaseAll();
  }

  @Test
  void otherClientsAreServedWhileSomeDoNotRead() throws IOException {
    try (TestBackend backend = TestBackend.saying("ok");
        TestSite fra = new TestSite("fra", 1, TestSite.patient())) {
      fra.publish(Signal.UP, backends(backend));
      List<SocketChannel> unread = new ArrayList<>();
      String request = "HEAD / HTTP/1.1\r\nHost: unknown.test\r\n\r\n";
      byte[] sent = repeated(request, 4 << 20);
      for (int i = 0; i < 3; i++) {
        SocketChannel client = SocketChannel.open(fra.http());
        client.configureBlocking(false);
        unread.add(client);
      }
      List<ByteBuffer> rest = new ArrayList<>();
      unread.forEach(c -> rest.add(ByteBuffer.wrap(sent)));
      for (int round = 0; round < 50; round++) {
        for (int i = 0; i < unread.size(); i++) {
          var _ = unread.get(i).write(rest.get(i));
        }
        assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("ok");
      }
      long answered =
          fra.edge().traffic().services().getFirst().reasons().values().stream()
              .mapToLong(Long::longValue)
              .sum();
      assertThat(answered).isLessThan(unread.size() * (long) sent.length / request.length() / 2);
      for (SocketChannel client : unread) {
        client.close();
      }
    }
  }

  @Test
  void clientsThatDoNotReadForwardedBodiesDoNotStopTheOthers() throws IOException {
    byte[] piece = new byte[64 * 1024];
    int pieces = 256;
    TestBackend.Behaviour large =
        (request, in, out) -> {
          if (!request.line().contains("/large")) {
            return TestBackend.ok(out, "ok");
          }
          TestBackend.raw(
              out, "HTTP/1.1 200 OK\r\nContent-Length: " + piece.length * pieces + "\r\n\r\n");
          for (int i = 0; i < pieces; i++) {
            out.write(piece);
          }
          return true;
        };
    List<SocketChannel> unread = new ArrayList<>();
    try (TestBackend backend = new TestBackend(large);
        TestSite fra = new TestSite("fra", 1, TestSite.patient());
        TestSite nyc = new TestSite("nyc", 2, TestSite.patient())) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      byte[] get =
          "GET /large HTTP/1.1\r\nHost: shop.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 48; i++) {
        SocketChannel client = SocketChannel.open();
        client.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        client.connect(fra.http());
        assertThat(client.write(ByteBuffer.wrap(get))).isEqualTo(get.length);
        unread.add(client);
      }
      TestSite.await(
          "those that stand still for longest give way", () -> fra.edge().stats().aborted() >= 8);
      for (int i = 0; i < 20; i++) {
        assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("ok");
      }
    } finally {
      for (SocketChannel client : unread) {
        client.close();
      }
    }
  }

  private static byte[] repeated(String request, int bytes) {
    return request.repeat(bytes / request.length() + 1).getBytes(StandardCharsets.US_ASCII);
  }

  private static long count(byte[] bytes, String text) {
    return (long) new String(bytes, StandardCharsets.ISO_8859_1).split(text, -1).length - 1;
  }
}

package io.landfall.edge.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.UnreadChannel;
import io.landfall.edge.server.EmbeddedEdge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Heads that never end, of many clients: what they may take, and whose place is taken first. */
@ExtendWith(UnreadChannel.Closed.class)
class InputMemoryTest {
  private static final int HEAD_BYTES = 16 * 1024;
  private static final long MOST_BYTES = 20L * HEAD_BYTES;
  private static final String GET = "GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n";

  private final EmbeddedEdge edge = EmbeddedEdge.withInputMemory(MOST_BYTES);
  private final EdgeLoop loop = edge.loop();
  private final List<UnreadChannel> clients = new ArrayList<>();

  private UnreadChannel client(String sent) {
    UnreadChannel client = edge.client(loop);
    client.take(Integer.MAX_VALUE);
    send(client, sent);
    clients.add(client);
    return client;
  }

  private void send(UnreadChannel client, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertThat(client.deliver(bytes, 0, 2 * HEAD_BYTES)).isEqualTo(bytes.length);
    edge.runTasks();
  }

  private static String unfinished() {
    String start = "GET / HTTP/1.1\r\nHost: shop.test\r\nX: ";
    return start + "a".repeat(HEAD_BYTES - start.length());
  }

  private static String answers(UnreadChannel client) {
    return new String(client.taken(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theOldestUnfinishedHeadGivesWayAndNewQuickOnesAreServed() {
    for (int i = 0; i < 200; i++) {
      client(unfinished());
      assertThat(loop.inputMemory().heldBytes()).isLessThanOrEqualTo(MOST_BYTES);
      assertThat(answers(client(GET))).startsWith("HTTP/1.1 421 ");
    }
    List<UnreadChannel> slow = new ArrayList<>();
    for (int i = 0; i < clients.size(); i += 2) {
      slow.add(clients.get(i));
    }
    int kept = (int) (MOST_BYTES / HEAD_BYTES);
    for (UnreadChannel old : slow.subList(0, slow.size() - kept)) {
      assertThat(answers(old)).startsWith("HTTP/1.1 408 ").contains("CROWDED_OUT");
      assertThat(old.heldBytes()).isZero();
    }
    for (UnreadChannel young : slow.subList(slow.size() - kept, slow.size())) {
      assertThat(answers(young)).isEmpty();
      send(young, "\r\n\r\n");
      assertThat(answers(young)).startsWith("HTTP/1.1 503 ");
    }
    assertThat(loop.inputMemory().heldBytes()).isZero();
  }

  @Test
  void whatALeavingClientHeldIsGivenBack() {
    UnreadChannel client = client(unfinished());
    assertThat(loop.inputMemory().heldBytes()).isEqualTo(HEAD_BYTES);
    ChannelIo.close(client);
    assertThat(loop.inputMemory().heldBytes()).isZero();
    assertThat(client.heldBytes()).isZero();
  }

  @Test
  void aHeadInManySmallPiecesIsAsOldAsItsFirst() {
    UnreadChannel trickling = client("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 40; i++) {
      client(unfinished());
      var _ = trickling.deliver(new byte[] {'a'}, 0, 1);
    }
    assertThat(answers(trickling)).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void aConnectionThatWasAnsweredForTheLastTimeIsNotAnsweredAgain() {
    String last = "GET / HTTP/1.1\r\nHost: unknown.test\r\nConnection: close\r\n\r\n";
    UnreadChannel client = edge.client(loop);
    client.freezeTime(); // It is closed after 2 s, which a busy machine may need for the next line.
    client.take(Integer.MAX_VALUE);
    send(client, last + unfinished());
    assertThat(answers(client)).startsWith("HTTP/1.1 421 ");
    ((InputMemory.Holder) client.pipeline().last()).crowdOut();
    edge.runTasks();
    client.take(Integer.MAX_VALUE);
    assertThat(answers(client)).doesNotContain("CROWDED_OUT");
    assertThat(loop.inputMemory().heldBytes()).isZero();
  }
}

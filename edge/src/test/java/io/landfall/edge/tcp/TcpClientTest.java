package io.landfall.edge.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** What a client of a TCP service may make the node hold before a backend is connected. */
class TcpClientTest {
  private static final int READ_BYTES = 64 * 1024;

  private final EmbeddedEdge edge = EmbeddedEdge.withInputMemory(3L * READ_BYTES);
  private final EdgeLoop loop = edge.loop();

  private static void send(EmbeddedChannel client) {
    ByteBuf bytes = client.alloc().buffer(READ_BYTES, READ_BYTES);
    client.writeInbound(bytes.writeZero(READ_BYTES));
  }

  @Test
  void itIsReadOnceAndCounted() {
    EmbeddedChannel client = edge.tcpClient(loop);
    assertThat(client.config().isAutoRead()).isTrue();
    send(client);
    assertThat(client.config().isAutoRead()).isFalse();
    assertThat(loop.inputMemory().heldBytes()).isEqualTo(READ_BYTES);
    client.finishAndReleaseAll();
    assertThat(loop.inputMemory().heldBytes()).isZero();
  }

  @Test
  void itGoesWhereTheLoopNeedsTheRoom() {
    EmbeddedChannel client = edge.tcpClient(loop);
    send(client);
    ((TcpClient) client.pipeline().last()).crowdOut();
    client.runPendingTasks();
    assertThat(client.isOpen()).isFalse();
    assertThat(loop.inputMemory().heldBytes()).isZero();
    client.finishAndReleaseAll();
  }

  @Test
  void whatNobodyTakesIsClosedAndReleased() {
    EmbeddedChannel client = edge.tcpClient(loop);
    send(client);
    edge.runTasks();
    client.runPendingTasks();
    assertThat(client.isOpen()).isFalse();
    assertThat(loop.inputMemory().heldBytes()).isZero();
    assertThat(client.outboundMessages()).isEmpty();
    client.finishAndReleaseAll();
  }
}

package io.landfall.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.UnreadChannel;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.server.EmbeddedEdge;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** TLS records that never end, of many clients: what they take is in the budget of all input. */
@ExtendWith(UnreadChannel.Closed.class)
class TlsInputTest {
  private static final int RECORD_BYTES = 16 * 1024;
  private static final int MOST = 20;

  private final EmbeddedEdge edge = EmbeddedEdge.withInputMemory((long) MOST * RECORD_BYTES);
  private final EdgeLoop loop = edge.loop();
  private final List<EmbeddedChannel> clients = new ArrayList<>();

  private EmbeddedChannel client() {
    EmbeddedChannel client = new EmbeddedChannel(new TlsInput(loop.inputMemory()));
    clients.add(client);
    return client;
  }

  private void record(EmbeddedChannel client, int length, int sent) {
    ByteBuf bytes = client.alloc().buffer(RECORD_BYTES, RECORD_BYTES);
    bytes.writeByte(23).writeShort(0x0303).writeShort(length).writeZero(sent);
    client.writeInbound(bytes);
    edge.runTasks();
    client.runPendingTasks();
  }

  private void end() {
    clients.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertThat(loop.inputMemory().heldBytes()).isZero();
  }

  @Test
  void aRecordThatIsNotWholeIsCountedUntilItIs() {
    EmbeddedChannel client = client();
    record(client, 100, 99);
    assertThat(loop.inputMemory().heldBytes()).isEqualTo(RECORD_BYTES);
    client.writeInbound(client.alloc().buffer(1).writeZero(1));
    assertThat(loop.inputMemory().heldBytes()).isZero();
    record(client, 100, 100);
    assertThat(loop.inputMemory().heldBytes()).isZero();
    end();
  }

  @Test
  void whereTheTlsLayerIsTakenAwayNothingIsCountedAnyMore() {
    EmbeddedChannel client = client();
    client
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                context.pipeline().remove(TlsInput.class);
                context.fireChannelRead(message);
              }
            });
    record(client, 100, 50);
    assertThat(loop.inputMemory().heldBytes()).isZero();
    end();
  }

  @Test
  void bytesThatTrickleInAreCountedAsWhatTheyAre() {
    EmbeddedChannel client = client();
    record(client, 1_000, 0);
    for (int i = 0; i < 500; i++) {
      client.writeInbound(client.alloc().buffer(2048).writeZero(1));
    }
    assertThat(loop.inputMemory().heldBytes()).isEqualTo(RECORD_BYTES + 500);
    end();
  }

  /** A handler above that would say goodbye, and wait for the other end to read it. */
  private static final class Patient extends ChannelOutboundHandlerAdapter {
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {}
  }

  @Test
  void aConnectionThatHasToGoIsClosedAtOnce() {
    EmbeddedChannel first = client();
    first.pipeline().addLast(new Patient());
    record(first, 16_000, 100);
    for (int i = 0; i < MOST; i++) {
      record(client(), 16_000, 100);
    }
    first.runPendingTasks();
    assertThat(first.isOpen()).isFalse();
    end();
  }

  @Test
  void anUploadThatComesOnOutlivesRecordsThatStandStillOrTrickle() {
    EmbeddedChannel upload = client();
    record(upload, 16_000, 1_000);
    for (int i = 0; i < 5 * MOST; i++) {
      EmbeddedChannel attacker = client();
      record(attacker, 16_000, 50);
      attacker.writeInbound(attacker.alloc().buffer(1).writeZero(1));
      if (i % (MOST / 4) == 0) {
        int part = TlsInput.PROGRESS_BYTES / 2;
        upload.writeInbound(upload.alloc().buffer(part).writeZero(part));
      }
      edge.runTasks();
      upload.runPendingTasks();
    }
    assertThat(upload.isOpen()).isTrue();
    assertThat(clients.stream().filter(EmbeddedChannel::isOpen)).hasSizeLessThanOrEqualTo(MOST);
    end();
  }

  @Test
  void whenTheyAreTooManyTheOneThatStoodStillForLongestGoes() {
    for (int i = 0; i < MOST; i++) {
      record(client(), 100, 50);
    }
    // The first one goes on, and is in the middle of its next record.
    clients.getFirst().writeInbound(clients.getFirst().alloc().buffer(50).writeZero(50));
    record(clients.getFirst(), 100, 50);
    assertThat(clients).allMatch(EmbeddedChannel::isOpen);
    record(client(), 100, 50);
    assertThat(clients.get(1).isOpen()).isFalse();
    assertThat(clients.stream().filter(EmbeddedChannel::isOpen)).hasSize(MOST);
    end();
  }
}

package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What body data that waits costs, however it is cut into pieces. */
class BodyQueueTest {
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  private final BodyQueue queue = new BodyQueue();

  @Test
  void piecesOfOneByteCostAboutTheirBytes() {
    int pieces = 100_000;
    ByteBuf one = Unpooled.wrappedBuffer(new byte[] {1});
    for (int i = 0; i < pieces; i++) {
      queue.add(allocator, one.duplicate());
    }
    assertThat(allocator.metric().usedDirectMemory())
        .isEqualTo(queue.heldBytes())
        .isLessThan(pieces + 20_000L);
    queue.release();
    assertThat(allocator.metric().usedDirectMemory()).isZero();
  }

  @Test
  void aSmallPieceDoesNotKeepTheBufferThatItWasReadIn() {
    ByteBuf read = allocator.directBuffer(64 * 1024).writeZero(64 * 1024);
    ByteBuf passed = BodyQueue.passed(allocator, read.readSlice(100));
    queue.add(allocator, read.readSlice(50_000));
    assertThat(read.release()).isTrue();
    assertThat(passed.release()).isTrue();
    queue.release();
    assertThat(allocator.metric().usedDirectMemory()).isZero();
  }

  @Test
  void whatGoesInComesOutInOrder() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      ByteArrayOutputStream in = new ByteArrayOutputStream();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 10 : 40_000)];
        random.nextBytes(bytes);
        in.writeBytes(bytes);
        queue.add(allocator, Unpooled.wrappedBuffer(bytes));
        if (random.nextInt(3) == 0) {
          poll(out);
        }
      }
      while (!queue.isEmpty()) {
        poll(out);
      }
      assertThat(out.toByteArray()).describedAs("seed %d", seed).isEqualTo(in.toByteArray());
      assertThat(queue.heldBytes()).isZero();
    }
    assertThat(allocator.metric().usedDirectMemory()).isZero();
  }

  private void poll(ByteArrayOutputStream out) {
    ByteBuf piece = queue.poll();
    if (piece != null) {
      byte[] bytes = new byte[piece.readableBytes()];
      piece.readBytes(bytes);
      piece.release();
      out.writeBytes(bytes);
    }
  }
}

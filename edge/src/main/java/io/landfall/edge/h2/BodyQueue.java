package io.landfall.edge.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Body data of one HTTP/2 stream that the other side of the exchange cannot take yet. The stream's
 * window bounds its bytes, and this what they cost: a piece is copied together with those before
 * it, so that a body in DATA frames of one byte costs no more than any other, and none keeps alive
 * the buffer in which it was read, whatever else was in that.
 */
final class BodyQueue {
  /** Pieces up to this size are copied: they cost less than what they would keep alive. */
  private static final int SMALL_BYTES = 4 * 1024;

  /** What is allocated for pieces that are copied together. */
  private static final int BLOCK_BYTES = 16 * 1024;

  private final Deque<ByteBuf> blocks = new ArrayDeque<>(0);
  private int heldBytes;

  /** A piece that the other side takes at once, without a detour through the queue. */
  static ByteBuf passed(ByteBufAllocator allocator, ByteBuf data) {
    int bytes = data.readableBytes();
    return bytes < SMALL_BYTES
        ? allocator.directBuffer(bytes).writeBytes(data)
        : data.readRetainedSlice(bytes);
  }

  /** Appends a copy of the data, which is read to its end. */
  void add(ByteBufAllocator allocator, ByteBuf data) {
    ByteBuf last = blocks.peekLast();
    if (last != null) {
      last.writeBytes(data, Math.min(last.writableBytes(), data.readableBytes()));
    }
    if (data.isReadable()) {
      int bytes = data.readableBytes();
      // The first is as large as it must be: most often it is the only one.
      int capacity = last == null ? Math.max(bytes, 256) : Math.max(bytes, BLOCK_BYTES);
      blocks.add(allocator.directBuffer(capacity).writeBytes(data, bytes));
      heldBytes += capacity;
    }
  }

  /** What the queue takes in memory. */
  int heldBytes() {
    return heldBytes;
  }

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  /** The next piece, which the caller takes over; null if there is none. */
  @Nullable ByteBuf poll() {
    ByteBuf block = blocks.poll();
    heldBytes -= block == null ? 0 : block.capacity();
    return block;
  }

  /** Lets go of everything. */
  void release() {
    for (ByteBuf block : blocks) {
      block.release();
    }
    blocks.clear();
    heldBytes = 0;
  }
}

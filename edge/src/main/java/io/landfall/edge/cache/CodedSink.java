package io.landfall.edge.cache;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes what an encoder writes into a body. What is short waits on the heap until its length is
 * known, so that it takes no more room than it needs. Once it refuses something it takes no more;
 * it throws nothing, so that the encoder ends as usual and frees its memory.
 */
final class CodedSink extends OutputStream {
  /** What is on the heap at most. */
  private static final int SHORT_BYTES = Body.CHUNK_BYTES;

  private final ByteBufAllocator allocator;
  private final Body.Room room;
  private final long mostBytes;
  private final ByteArrayOutputStream start = new ByteArrayOutputStream();
  private @Nullable Body into;
  private long written;
  private boolean tooLong;
  private boolean noRoom;

  /**
   * An empty one.
   *
   * @param mostBytes what is longer is refused
   */
  CodedSink(ByteBufAllocator allocator, Body.Room room, long mostBytes) {
    this.allocator = allocator;
    this.room = room;
    this.mostBytes = mostBytes;
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    written += length;
    tooLong |= written > mostBytes;
    if (isRefused()) {
      return;
    }
    Body to = into;
    if (to == null && written <= SHORT_BYTES) {
      start.write(bytes, from, length);
      return;
    }
    if (to == null) {
      to = new Body(allocator, room, Body.UNKNOWN, Long.MAX_VALUE);
      into = to;
      append(to, start.toByteArray(), 0, start.size());
    }
    append(to, bytes, from, length);
  }

  private void append(Body to, byte[] bytes, int from, int length) {
    noRoom |= !to.append(Unpooled.wrappedBuffer(bytes, from, length));
  }

  /** Whether what came was too long, or found no room. */
  boolean isRefused() {
    return tooLong || noRoom;
  }

  /** Whether it was too long: it would be so each time. */
  boolean isTooLong() {
    return tooLong;
  }

  /** All of it, for the caller to release; null if some of it was refused. */
  @Nullable Body take() {
    Body made = into;
    if (made == null && !isRefused()) {
      made = new Body(allocator, room, start.size(), start.size());
      into = made;
      noRoom = !made.reserve();
      if (!noRoom) {
        append(made, start.toByteArray(), 0, start.size());
      }
    }
    if (isRefused()) {
      drop();
      return null;
    }
    into = null;
    return made;
  }

  /** Nothing of it is used. */
  void drop() {
    Body made = into;
    into = null;
    noRoom = true;
    if (made != null) {
      made.release();
    }
  }
}

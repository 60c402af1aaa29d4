package io.landfall.edge.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** What a client has sent and what was not taken yet, in one buffer. */
final class ReceivedBytes {
  private @Nullable ByteBuf bytes;

  /** Takes over what has arrived. */
  void add(ByteBufAllocator allocator, ByteBuf more) {
    ByteBuf before = bytes;
    bytes =
        before == null
            ? more
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, more);
  }

  /** To be read from; null when there is nothing. */
  @Nullable ByteBuf get() {
    return bytes;
  }

  boolean isReadable() {
    ByteBuf in = bytes;
    return in != null && in.isReadable();
  }

  /** Bytes of memory that it takes. */
  int heldBytes() {
    ByteBuf in = bytes;
    return in == null ? 0 : in.capacity();
  }

  /** Drops everything. */
  void release() {
    ByteBuf in = bytes;
    bytes = null;
    if (in != null) {
      in.release();
    }
  }
}

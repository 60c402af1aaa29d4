package io.landfall.edge.h1;

import static java.util.Objects.requireNonNull;

import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** What a client or a backend has sent and what was not taken yet, in one buffer. */
final class ReceivedBytes {
  private @Nullable ByteBuf bytes;
  private boolean ended;

  /** Takes over what has arrived. */
  void add(ByteBufAllocator allocator, ByteBuf more) {
    ByteBuf before = bytes;
    bytes =
        before == null
            ? more
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, more);
  }

  /** Nothing more will arrive (TCP half-close). */
  void end() {
    ended = true;
  }

  /** Whether nothing more will arrive. */
  boolean hasEnded() {
    return ended;
  }

  /** Whether nothing more will arrive, and all that has was taken. */
  boolean isOver() {
    return ended && !isReadable();
  }

  /** Closes if a sender that has ended its direction is gone altogether. */
  void closeIfReset(Channel channel) {
    if (ended && ChannelIo.isReset(channel)) {
      ChannelIo.close(channel);
    }
  }

  /** To be read from; null when there is nothing. */
  @Nullable ByteBuf get() {
    return bytes;
  }

  /** Hands all of it over to the caller, who releases it; there has to be some. */
  ByteBuf take() {
    ByteBuf all = requireNonNull(bytes, "nothing was received");
    bytes = null;
    return all;
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

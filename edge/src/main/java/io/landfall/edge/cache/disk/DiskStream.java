package io.landfall.edge.cache.disk;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A response that is stored while it comes: for what is too large to be in memory whole. Handed
 * over by one thread; it is stored only if it ends with all of its length.
 */
public final class DiskStream {
  private final DiskQueue queue;
  private final DiskOp.Streamed target;
  private final long length;
  private long come;
  private @Nullable ByteBuffer chunk;

  /** It is over: whole, or not stored. */
  private boolean dropped;

  DiskStream(DiskQueue queue, DiskOp.Streamed target, long length) {
    this.queue = queue;
    this.target = target;
    this.length = length;
  }

  /**
   * A copy of the next piece of the body is stored; the piece stays its owner's.
   *
   * @return whether it is over: all of it has come, or it is not stored
   */
  public boolean write(ByteBuf piece) {
    if (target.isSuperseded()) {
      drop();
    }
    copy(piece);
    if (!dropped && come == length) {
      dropped = true;
      queue.end(target);
    }
    return dropped;
  }

  private void copy(ByteBuf piece) {
    int from = piece.readerIndex();
    int left = piece.readableBytes();
    while (left > 0 && !dropped) {
      ByteBuffer into = chunk;
      if (into == null) {
        long rest = length - come;
        if (rest <= 0) {
          drop();
          return;
        }
        into = ByteBuffer.allocate((int) Math.min(RecordFormat.CHUNK_BYTES, rest));
        chunk = into;
      }
      int fits = Math.min(left, into.remaining());
      piece.getBytes(from, into.duplicate().limit(into.position() + fits));
      into.position(into.position() + fits);
      from += fits;
      left -= fits;
      come += fits;
      if (!into.hasRemaining()) {
        chunk = null;
        if (!queue.chunk(target, into.flip())) {
          drop();
        }
      }
    }
  }

  /** It is not stored. */
  public void drop() {
    if (!dropped) {
      dropped = true;
      chunk = null;
      queue.drop(target);
    }
  }
}

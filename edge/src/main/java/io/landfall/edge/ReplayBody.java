package io.landfall.edge;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The start of a request's body, kept as long as the request may have to be sent again. A body that
 * outgrows the bound is not kept, and its request cannot be repeated once some of it was sent.
 */
final class ReplayBody {
  private final int maxBytes;
  private final List<ByteBuf> pieces = new ArrayList<>(0);
  private int bytes;
  private boolean complete = true;

  ReplayBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Keeps a piece that is about to be sent; the caller still owns its reference. */
  void keep(ByteBuf piece) {
    if (!complete) {
      return;
    }
    if (bytes + piece.readableBytes() > maxBytes) {
      release();
      complete = false;
      return;
    }
    bytes += piece.readableBytes();
    pieces.add(piece.retainedSlice());
  }

  /** Whether all that was sent so far can be sent again. */
  boolean isComplete() {
    return complete;
  }

  /** Sends what was kept to a new attempt. */
  void replay(Attempt attempt) {
    for (ByteBuf piece : pieces) {
      attempt.body(piece.retainedDuplicate());
    }
  }

  /** The request will not be sent again. */
  void release() {
    for (ByteBuf piece : pieces) {
      piece.release();
    }
    pieces.clear();
    bytes = 0;
  }
}

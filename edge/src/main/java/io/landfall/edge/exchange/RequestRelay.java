package io.landfall.edge.exchange;

import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.RequestHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request on its way to the attempt that is ready for it. Its start is kept as long
 * as the request may have to be sent again; a body that outgrows the bound is not kept, and its
 * request cannot be repeated once some of it was sent.
 */
final class RequestRelay {
  /** Pieces below this size are copied together into blocks of it. */
  private static final int BLOCK_BYTES = 4 * 1024;

  private final Downstream down;
  private final RequestLog log;
  private final int maxKeptBytes;
  private List<ByteBuf> kept = List.of();
  private int keptBytes;
  private boolean keptWhole = true;
  private boolean keeping = true;
  private final boolean opens;
  private boolean ended;
  private boolean clientWaits;
  private @Nullable FieldLines trailers;
  private @Nullable Attempt ready;

  /**
   * The body of a request.
   *
   * @param log where its bytes are counted
   * @param opens whether it may have a body once the backend has switched protocols
   */
  RequestRelay(RequestLog log, Downstream down, int maxKeptBytes, boolean opens) {
    RequestHead request = log.request();
    this.log = log;
    this.opens = opens;
    this.down = down;
    this.maxKeptBytes = maxKeptBytes;
    this.ended = request.framing().isEmpty();
    this.clientWaits = request.expectsContinue();
  }

  /** The request's head is on its way: what was kept of the body follows, and then the rest. */
  void start(Attempt to) {
    ready = to;
    for (ByteBuf piece : kept) {
      to.body(piece.retainedDuplicate());
    }
    if (!ended) {
      down.pumpBody();
    } else if (!opens) {
      endOf(to);
    }
    to.flush();
  }

  /** The backend has switched protocols: what the client sends from now on goes there. */
  void open() {
    ended = false;
    keepNothing();
    down.pumpBody();
    flush();
  }

  /** The attempt is over: no more of the body goes there. */
  void stop() {
    ready = null;
  }

  /** Whether an attempt takes the body. */
  boolean isReady() {
    return ready != null;
  }

  /** Whether a piece of the body can be handed over now. */
  boolean isWanted() {
    Attempt to = ready;
    return to != null && !ended && to.isWritable();
  }

  /**
   * Whether the client has sent nothing of the body yet, since it waits for 100 (Continue), which
   * is the backend's to give (RFC 9110 section 10.1.1).
   */
  boolean isHeldByClient() {
    return clientWaits;
  }

  /** An attempt gave 100 (Continue); false if the client waits for none, or has had one. */
  boolean continues() {
    boolean waited = clientWaits;
    clientWaits = false;
    return waited;
  }

  /** Whether all of the body has come. */
  boolean isEnded() {
    return ended;
  }

  /** Whether all that was sent so far can be sent again. */
  boolean isRepeatable() {
    return keptWhole;
  }

  /** A piece of the body, which is taken over; false when no attempt took it. */
  boolean data(ByteBuf piece) {
    clientWaits = false;
    Attempt to = ready;
    if (to == null) {
      piece.release();
      return false;
    }
    log.receivedBytes += piece.readableBytes();
    if (keeping) {
      keep(piece);
    }
    to.body(piece);
    return true;
  }

  private void keep(ByteBuf piece) {
    if (!keptWhole) {
      return;
    }
    if (keptBytes + piece.readableBytes() > maxKeptBytes) {
      release();
      keptWhole = false;
      return;
    }
    keptBytes += piece.readableBytes();
    if (kept.isEmpty()) {
      // Most requests have no body.
      kept = new ArrayList<>();
      kept.add(piece.retainedSlice());
    } else if (piece.readableBytes() >= BLOCK_BYTES) {
      kept.add(piece.retainedSlice());
    } else {
      copy(piece);
    }
  }

  /** Pieces of a byte, each kept by itself, would cost two hundred times as much as they have. */
  private void copy(ByteBuf piece) {
    int from = piece.readerIndex();
    int bytes = piece.readableBytes();
    ByteBuf last = kept.getLast();
    // What has no room to write is a slice, or full.
    int first = Math.min(bytes, last.writableBytes());
    last.writeBytes(piece, from, first);
    if (first < bytes) {
      ByteBuf block = piece.alloc().directBuffer(BLOCK_BYTES, BLOCK_BYTES);
      kept.add(block.writeBytes(piece, from + first, bytes - first));
    }
  }

  /** The body is complete, and what comes behind it; null if nothing does. */
  void end(@Nullable FieldLines behind) {
    if (ended) {
      return;
    }
    ended = true;
    trailers = behind;
    Attempt to = ready;
    if (to != null) {
      endOf(to);
    }
  }

  private void endOf(Attempt to) {
    FieldLines behind = trailers;
    if (behind != null) {
      to.trailers(behind);
    }
    to.end();
  }

  /** Pushes out what was handed over. */
  void flush() {
    Attempt to = ready;
    if (to != null) {
      to.flush();
    }
  }

  /** The request will not be sent again: nothing more is kept. */
  void keepNothing() {
    keeping = false;
    release();
  }

  private void release() {
    for (ByteBuf piece : kept) {
      piece.release();
    }
    kept = List.of();
    keptBytes = 0;
  }
}

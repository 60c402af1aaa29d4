package io.landfall.edge.cache.disk;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Something to do for the thread that writes. */
sealed interface DiskOp {
  /** Stores a response. */
  record Store(DiskItem item, long ticket, long bytes) implements DiskOp {}

  /** Begins to store one bit by bit. */
  record Begin(Streamed target) implements DiskOp {}

  /** A chunk of that. */
  record Chunk(Streamed target, ByteBuffer bytes) implements DiskOp {}

  /** Its end. */
  record End(Streamed target, boolean whole) implements DiskOp {}

  /** An entry of the index is wrong. */
  record NotThere(long fingerprint, long place) implements DiskOp {}

  /** All before it is written. */
  record Flush(CompletableFuture<Void> done) implements DiskOp {}

  /** A response that is stored bit by bit. */
  final class Streamed {
    private final DiskItem item;
    private final long ticket;

    // Of the thread that writes.
    private SegmentWriter.@Nullable OpenRecord record;

    Streamed(DiskItem item, long ticket) {
      this.item = item;
      this.ticket = ticket;
    }

    DiskItem item() {
      return item;
    }

    long ticket() {
      return ticket;
    }

    /** Where it is written; null before that, and if it is not. */
    SegmentWriter.@Nullable OpenRecord record() {
      return record;
    }

    void record(SegmentWriter.OpenRecord made) {
      record = made;
    }
  }
}

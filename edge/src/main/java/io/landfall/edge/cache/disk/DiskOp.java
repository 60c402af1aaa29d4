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

  /** What is older under a fingerprint is replaced by what another disk has. */
  record Replace(long fingerprint, long ticket) implements DiskOp {}

  /** An entry of the index is wrong. */
  record NotThere(long fingerprint, long place) implements DiskOp {}

  /** All before it is written. */
  record Flush(CompletableFuture<Void> done) implements DiskOp {}

  /** A response that is stored bit by bit. */
  final class Streamed {
    private final DiskItem item;
    private final long fingerprint;
    private final long ticket;

    private volatile boolean superseded;

    // Of the thread that writes.
    private SegmentWriter.@Nullable OpenRecord record;

    Streamed(DiskItem item, long fingerprint, long ticket) {
      this.item = item;
      this.fingerprint = fingerprint;
      this.ticket = ticket;
    }

    DiskItem item() {
      return item;
    }

    /** The hash of its key. */
    long fingerprint() {
      return fingerprint;
    }

    long ticket() {
      return ticket;
    }

    /** It is not stored: something newer came, it was forgotten, there is no room. Any thread. */
    void supersede() {
      superseded = true;
    }

    /** Whether it is not stored, even if it comes whole. */
    boolean isSuperseded() {
      return superseded;
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

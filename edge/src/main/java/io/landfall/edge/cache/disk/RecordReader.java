package io.landfall.edge.cache.disk;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads records and checks them: that they are whole, as they were written, of the key that is
 * looked for, and not forgotten. On the disk's reading threads, but for {@link #readNow}.
 */
final class RecordReader {
  /** A record up to this is read at once, with its body. */
  static final int WHOLE_BYTES = (1 << 20) + RecordFormat.MOST_HEAD_BYTES;

  /** A record up to this is read by who asks for it, if it is in the system's memory. */
  static final int NOW_BYTES = 64 << 10;

  private static final int FIRST_BYTES =
      RecordFormat.HEADER_BYTES + RecordFormat.MOST_KEY_BYTES + RecordFormat.MOST_HEAD_BYTES;

  private final DiskBody.Reading with;
  private final Forgotten forgotten;

  RecordReader(DiskBody.Reading with, Forgotten forgotten) {
    this.with = with;
    this.forgotten = forgotten;
  }

  /** What was looked for, and whether it will never be there. */
  sealed interface Outcome {
    /** It is there; the receiver releases it. */
    record There(DiskFound found) implements Outcome {}

    /** Something newer of its key waits to be written, which may be of another variant. */
    record Hidden() implements Outcome {}

    /** It is another one, or was forgotten. */
    record NotThere() implements Outcome {}

    /** It is not as it was written. */
    record Damaged() implements Outcome {}
  }

  /**
   * Reads a record of a segment, which the caller holds.
   *
   * @param length how long it is, by the index
   * @param key what is looked for
   * @param since when the lookup began
   */
  Outcome read(DiskSegment segment, long offset, long length, byte[] key, long since)
      throws IOException {
    boolean whole = length <= WHOLE_BYTES;
    int bytes = (int) Math.min(length, whole ? WHOLE_BYTES : FIRST_BYTES);
    ByteBuf record = with.allocator().directBuffer(bytes, bytes);
    try {
      int got = segment.file().read(record.internalNioBuffer(0, bytes), offset);
      record.writerIndex(Math.max(0, got));
      return got < RecordFormat.HEADER_BYTES
          ? damaged()
          : read(segment, offset, record, key, since);
    } finally {
      record.release();
    }
  }

  /**
   * Reads a short record, if that needs no wait for the medium; for any thread.
   *
   * @return null if it is not read
   */
  @Nullable Outcome readNow(DiskSegment segment, long offset, long length, byte[] key, long since)
      throws IOException {
    if (length > NOW_BYTES) {
      return null;
    }
    int bytes = (int) length;
    ByteBuf record = with.allocator().directBuffer(bytes, bytes);
    try {
      int got = segment.file().readNow(record.internalNioBuffer(0, bytes), offset);
      if (got != bytes) {
        return null;
      }
      return read(segment, offset, record.writerIndex(bytes), key, since);
    } finally {
      record.release();
    }
  }

  private Outcome damaged() {
    with.health().damaged.increment();
    return new Outcome.Damaged();
  }

  private Outcome read(DiskSegment segment, long offset, ByteBuf record, byte[] key, long since)
      throws IOException {
    ByteBuffer bytes = record.nioBuffer();
    RecordFormat.Place place = segment.place(offset);
    RecordFormat format = RecordFormat.read(bytes, place, segment.bytes());
    if (format == null || !format.isRight(bytes, place)) {
      return damaged();
    }
    byte[] itsKey = new byte[format.keyLength()];
    bytes.get(RecordFormat.HEADER_BYTES, itsKey);
    boolean right = Arrays.equals(itsKey, key);
    if (!right || forgotten.has(format.fingerprint(), format.ticket())) {
      return new Outcome.NotThere();
    }
    if (forgotten.isOlderThanWaiting(format.fingerprint(), format.ticket())) {
      return new Outcome.Hidden();
    }
    boolean whole = record.readableBytes() >= format.checksumsOffset() + format.tailBytes();
    int[] checksums =
        whole
            ? format.readTail(bytes.duplicate().position((int) format.checksumsOffset()), place)
            : segment.readTail(format, offset);
    if (checksums == null) {
      return damaged();
    }
    byte[] head = new byte[format.headLength()];
    bytes.get(RecordFormat.HEADER_BYTES + format.keyLength(), head);
    DiskBody body = new DiskBody(with, segment, format, offset, checksums);
    if (!whole) {
      return new Outcome.There(
          new DiskFound(head, format.epoch(), format.variant(), since, body, null));
    }
    ByteBuf all = record.slice(format.bodyOffset(), (int) format.bodyLength());
    return body.isRight(all, 0)
        ? new Outcome.There(
            new DiskFound(head, format.epoch(), format.variant(), since, body, all.retain()))
        : new Outcome.Damaged();
  }
}

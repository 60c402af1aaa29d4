package io.landfall.edge.cache.disk;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The body of a stored response where it lies on disk. It is read in whole chunks, each of which is
 * checked before it is given to anyone. Who reads holds it; else its segment may go.
 */
public final class DiskBody {
  /** The length of a chunk; the last one of a body may be shorter. */
  public static final int CHUNK_BYTES = RecordFormat.CHUNK_BYTES;

  /** For a part of a body that was begun to be sent. */
  private static final long READ_NANOS = 10_000_000_000L;

  private final DiskReaders readers;
  private final ByteBufAllocator allocator;
  private final DiskHealth health;
  private final DiskSegment segment;
  private final RecordFormat format;
  private final long offset;
  private final int[] checksums;

  DiskBody(Reading with, DiskSegment segment, RecordFormat format, long offset, int[] checksums) {
    this.readers = with.readers();
    this.allocator = with.allocator();
    this.health = with.health();
    this.segment = segment;
    this.format = format;
    this.offset = offset;
    this.checksums = checksums;
  }

  /**
   * What is needed to read.
   *
   * @param readers the threads
   * @param allocator makes the buffers
   * @param health counts
   */
  record Reading(DiskReaders readers, ByteBufAllocator allocator, DiskHealth health) {}

  /** Takes a part of a body. Exactly one of its methods is called, once, on any thread. */
  public interface Receiver {
    /** The part, which the receiver releases. */
    void read(ByteBuf part);

    /** It cannot be read, or is not what was written. */
    void failed();
  }

  /** How long it is. */
  public long length() {
    return format.bodyLength();
  }

  /** Holds it for reading; false if it is gone. */
  public boolean tryHold() {
    return segment.tryHold();
  }

  /** Lets go of it. */
  public void letGo() {
    segment.letGo();
  }

  /**
   * Begins to read; only for who holds it.
   *
   * @param chunk the first chunk
   * @param most how many at most
   * @return false if too much is being read: the receiver is not called
   */
  public boolean read(int chunk, int most, Receiver receiver) {
    return readers.beginBody(
        new DiskReaders.Task(READ_NANOS) {
          @Override
          void read() {
            ByteBuf part = null;
            try {
              part = chunks(chunk, Math.min(most, checksums.length - chunk));
            } catch (IOException e) {
              health.readFailed(e);
            }
            if (!end()) {
              if (part != null) {
                part.release();
              }
            } else if (part == null) {
              receiver.failed();
            } else {
              receiver.read(part);
            }
          }

          @Override
          void givenUp() {
            receiver.failed();
          }
        });
  }

  private ByteBuf chunks(int first, int count) throws IOException {
    long from = (long) first * CHUNK_BYTES;
    int length = (int) Math.min((long) count * CHUNK_BYTES, format.bodyLength() - from);
    ByteBuf part = allocator.directBuffer(length, length);
    boolean right = false;
    try {
      ByteBuffer into = part.internalNioBuffer(0, length);
      int got = segment.file().read(into, offset + format.bodyOffset() + from);
      right = got == length && isRight(part.writerIndex(length), first);
      if (!right) {
        throw new IOException("what was read is not what was written");
      }
      return part;
    } finally {
      if (!right) {
        part.release();
      }
    }
  }

  /** Whether bytes are those of the body from a chunk on. */
  boolean isRight(ByteBuf bytes, int first) {
    int from = bytes.readerIndex();
    int length = bytes.readableBytes();
    for (int at = 0; at < length; at += CHUNK_BYTES) {
      int chunk = first + at / CHUNK_BYTES;
      ByteBuffer part = bytes.nioBuffer(from + at, Math.min(CHUNK_BYTES, length - at));
      if (segment.place(offset).ofChunk(chunk, part) != checksums[chunk]) {
        health.damaged.increment();
        return false;
      }
    }
    return true;
  }
}

package io.landfall.edge.cache.disk;

import io.landfall.edge.cache.disk.RecordFormat.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to the youngest segment, in large writes: small records are gathered. What was
 * written is added to the index once it is in the file. On the writing thread.
 */
final class SegmentWriter {
  /** What is gathered at most before it is written. */
  static final int BUFFER_BYTES = 1 << 20;

  private final SegmentRing ring;
  private final DiskIndex index;
  private final Forgotten forgotten;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final List<SegmentEntry> waiting = new ArrayList<>();
  private @Nullable DiskSegment current;

  /** Where the buffer's first byte goes. */
  private long bufferAt;

  SegmentWriter(SegmentRing ring, DiskIndex index, Forgotten forgotten) {
    this.ring = ring;
    this.index = index;
    this.forgotten = forgotten;
  }

  /** Where the next record goes. */
  private long end() {
    return bufferAt + buffer.position();
  }

  /** Whether nothing waits to be written. */
  boolean isFlushed() {
    return buffer.position() == 0;
  }

  /** The segment in which a record of a length fits, made if there is none. */
  private DiskSegment room(long bytes) throws IOException {
    DiskSegment into = current;
    if (into != null && into.fits(end(), bytes + (long) waiting.size() * SegmentEntry.BYTES)) {
      return into;
    }
    if (into != null) {
      flush();
      current = null;
      if (into.isSealable()) {
        into.seal();
      }
    }
    DiskSegment made = ring.create();
    current = made;
    bufferAt = DiskSegment.HEADER_BYTES;
    buffer.clear();
    return made;
  }

  /**
   * Appends a record.
   *
   * @param format what it is
   */
  void append(RecordFormat format, byte[] key, byte[] head, DiskItem item) throws IOException {
    DiskSegment into = room(format.bytes());
    long offset = end();
    Place place = into.place(offset);
    need(format.bodyOffset());
    format.write(buffer, place, key, head);
    int[] checksums = new int[RecordFormat.chunks(format.bodyLength())];
    for (int i = 0; i < checksums.length; i++) {
      long at = (long) i * RecordFormat.CHUNK_BYTES;
      int length = (int) Math.min(RecordFormat.CHUNK_BYTES, format.bodyLength() - at);
      need(length);
      ByteBuffer chunk = buffer.slice(buffer.position(), length);
      item.copyTo(chunk, at);
      chunk.flip();
      checksums[i] = place.ofChunk(i, chunk);
      buffer.position(buffer.position() + length);
    }
    need(format.tailBytes() + RecordFormat.UNIT_BYTES);
    RecordFormat.writeTail(buffer, place, checksums);
    while (end() < offset + format.bytes()) {
      buffer.put((byte) 0);
    }
    waiting.add(SegmentEntry.of(format, offset));
  }

  private void need(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      writeBuffer();
    }
  }

  private void writeBuffer() throws IOException {
    DiskSegment into = current;
    if (into != null && buffer.position() > 0) {
      int length = buffer.position();
      into.file().write(buffer.flip(), bufferAt);
      buffer.clear();
      bufferAt += length;
    }
  }

  /** Writes what was gathered, and lets it be found. */
  void flush() throws IOException {
    writeBuffer();
    DiskSegment into = current;
    if (into != null) {
      for (SegmentEntry each : waiting) {
        into.add(each);
        enter(each, into.sequence());
        forgotten.waitsNoMore(each.fingerprint(), each.ticket());
      }
    }
    waiting.clear();
  }

  /** Lets a record be found that is whole, unless it was forgotten meanwhile. */
  void enter(SegmentEntry entry, long sequence) throws IOException {
    boolean wanted = !forgotten.has(entry.fingerprint(), entry.ticket());
    if (wanted && !index.put(entry, sequence) && ring.size() > 1 && ring.removeOldest()) {
      // Without memory for more the oldest goes; if that is not enough, this one is not found.
      boolean _ = index.put(entry, sequence);
    }
  }

  /** A write failed: what was gathered is lost, and the next record goes to a new segment. */
  List<SegmentEntry> abandon() {
    List<SegmentEntry> lost = List.copyOf(waiting);
    waiting.clear();
    buffer.clear();
    current = null;
    return lost;
  }

  /** Writes the footers of all segments that can have one. */
  void sealAll() throws IOException {
    flush();
    current = null;
    for (DiskSegment each : ring.sealable()) {
      each.seal();
    }
  }

  // ---- a record that comes bit by bit ----

  /**
   * Makes room for a record whose body comes later: its header is written, and what follows is
   * written behind it.
   */
  OpenRecord reserve(RecordFormat format, byte[] key, byte[] head) throws IOException {
    DiskSegment into = room(format.bytes());
    long offset = end();
    need(format.bodyOffset());
    format.write(buffer, into.place(offset), key, head);
    flush();
    bufferAt = offset + format.bytes();
    into.streams(1);
    return new OpenRecord(into, format, offset);
  }

  /** A record whose body comes bit by bit, chunk by chunk. */
  final class OpenRecord {
    private final DiskSegment into;
    private final RecordFormat format;
    private final long offset;
    private final int[] checksums;
    private int chunks;
    private boolean over;

    private OpenRecord(DiskSegment into, RecordFormat format, long offset) {
      this.into = into;
      this.format = format;
      this.offset = offset;
      this.checksums = new int[RecordFormat.chunks(format.bodyLength())];
    }

    /** Whether it can still become whole. */
    boolean isOpen() {
      return !over && !into.isRemoved();
    }

    SegmentEntry entry() {
      return SegmentEntry.of(format, offset);
    }

    /** Writes the next chunk: all of a chunk's length but the last. */
    void chunk(ByteBuffer bytes) throws IOException {
      checksums[chunks] = into.place(offset).ofChunk(chunks, bytes);
      long at = offset + format.bodyOffset() + (long) chunks * RecordFormat.CHUNK_BYTES;
      chunks++;
      into.file().write(bytes, at);
    }

    /** All of the body is there. */
    void end() throws IOException {
      ByteBuffer tail = ByteBuffer.allocate(format.tailBytes());
      RecordFormat.writeTail(tail, into.place(offset), checksums);
      into.file().write(tail.flip(), offset + format.checksumsOffset());
      drop();
      into.add(entry());
      enter(entry(), into.sequence());
      sealIfLeft();
    }

    /** It does not become whole. */
    void drop() {
      if (!over) {
        over = true;
        into.streams(-1);
      }
    }

    private void sealIfLeft() throws IOException {
      if (!into.equals(current) && into.isSealable()) {
        into.seal();
      }
    }
  }
}

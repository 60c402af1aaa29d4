package io.landfall.edge.cache.disk;

import io.landfall.edge.cache.disk.RecordFormat.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to the youngest segment, in large writes: small records are gathered. What was
 * written is added to the index once it is in the file. On the writing thread.
 */
final class SegmentWriter {
  /** What is gathered at most before it is written. */
  static final int BUFFER_BYTES = 1 << 20;

  /** Segments that go at most for one record that the index has no room for. */
  private static final int MOST_REMOVED = 4;

  private final SegmentRing ring;
  private final DiskIndex index;
  private final Forgotten forgotten;
  private final Takers takers;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final List<SegmentEntry> waiting = new ArrayList<>();
  private final UnusedRoom unused;
  private @Nullable DiskSegment current;

  /** Records at the end of the segment that come bit by bit, with nothing else behind them. */
  private final Deque<OpenRecord> last = new ArrayDeque<>();

  /** Where the buffer's first byte goes. */
  private long bufferAt;

  /** Up to where all is written that was to be. */
  private long doneAt;

  /** Where the last write that failed was to begin; 0 if one has succeeded since. */
  private long failedAt;

  /** Whether the first record goes behind what an earlier process has written. */
  private boolean goesOn = true;

  /**
   * Who takes what becomes of records.
   *
   * @param stored takes responses that are written
   * @param notFound takes records that are whole and must not be found
   */
  record Takers(Consumer<SegmentEntry> stored, Consumer<SegmentEntry> notFound) {}

  /**
   * One that has no segment yet.
   *
   * @param takers take what becomes of records
   */
  SegmentWriter(SegmentRing ring, DiskIndex index, Forgotten forgotten, Takers takers) {
    this.takers = takers;
    this.ring = ring;
    this.index = index;
    this.forgotten = forgotten;
    this.unused = new UnusedRoom(ring.limitBytes(), ring.segmentBytes());
  }

  /** Where the next record goes. */
  private long end() {
    return bufferAt + buffer.position();
  }

  /** The segment in which a record of a length fits, made if there is none. */
  private DiskSegment room(long bytes) throws IOException {
    DiskSegment into = goesOn ? reopened() : current;
    if (into != null && into.fits(end(), bytes + (long) waiting.size() * SegmentEntry.BYTES)) {
      return into;
    }
    if (into != null) {
      flush();
      leave();
      if (into.isSealable()) {
        into.seal();
      }
    }
    DiskSegment made = ring.create();
    current = made;
    bufferAt = DiskSegment.HEADER_BYTES;
    doneAt = bufferAt;
    buffer.clear();
    return made;
  }

  /**
   * The segment that an earlier process has written to last: else each start that stores anything
   * takes one, and with it what the oldest one has. Null if there is none; tried once.
   */
  private @Nullable DiskSegment reopened() throws IOException {
    goesOn = false;
    DiskSegment youngest = ring.youngest();
    long end = youngest == null ? 0 : youngest.reopen();
    if (end > 0) {
      current = youngest;
      bufferAt = end;
      doneAt = end;
    }
    return current;
  }

  private void leave() {
    current = null;
    failedAt = 0;
    last.clear();
  }

  /**
   * Appends a record.
   *
   * @param format what it is
   * @param body copies of its body what fits into a buffer, from a position on
   */
  void append(RecordFormat format, byte[] key, byte[] head, ObjLongConsumer<ByteBuffer> body)
      throws IOException {
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
      body.accept(chunk, at);
      chunk.flip();
      checksums[i] = place.ofChunk(i, chunk);
      buffer.position(buffer.position() + length);
    }
    need(format.tailBytes() + RecordFormat.UNIT_BYTES);
    format.writeTail(buffer, place, checksums);
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
      if (bufferAt > doneAt) {
        doneAt = bufferAt;
        failedAt = 0;
      }
      for (SegmentEntry each : waiting) {
        into.add(each);
        if (!each.replaces()) {
          takers.stored().accept(each);
        }
        enter(each, into.sequence());
        forgotten.waitsNoMore(each.fingerprint(), each.ticket());
        unused.isUsed(each.length() * (long) RecordFormat.UNIT_BYTES);
      }
      if (!waiting.isEmpty()) {
        last.clear();
      }
    }
    waiting.clear();
  }

  /**
   * Lets a record be found that is whole, unless it was forgotten meanwhile. Where the index has no
   * room for it the oldest segment goes; if there is none then either, it is not found, after a
   * restart neither.
   */
  void enter(SegmentEntry entry, long sequence) throws IOException {
    if (forgotten.has(entry.fingerprint(), entry.ticket())) {
      return;
    }
    if (entry.replaces()) {
      index.removeAll(entry.fingerprint());
      return;
    }
    for (int tries = 0; tries < MOST_REMOVED; tries++) {
      if (index.put(entry, sequence)) {
        return;
      }
      if (!ring.hasOlderThan(sequence)) {
        break;
      }
      boolean _ = ring.removeOldest();
    }
    takers.notFound().accept(entry);
  }

  /**
   * A write failed: what was gathered is lost. The next record goes to the same place, so that a
   * disk that is full or fails costs none of what it has; if that fails too, to a new segment, for
   * the medium may be bad there.
   */
  List<SegmentEntry> abandon() {
    List<SegmentEntry> lost = List.copyOf(waiting);
    waiting.clear();
    buffer.clear();
    DiskSegment into = current;
    if (into != null) {
      bufferAt = doneAt;
      boolean isNew = doneAt == DiskSegment.HEADER_BYTES;
      if (isNew && ring.discard(into)) {
        // The room that it took is that of the next one.
        leave();
      } else if (!isNew && failedAt == doneAt) {
        leave();
      } else {
        failedAt = doneAt;
      }
    }
    return lost;
  }

  /** Writes the footers of all segments that can have one. */
  void sealAll() throws IOException {
    flush();
    leave();
    for (DiskSegment each : ring.sealable()) {
      each.seal();
    }
  }

  // ---- a record that comes bit by bit ----

  /**
   * Makes room for a record whose body comes later: its header is written, and what follows is
   * written behind it.
   *
   * @param nowNanos a time that never runs backwards
   * @return null if too much room was made already for what has not come
   */
  @Nullable OpenRecord reserve(RecordFormat format, byte[] key, byte[] head, long nowNanos)
      throws IOException {
    if (!unused.tryReserve(format.bytes(), nowNanos)) {
      return null;
    }
    boolean made = false;
    try {
      DiskSegment into = room(format.bytes());
      flush();
      long offset = bufferAt;
      need(format.bodyOffset());
      format.write(buffer, into.place(offset), key, head);
      writeBuffer();
      bufferAt = offset + format.bytes();
      doneAt = bufferAt;
      failedAt = 0;
      into.streams(1);
      OpenRecord record = new OpenRecord(into, format, offset);
      last.add(record);
      made = true;
      return record;
    } finally {
      if (!made) {
        unused.isUsed(format.bytes());
      }
    }
  }

  /** Gives the room of records back that do not become whole, if nothing else is behind them. */
  private void giveBack() {
    OpenRecord end = last.peekLast();
    while (end != null && end.over && end.isLast()) {
      last.removeLast();
      bufferAt = end.offset;
      doneAt = end.offset;
      unused.isUsed(end.format.bytes());
      end = last.peekLast();
    }
  }

  /** A record whose body comes bit by bit, chunk by chunk. */
  final class OpenRecord {
    private final DiskSegment into;
    private final RecordFormat format;
    private final long offset;
    private final int[] checksums;
    private int chunks;
    private long comeBytes;
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
      int length = bytes.remaining();
      into.file().write(bytes, at);
      comeBytes += length;
      unused.isUsed(length);
    }

    /** All of the body is there. */
    void end() throws IOException {
      ByteBuffer tail = ByteBuffer.allocate(format.tailBytes());
      format.writeTail(tail, into.place(offset), checksums);
      into.file().write(tail.flip(), offset + format.checksumsOffset());
      close();
      unused.isUsed(format.bytes() - comeBytes);
      unused.isUsed(format.bytes());
      last.remove(this);
      into.add(entry());
      takers.stored().accept(entry());
      enter(entry(), into.sequence());
      sealIfLeft();
    }

    /** It does not become whole. */
    void drop() {
      if (!over) {
        close();
        unused.isLost(comeBytes);
        giveBack();
      }
    }

    private void close() {
      over = true;
      into.streams(-1);
    }

    private boolean isLast() {
      return into.equals(current) && buffer.position() == 0 && bufferAt == offset + format.bytes();
    }

    private void sealIfLeft() throws IOException {
      if (!into.equals(current) && into.isSealable()) {
        into.seal();
      }
    }
  }
}

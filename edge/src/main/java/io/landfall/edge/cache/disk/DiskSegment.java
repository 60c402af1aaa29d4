package io.landfall.edge.cache.disk;

import io.landfall.core.InvariantBroken;
import io.landfall.edge.cache.disk.DiskFiles.OpenFile;
import io.landfall.edge.cache.disk.RecordFormat.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One segment: a file of a fixed length that is written once, from its begin to its end, and
 * removed as a whole. Its header has its number in the order of segments and a nonce; its footer
 * has what the index needs of each record, so that a start reads no more than that. A segment
 * without a footer was open when its process died: its records are found one after another.
 *
 * <p>Held by the ring while it is part of it, and by who reads from it: so what was removed is read
 * to the end by who has begun.
 */
final class DiskSegment {
  /** Names begin so; the number follows. */
  static final String PREFIX = "segment-";

  static final int HEADER_BYTES = 64;
  static final int FOOTER_BYTES = 64;

  private static final int MAGIC = 0x4c465331;
  private static final int FOOTER_MAGIC = 0x4c465832;
  private static final int CHECKED_BYTES = 32;
  private static final int SCAN_BYTES = 1 << 20;

  private final OpenFile file;
  private final long sequence;
  private final long nonce;
  private final long bytes;
  private final AtomicInteger holders = new AtomicInteger(1);

  // Of the writing thread: what is in it while it has no footer.
  private List<SegmentEntry> entries = new ArrayList<>();
  private int streams;
  private long oldestTicket = Long.MAX_VALUE;
  private boolean sealed;
  private boolean removed;

  /** Whether its records were found one after another: what lies behind them is of no use. */
  private boolean scanned;

  /** From where on it has what this process has stored. */
  private volatile long ownFrom;

  private DiskSegment(OpenFile file, long sequence, long nonce, long bytes, long ownFrom) {
    this.file = file;
    this.sequence = sequence;
    this.nonce = nonce;
    this.bytes = bytes;
    this.ownFrom = ownFrom;
  }

  static String name(long sequence) {
    return PREFIX + sequence;
  }

  /** The number in a name; 0 if there is none. */
  static long sequence(String name) {
    try {
      return Long.parseLong(name.substring(PREFIX.length()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Makes a new one. */
  static DiskSegment create(DiskFiles files, long sequence, long nonce, long bytes)
      throws IOException {
    OpenFile file = files.create(name(sequence));
    try {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      header.putInt(MAGIC).putInt(0).putLong(sequence).putLong(nonce).putLong(bytes);
      header.putInt(Integer.BYTES, checksum(header.array(), CHECKED_BYTES));
      file.write(header.clear(), 0);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new DiskSegment(file, sequence, nonce, bytes, HEADER_BYTES);
  }

  private static int checksum(byte[] header, int to) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, Integer.BYTES);
    crc.update(header, 2 * Integer.BYTES, to - 2 * Integer.BYTES);
    return (int) crc.getValue();
  }

  /** Opens one that is there; null if it is none. */
  static @Nullable DiskSegment open(DiskFiles files, String name) throws IOException {
    OpenFile file = files.open(name);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    int read;
    try {
      read = file.read(header, 0);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    boolean right =
        read == HEADER_BYTES
            && header.getInt(0) == MAGIC
            && header.getInt(Integer.BYTES) == checksum(header.array(), CHECKED_BYTES)
            && name.equals(name(header.getLong(8)))
            && header.getLong(24) >= HEADER_BYTES + FOOTER_BYTES;
    if (!right) {
      file.close();
      return null;
    }
    return new DiskSegment(
        file, header.getLong(8), header.getLong(16), header.getLong(24), Long.MAX_VALUE);
  }

  long sequence() {
    return sequence;
  }

  long nonce() {
    return nonce;
  }

  long bytes() {
    return bytes;
  }

  OpenFile file() {
    return file;
  }

  /** Whether what begins at a place was stored before this process began. */
  boolean isBefore(long offset) {
    return offset < ownFrom;
  }

  Place place(long offset) {
    return new Place(nonce, offset);
  }

  // ---- while it is written; on the writing thread ----

  /** Whether a record fits behind a place, with what the footer will take. */
  boolean fits(long offset, long recordBytes) {
    long footer = FOOTER_BYTES + (long) SegmentEntry.BYTES * (entries.size() + streams + 1);
    return offset + recordBytes + footer <= bytes;
  }

  /** The longest record that a segment of a length takes. */
  static long largestRecord(long segmentBytes) {
    return segmentBytes - HEADER_BYTES - FOOTER_BYTES - SegmentEntry.BYTES;
  }

  /** A record is whole. */
  void add(SegmentEntry entry) {
    entries.add(entry);
    oldestTicket = Math.min(oldestTicket, entry.ticket());
  }

  /** The smallest ticket of what is in it. */
  long oldestTicket() {
    return oldestTicket;
  }

  /** A record is written bit by bit, or is no longer. */
  void streams(int more) {
    streams += more;
  }

  boolean isSealable() {
    return !sealed && !removed && streams == 0;
  }

  /** It is no longer part of the ring. */
  void remove() {
    removed = true;
  }

  boolean isRemoved() {
    return removed;
  }

  /**
   * Writes the footer. Of one that was looked through what lies behind its last record goes first:
   * a machine that dies may leave records behind one that is damaged, which were not found. Once
   * others are written before them a later scan would find them again, and nothing of what was made
   * invalid since was taken down of them.
   */
  void seal() throws IOException {
    if (scanned) {
      file.truncate(end());
      file.force();
      scanned = false;
    }
    int length = entries.size() * SegmentEntry.BYTES;
    ByteBuffer index = ByteBuffer.allocate(length);
    for (SegmentEntry each : entries) {
      index.putLong(each.fingerprint()).putLong(each.ticket());
      index.putInt(each.offset()).putInt(each.length()).putInt(each.variant());
      index.putInt(each.replaces() ? 1 : 0);
    }
    index.flip();
    long at = bytes - FOOTER_BYTES - length;
    CRC32C crc = new CRC32C();
    crc.update(index.duplicate());
    file.write(index, at);
    ByteBuffer footer = ByteBuffer.allocate(FOOTER_BYTES);
    footer.putInt(FOOTER_MAGIC).putInt(0).putLong(sequence).putLong(nonce).putLong(at);
    footer.putInt(entries.size()).putInt((int) crc.getValue());
    footer.putInt(Integer.BYTES, checksum(footer.array(), CHECKED_BYTES + Long.BYTES));
    file.write(footer.clear(), bytes - FOOTER_BYTES);
    entries = new ArrayList<>();
    sealed = true;
  }

  /**
   * Makes one that an earlier process has ended take more, behind what it has. Its footer goes
   * first: a process that dies later must not leave one that lacks what came since.
   *
   * @return where the next record goes; 0 if its footer is not as it was written
   */
  long reopen() throws IOException {
    List<SegmentEntry> all = new ArrayList<>();
    if (!loadFooter(all::add)) {
      return 0;
    }
    file.write(ByteBuffer.allocate(FOOTER_BYTES), bytes - FOOTER_BYTES);
    file.force();
    entries = all;
    sealed = false;
    ownFrom = end();
    return ownFrom;
  }

  /** Where the last of its records ends. */
  private long end() {
    long end = HEADER_BYTES;
    for (SegmentEntry each : entries) {
      end = Math.max(end, RecordFormat.UNIT_BYTES * ((long) each.offset() + each.length()));
    }
    return end;
  }

  // ---- at a start ----

  /**
   * Reads what it has, in the order in which it was written.
   *
   * @return whether it had a footer; else what was found is kept for one
   */
  boolean load(Consumer<SegmentEntry> each) throws IOException {
    if (loadFooter(each)) {
      sealed = true;
      return true;
    }
    scan(each);
    return false;
  }

  private boolean loadFooter(Consumer<SegmentEntry> each) throws IOException {
    ByteBuffer footer = ByteBuffer.allocate(FOOTER_BYTES);
    if (file.read(footer, bytes - FOOTER_BYTES) != FOOTER_BYTES
        || footer.getInt(0) != FOOTER_MAGIC
        || footer.getInt(Integer.BYTES) != checksum(footer.array(), CHECKED_BYTES + Long.BYTES)
        || footer.getLong(8) != sequence
        || footer.getLong(16) != nonce) {
      return false;
    }
    long at = footer.getLong(24);
    int count = footer.getInt(32);
    boolean possible =
        count >= 0
            && at >= HEADER_BYTES
            && at + (long) count * SegmentEntry.BYTES == bytes - FOOTER_BYTES;
    if (!possible) {
      return false;
    }
    ByteBuffer index = ByteBuffer.allocate(count * SegmentEntry.BYTES);
    if (file.read(index, at) != index.capacity()) {
      return false;
    }
    index.flip();
    CRC32C crc = new CRC32C();
    crc.update(index.duplicate());
    if ((int) crc.getValue() != footer.getInt(36)) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      long fingerprint = index.getLong();
      long ticket = index.getLong();
      int offset = index.getInt();
      int length = index.getInt();
      int variant = index.getInt();
      boolean replaces = index.getInt() == 1;
      SegmentEntry entry = new SegmentEntry(fingerprint, ticket, offset, length, variant, replaces);
      oldestTicket = Math.min(oldestTicket, ticket);
      each.accept(entry);
    }
    return true;
  }

  /** Finds the whole records of a segment without a footer. */
  private void scan(Consumer<SegmentEntry> each) throws IOException {
    scanned = true;
    ByteBuffer window = ByteBuffer.allocate(SCAN_BYTES + RecordFormat.MOST_HEAD_BYTES);
    window.limit(0);
    long windowAt = 0;
    long offset = HEADER_BYTES;
    while (offset + RecordFormat.HEADER_BYTES <= bytes - FOOTER_BYTES) {
      int inWindow = (int) Math.min(Integer.MAX_VALUE, offset - windowAt);
      if (inWindow + RecordFormat.HEADER_BYTES > window.limit()) {
        windowAt = offset;
        inWindow = 0;
        read(window, windowAt);
      }
      RecordFormat format =
          RecordFormat.read(window.duplicate().position(inWindow), place(offset), bytes);
      if (format == null) {
        return;
      }
      if (inWindow + format.bodyOffset() > window.limit()) {
        windowAt = offset;
        inWindow = 0;
        read(window, windowAt);
      }
      if (!format.isRight(window.duplicate().position(inWindow), place(offset))) {
        return;
      }
      if (readTail(format, offset) != null) {
        SegmentEntry found = SegmentEntry.of(format, offset);
        add(found);
        each.accept(found);
      }
      offset += format.bytes();
    }
  }

  private void read(ByteBuffer window, long at) throws IOException {
    window.clear();
    int got = file.read(window, at);
    window.position(0).limit(Math.max(0, got));
  }

  /** Reads the checksums of a record's body; null if the record is not whole. */
  int @Nullable [] readTail(RecordFormat format, long offset) throws IOException {
    ByteBuffer tail = ByteBuffer.allocate(format.tailBytes());
    int got = file.read(tail, offset + format.checksumsOffset());
    return got == tail.capacity() ? format.readTail(tail.flip(), place(offset)) : null;
  }

  // ---- who holds it; any thread ----

  /** Holds it, unless it is gone. */
  boolean tryHold() {
    int held = holders.get();
    while (held > 0) {
      int seen = holders.compareAndExchange(held, held + 1);
      if (seen == held) {
        return true;
      }
      held = seen;
    }
    return false;
  }

  /** Lets go of it: the last one closes its file. */
  void letGo() {
    int left = holders.decrementAndGet();
    if (left == 0) {
      file.close();
    } else if (left < 0) {
      throw new InvariantBroken("a segment let go more often than held");
    }
  }

  /** How often it is held. */
  int holders() {
    return holders.get();
  }
}

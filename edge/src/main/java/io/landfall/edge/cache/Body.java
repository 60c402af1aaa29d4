package io.landfall.edge.cache;

import io.landfall.core.InvariantBroken;
import io.landfall.edge.cache.disk.DiskBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a response, off the heap. One event loop appends to it, once; any number of readers
 * on any loops read what is there already. Chunks are filled one after another and never moved.
 *
 * <p>What was received is copied: the buffers of reads are larger than what they hold, and would be
 * held whole.
 */
final class Body extends Counted {
  /** The length of a body that is not known before its end. */
  static final long UNKNOWN = -1;

  /** The largest chunk; a body of known length up to this is one chunk. */
  static final int CHUNK_BYTES = 64 * 1024;

  /** The first chunk of a body whose length is not known; each next one is twice as large. */
  private static final int FIRST_CHUNK_BYTES = 4 * 1024;

  private static final int DOUBLINGS = 4;

  /** A body that is waited for by none is fetched to its end if it is no longer than this. */
  private static final long SMALL_BYTES = 1 << 20;

  private final @Nullable DiskBody onDisk;
  private final ByteBufAllocator allocator;
  private final Room room;
  private final long expectedBytes;
  private final long mostBytes;

  // Elements are written by the appending loop before the length that makes them visible; the
  // arrays are volatile, so that who sees larger ones sees what was copied into them.
  private volatile Chunks chunks = new Chunks(new ByteBuf[1], new long[1]);
  private int count;

  /** The chunk where the next byte goes; those before it are full. */
  private int filling;

  private int dropped;
  private boolean beyond;
  private volatile boolean onDiskToo;
  private volatile @Nullable CodedBodies codings;
  private long takenBytes;
  private volatile long length;

  /**
   * Chunks, and where each begins in the body; both at once, for they may lose their first ones.
   */
  private record Chunks(ByteBuf[] buffers, long[] starts) {}

  /** Where the memory comes from; any thread may ask. */
  interface Room {
    /** Takes bytes, unless there is no room for them. */
    boolean tryTake(long bytes);

    /** Gives back what was taken. */
    void give(long bytes);

    /** Takes bytes for what a client is being sent from disk, unless too much is taken for that. */
    default boolean tryTakeToSend(long bytes) {
      return tryTake(bytes);
    }

    /** Gives back what was taken to send from disk. */
    default void giveSent(long bytes) {
      give(bytes);
    }
  }

  /**
   * An empty one.
   *
   * @param expectedBytes how long it will be, or {@link #UNKNOWN}
   * @param mostBytes how long it may become if that is not known
   */
  Body(ByteBufAllocator allocator, Room room, long expectedBytes, long mostBytes) {
    this.onDisk = null;
    this.mostBytes = mostBytes;
    this.allocator = allocator;
    this.room = room;
    this.expectedBytes = expectedBytes;
  }

  /** One that lies on disk, whole. */
  Body(ByteBufAllocator allocator, Room room, DiskBody onDisk) {
    this.onDisk = onDisk;
    this.mostBytes = onDisk.length();
    this.allocator = allocator;
    this.room = room;
    this.expectedBytes = onDisk.length();
    this.length = onDisk.length();
  }

  /** It in further codings, which are made of it once it is whole. */
  CodedBodies codings() {
    CodedBodies there = codings;
    return there == null ? makeCodings() : there;
  }

  private synchronized CodedBodies makeCodings() {
    CodedBodies there = codings;
    if (there == null) {
      there = new CodedBodies();
      codings = there;
    }
    return there;
  }

  /** The room that it takes in further codings. */
  long codedBytes() {
    CodedBodies there = codings;
    return there == null ? 0 : there.takenBytes();
  }

  /** It was handed to the disk, or came from there. */
  void storedOnDisk() {
    onDiskToo = true;
  }

  /** Whether it was. */
  boolean isOnDiskToo() {
    return onDiskToo;
  }

  /** Where it lies, if that is on disk; else null. */
  @Nullable DiskBody onDisk() {
    return onDisk;
  }

  /**
   * Takes the room for all of a body of known length, else for its first chunk, so that what is
   * kept of it if it finds no more is counted; false if there is too little.
   */
  boolean reserve() {
    if (expectedBytes == UNKNOWN) {
      return addChunk(0);
    }
    if (expectedBytes == 0) {
      return true;
    }
    long rest = expectedBytes % CHUNK_BYTES;
    long needed = expectedBytes - rest + (rest == 0 ? 0 : sizeClass((int) rest));
    if (!room.tryTake(needed)) {
      return false;
    }
    takenBytes = needed;
    return true;
  }

  /** Whether so little of it is missing that its end is worth more than the bytes saved. */
  boolean isWorthEnding() {
    return expectedBytes != UNKNOWN && (expectedBytes <= SMALL_BYTES || length > expectedBytes / 2);
  }

  /** How long it will be, or {@link #UNKNOWN}. */
  long expectedBytes() {
    return expectedBytes;
  }

  /** The room that was taken for it; stands once it is whole, or has found no more. */
  long takenBytes() {
    return takenBytes;
  }

  Room room() {
    return room;
  }

  /** How many bytes there are by now. */
  long length() {
    return length;
  }

  /**
   * Appends a copy of what is readable in a piece, which stays its owner's.
   *
   * @return false if there is no room, or it is longer than was expected: nothing was appended
   */
  boolean append(ByteBuf piece) {
    long at = length;
    int chunk = filling;
    int from = piece.readerIndex();
    int left = piece.readableBytes();
    while (left > 0) {
      // A piece that found no room half-way has left an empty chunk.
      if (chunk == count) {
        int forgotten = forgetDropped();
        chunk -= forgotten;
        if (!addChunk(at)) {
          return false;
        }
      }
      ByteBuf into = chunks.buffers()[chunk];
      int inChunk = (int) (at - chunks.starts()[chunk]);
      int fits = Math.min(left, into.capacity() - inChunk);
      into.setBytes(inChunk, piece, from, fits);
      from += fits;
      left -= fits;
      at += fits;
      chunk += inChunk + fits == into.capacity() ? 1 : 0;
    }
    filling = chunk;
    length = at;
    return true;
  }

  /**
   * Whether more may be kept of a body that found no more room: before its slowest reader a window,
   * or less where memory was full and not the body too long, so that it is counted.
   */
  boolean mayKeepMore(long slowest) {
    return length - slowest < Math.min(Fill.WINDOW_BYTES, takenBytes);
  }

  /** Appends a copy though there is no room: who calls drops what was read, and bounds the rest. */
  void appendBeyond(ByteBuf piece) {
    beyond = true;
    if (!append(piece)) {
      throw new InvariantBroken("a body of unknown length has no end");
    }
  }

  /** Frees the chunks before a position, which none reads any more; on the appending loop. */
  void dropBefore(long position) {
    long before = Math.min(position, length);
    Chunks all = chunks;
    while (dropped + 1 < count && all.starts()[dropped + 1] <= before) {
      all.buffers()[dropped].release();
      dropped++;
    }
  }

  /**
   * Makes room in the arrays for one more chunk by forgetting those that were dropped, so that a
   * body without an end takes no more of the heap than what is kept of it.
   *
   * @return how many were forgotten: by so much all others move
   */
  private int forgetDropped() {
    Chunks all = chunks;
    int gone = dropped;
    if (gone == 0 || count < all.buffers().length) {
      return 0;
    }
    // Readers go on with the arrays that they have.
    int room = all.buffers().length;
    chunks =
        new Chunks(
            Arrays.copyOfRange(all.buffers(), gone, gone + room),
            Arrays.copyOfRange(all.starts(), gone, gone + room));
    count -= gone;
    filling -= gone;
    dropped = 0;
    return gone;
  }

  /** How many chunks the arrays have places for. */
  int places() {
    return chunks.buffers().length;
  }

  private boolean addChunk(long at) {
    int size;
    if (expectedBytes != UNKNOWN) {
      size = (int) Math.min(expectedBytes - at, CHUNK_BYTES);
      if (size <= 0) {
        return false;
      }
    } else {
      size = FIRST_CHUNK_BYTES << Math.min(count, DOUBLINGS);
      if (!beyond) {
        boolean fits = at + size <= mostBytes && room.tryTake(size);
        if (!fits) {
          return false;
        }
        takenBytes += size;
      }
    }
    Chunks all = chunks;
    if (count == all.buffers().length) {
      // Readers go on with the arrays that they have.
      all =
          new Chunks(
              Arrays.copyOf(all.buffers(), count * 2), Arrays.copyOf(all.starts(), count * 2));
      chunks = all;
    }
    all.buffers()[count] = allocator.directBuffer(size, size);
    all.starts()[count] = at;
    count++;
    return true;
  }

  /**
   * A view of bytes that are there, of one chunk at most; the receiver releases it.
   *
   * @param position the first one, less than the length
   * @param most how many at most
   */
  ByteBuf slice(long position, long most) {
    long end = length;
    Chunks seen = chunks;
    int chunk = chunkOf(seen.starts(), position, end);
    ByteBuf buffer = seen.buffers()[chunk];
    int offset = (int) (position - seen.starts()[chunk]);
    long there = Math.min(end - position, buffer.capacity() - (long) offset);
    return buffer.retainedSlice(offset, (int) Math.min(most, there));
  }

  /** The chunk that holds a position before an end. */
  private static int chunkOf(long[] from, long position, long end) {
    int low = 0;
    int high = from.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      // Behind the last visible chunk there are zeros, or what is being added now.
      boolean visible = from[middle] > 0 && from[middle] < end;
      if (visible && from[middle] <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** What the allocator really gives for so many bytes: four sizes from each power of two on. */
  static int sizeClass(int bytes) {
    if (bytes <= 128) {
      return (bytes + 15) & -16;
    }
    int step = Integer.highestOneBit(bytes - 1) >> 2;
    return (bytes + step - 1) & -step;
  }

  @Override
  void free() {
    for (int i = dropped; i < count; i++) {
      chunks.buffers()[i].release();
    }
    room.give(takenBytes);
    CodedBodies coded = codings;
    if (coded != null) {
      coded.release();
    }
  }
}

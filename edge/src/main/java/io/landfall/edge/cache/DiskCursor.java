package io.landfall.edge.cache;

import io.landfall.edge.cache.StoredAnswer.Part;
import io.landfall.edge.cache.disk.DiskBody;
import io.landfall.edge.exchange.FailureKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a body that lies on disk: it holds what is being sent and what comes next, and no
 * more, however long the body and slow the client. Each part of it is checked before a byte of it
 * is sent; if one is not right the response breaks off.
 */
final class DiskCursor extends PartCursor {
  /** Chunks of one read. */
  private static final int CHUNKS = 4;

  private static final long READ_BYTES = (long) CHUNKS * DiskBody.CHUNK_BYTES;

  /** What one takes of the memory: two reads. */
  static final long MEMORY_BYTES = 2 * READ_BYTES;

  private final Sender sender;
  private final DiskBody body;
  private final Body.Room room;

  /** What was read last, and where it begins in the body. */
  private @Nullable ByteBuf ready;

  private long readyFrom;
  private @Nullable ByteBuf following;
  private boolean reading;

  /** Where what is being read begins. */
  private long readingFrom;

  private boolean closed;

  /**
   * Who sends what is read.
   *
   * @param loop runs tasks on its event loop
   * @param advance there may be more
   * @param broken there will be no more
   */
  record Sender(Executor loop, Runnable advance, Runnable broken) {
    static Sender of(CacheReader reader) {
      return new Sender(
          reader.loop().executor(), reader::advance, () -> reader.fail(FailureKind.INCOMPLETE));
    }
  }

  private DiskCursor(Sender sender, List<Part> parts, DiskBody body, Body.Room room) {
    super(parts);
    this.sender = sender;
    this.body = body;
    this.room = room;
  }

  /** The cursor over a body, wherever it is; null if it cannot be read now. */
  static @Nullable BodyCursor over(Body body, List<Part> parts, Sender sender) {
    DiskBody lies = body.onDisk();
    if (lies == null || parts.isEmpty()) {
      return new MemoryCursor(parts, body);
    }
    if (!body.room().tryTakeToSend(MEMORY_BYTES)) {
      return null;
    }
    if (!lies.tryHold()) {
      body.room().giveSent(MEMORY_BYTES);
      return null;
    }
    return new DiskCursor(sender, parts, lies, body.room());
  }

  @Override
  long length() {
    return body.length();
  }

  @Override
  public boolean hasMore() {
    return !closed && super.hasMore();
  }

  @Override
  boolean isHere() {
    if (!isReady()) {
      takeNext();
    }
    return isReady();
  }

  private boolean isReady() {
    ByteBuf here = ready;
    return here != null && position() >= readyFrom && position() < readyFrom + here.readableBytes();
  }

  /** Goes on to what was read ahead, or begins to read. */
  private void takeNext() {
    ByteBuf next = following;
    following = null;
    long nextFrom = readyFrom + READ_BYTES;
    dropReady();
    if (next != null && position() >= nextFrom && position() < nextFrom + next.readableBytes()) {
      ready = next;
      readyFrom = nextFrom;
      readAhead();
      return;
    }
    if (next != null) {
      next.release();
    }
    if (reading) {
      if (position() >= readingFrom && position() < readingFrom + READ_BYTES) {
        // It was read ahead, and is on its way.
        readyFrom = readingFrom;
      }
    } else {
      readyFrom = position() / READ_BYTES * READ_BYTES;
      read(readyFrom);
    }
  }

  private void dropReady() {
    ByteBuf here = ready;
    ready = null;
    if (here != null) {
      here.release();
    }
  }

  private void readAhead() {
    Part now = current();
    long next = readyFrom + READ_BYTES;
    if (!reading && following == null && now != null && next < end(now)) {
      read(next);
    }
  }

  private void read(long from) {
    reading = true;
    readingFrom = from;
    boolean begun =
        body.read(
            (int) (from / DiskBody.CHUNK_BYTES),
            CHUNKS,
            new DiskBody.Receiver() {
              @Override
              public void read(ByteBuf piece) {
                onLoop(() -> arrived(from, piece), piece);
              }

              @Override
              public void failed() {
                onLoop(DiskCursor.this::broken, Unpooled.EMPTY_BUFFER);
              }
            });
    if (!begun) {
      onLoop(this::broken, Unpooled.EMPTY_BUFFER);
    }
  }

  private void onLoop(Runnable task, ByteBuf held) {
    try {
      sender.loop().execute(task);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and its requests with it.
      held.release();
    }
  }

  private void arrived(long from, ByteBuf piece) {
    reading = false;
    if (closed) {
      piece.release();
      return;
    }
    if (ready == null && from == readyFrom) {
      ready = piece;
      readAhead();
    } else if (ready != null && from == readyFrom + READ_BYTES && following == null) {
      following = piece;
    } else {
      // It was read ahead of a part that ended before it.
      piece.release();
    }
    sender.advance().run();
  }

  private void broken() {
    reading = false;
    if (!closed) {
      sender.broken().run();
    }
  }

  /** What lies on disk is whole. */
  @Override
  public boolean isAtEnd(boolean whole) {
    return super.isAtEnd(true);
  }

  @Override
  ByteBuf piece(long mostBytes) {
    ByteBuf here = ready;
    if (here == null) {
      return Unpooled.EMPTY_BUFFER;
    }
    int offset = (int) (position() - readyFrom);
    int length = (int) Math.min(mostBytes, here.readableBytes() - offset);
    return here.retainedSlice(here.readerIndex() + offset, length);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    dropReady();
    ByteBuf next = following;
    following = null;
    if (next != null) {
      next.release();
    }
    body.letGo();
    room.giveSent(MEMORY_BYTES);
  }
}

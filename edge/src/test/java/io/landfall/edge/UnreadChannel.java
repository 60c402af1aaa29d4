package io.landfall.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * A connection without a network whose other end reads only when a test lets it, and whose buffers
 * are counted to the byte.
 */
public final class UnreadChannel extends EmbeddedChannel {
  /** A connection that holds this has failed its test, and need not take the others with it. */
  private static final long GIVE_UP_BYTES = 4 << 20;

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private long mayTake;
  private long peakBytes;
  private long peakWaitingBytes;
  private boolean readOnce;

  /** Those of the test that runs, where {@link Closed} is; null elsewhere, as in fuzzing. */
  private static @Nullable List<UnreadChannel> ofThisTest;

  /** Closes the connections of each test after it, so that what waited in them is released. */
  public static final class Closed implements TestInstancePreConstructCallback, AfterEachCallback {
    public Closed() {}

    @Override
    public void preConstructTestInstance(
        TestInstanceFactoryContext factory, ExtensionContext context) {
      ofThisTest = new ArrayList<>();
    }

    @Override
    public void afterEach(ExtensionContext context) {
      List<UnreadChannel> open = ofThisTest == null ? List.of() : ofThisTest;
      ofThisTest = null;
      for (UnreadChannel channel : open) {
        // Not through the pipeline: HTTP/2 would wait for what the other end does not read.
        channel.unsafe().close(channel.newPromise());
        channel.runPendingTasks();
        channel.releaseInbound();
        channel.releaseOutbound();
      }
    }
  }

  public UnreadChannel(WriteBufferWaterMark mark) {
    if (ofThisTest != null) {
      ofThisTest.add(this);
    }
    config().setAllocator(allocator);
    config().setWriteBufferWaterMark(mark);
  }

  /**
   * Delivers bytes in reads of at most so many, as a socket would: only while the connection reads.
   *
   * @return how many bytes were read
   */
  public int deliver(byte[] bytes, int from, int mostPerRead) {
    int at = from;
    while (at < bytes.length && reads() && isOpen() && peakBytes < GIVE_UP_BYTES) {
      int length = Math.min(mostPerRead, bytes.length - at);
      ByteBuf read = allocator.directBuffer(length).writeBytes(bytes, at, length);
      at += length;
      pipeline().fireChannelRead(read);
      pipeline().fireChannelReadComplete();
      runPendingTasks();
      noteWhatIsHeld();
    }
    return at - from;
  }

  /** Whether a socket would be read: all the time, or once because a handler wants it. */
  private boolean reads() {
    boolean once = readOnce;
    readOnce = false;
    return once || config().isAutoRead();
  }

  @Override
  protected void doBeginRead() {
    readOnce = !config().isAutoRead();
  }

  /** The other end reads so many bytes. */
  public void take(long bytes) {
    mayTake += bytes;
    flush();
    runPendingTasks();
    noteWhatIsHeld();
  }

  /** The other end reads no more. */
  public void takeNothing() {
    mayTake = 0;
  }

  /** What the other end has read. */
  public byte[] taken() {
    return taken.toByteArray();
  }

  /** Forgets what the other end has read. */
  public void forgetTaken() {
    taken.reset();
  }

  /** Bytes of all buffers that the connection holds. */
  public long heldBytes() {
    return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
  }

  /** The most that the connection held after any read or write. */
  public long peakBytes() {
    return peakBytes;
  }

  private void noteWhatIsHeld() {
    peakBytes = Math.max(peakBytes, heldBytes());
    peakWaitingBytes = Math.max(peakWaitingBytes, waitingBytes());
  }

  /** The most that waited to be written after any read or write. */
  public long peakWaitingBytes() {
    return peakWaitingBytes;
  }

  /** Bytes that wait to be written, with what the write queue costs itself. */
  public long waitingBytes() {
    ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) {
    while (in.current() instanceof ByteBuf next) {
      int length = (int) Math.min(mayTake, next.readableBytes());
      boolean whole = length == next.readableBytes();
      byte[] bytes = new byte[length];
      next.getBytes(next.readerIndex(), bytes);
      taken.writeBytes(bytes);
      mayTake -= length;
      if (!whole) {
        in.removeBytes(length);
        return;
      }
      in.remove();
    }
  }
}

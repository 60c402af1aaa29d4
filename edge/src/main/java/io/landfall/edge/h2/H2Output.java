package io.landfall.edge.h2;

import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body that goes out on one stream, with a count of what the peer's window or the socket has
 * not let out yet: Netty queues without a bound, so this is the bound.
 *
 * <p>There is one for all streams of a connection too, {@link Marks#connectionHighBytes}. Beyond it
 * a stream is fed only when nothing of it waits and what it is given can leave at once: a peer that
 * opens many streams and gives no window, or does not read, gets no more than that queued.
 */
final class H2Output {
  /**
   * How much waits.
   *
   * @param connectionHighBytes of all streams of a connection, beyond which only what can leave at
   *     once is taken
   * @param highBytes of one stream, at which its sender is stopped
   * @param lowBytes of one stream, at which it goes on
   */
  record Marks(int connectionHighBytes, int highBytes, int lowBytes) {}

  /** What is written as one: that much has to leave for a slow reader to be seen to read. */
  static final int MAX_PIECE_BYTES = 16 * 1024;

  /** What a piece of a body costs besides its bytes, which may be one. */
  private static final int PIECE_BYTES = 256;

  /** What bodies that were made here may wait together with all other DATA. */
  private static final int SMALL_BODIES_BYTES = 2 * 1024;

  /** A window for which it is worth reading from the other side. */
  private static final int WORTHWHILE_WINDOW_BYTES = 16 * 1024;

  private final H2Connection connection;
  private final int streamId;
  private final Runnable onWritable;
  private final Marks marks;
  private int pending;
  private boolean stopped;
  private boolean closed;

  /** The end was written, and waits still. */
  private boolean ending;

  /** What is to be done when it has left. */
  private @Nullable Runnable afterwards;

  /** The piece that came last, kept back until it is known whether it ends the stream. */
  private @Nullable ByteBuf last;

  H2Output(H2Connection connection, int streamId, Runnable onWritable) {
    this.connection = connection;
    this.streamId = streamId;
    this.onWritable = onWritable;
    this.marks = connection.profile().marks();
  }

  /** Takes a piece of the body over; its last part is kept back until {@link #push} or the end. */
  void write(ByteBuf data) {
    push();
    while (data.readableBytes() > MAX_PIECE_BYTES) {
      add(data.readRetainedSlice(MAX_PIECE_BYTES));
      push();
    }
    add(data);
  }

  private void add(ByteBuf data) {
    int bytes = costOf(data);
    last = data;
    pending += bytes;
    connection.addWaitingData(bytes);
    if (pending >= marks.highBytes()) {
      stopped = true;
      push();
    }
  }

  private static int costOf(ByteBuf piece) {
    return piece.readableBytes() + PIECE_BYTES;
  }

  /** Writes what was kept back: nothing else comes with this batch. */
  void push() {
    ByteBuf piece = last;
    if (piece != null) {
      last = null;
      writePiece(piece, false);
    }
  }

  private ChannelPromise writePiece(ByteBuf data, boolean ended) {
    int bytes = costOf(data);
    ChannelPromise promise = connection.context().newPromise();
    ChannelIo.ignore(promise.addListener(f -> left(bytes)));
    connection.writeData(streamId, data, ended, promise);
    return promise;
  }

  /**
   * Ends the stream's output with the last piece: a frame of its own for the end would cost about
   * as much as a small body.
   */
  void end() {
    ByteBuf piece = last;
    last = null;
    ending = true;
    ChannelPromise promise =
        piece == null ? writeEnd(connection.context().newPromise()) : writePiece(piece, true);
    ChannelIo.ignore(promise.addListener(f -> endHasLeft()));
  }

  /**
   * Ends it with trailers, in HEADERS behind all DATA (RFC 9113 section 8.1); without them if they
   * are more than the other end takes.
   */
  void end(Http2Headers trailers) {
    if (!connection.takes(trailers)) {
      end();
      return;
    }
    push();
    ending = true;
    ChannelHandlerContext to = connection.context();
    ChannelPromise promise = to.newPromise();
    ChannelIo.ignore(promise.addListener(f -> endHasLeft()));
    ChannelIo.ignore(connection.encoder().writeHeaders(to, streamId, trailers, 0, true, promise));
  }

  private void endHasLeft() {
    ending = false;
    Runnable next = afterwards;
    afterwards = null;
    if (next != null) {
      next.run();
    }
  }

  /** Whether the end of the stream was written and has not left. */
  boolean isEnding() {
    return ending;
  }

  /**
   * Does something behind the end of the output: now, or when an end that still waits for a window
   * has left or cannot. A reset before that would discard what waits.
   */
  void afterEnd(Runnable what) {
    if (ending) {
      afterwards = what;
    } else {
      what.run();
    }
  }

  private ChannelPromise writeEnd(ChannelPromise promise) {
    connection.writeData(streamId, Unpooled.EMPTY_BUFFER, true, promise);
    return promise;
  }

  /** What has not left yet. */
  int pendingBytes() {
    return pending;
  }

  boolean isWritable() {
    if (!stopped && !mayGoOn()) {
      stopped = true;
      connection.hold(this);
    }
    return !stopped;
  }

  private boolean mayGoOn() {
    return connection.waitingDataBytes() < marks.connectionHighBytes()
        || (pending == 0 && leavesAtOnce());
  }

  /**
   * Whether a short body that was made here may be added: it can leave, or very little waits on the
   * connection. One that asks without end and gives no window gets heads only.
   */
  boolean takesAtOnce(int bytes) {
    int all = connection.waitingDataBytes() + bytes;
    Http2RemoteFlowController windows = connection.connection().remote().flowController();
    Http2Stream stream = connection.connection().stream(streamId);
    return all <= SMALL_BODIES_BYTES
        || (stream != null
            && connection.context().channel().isWritable()
            && windows.windowSize(stream) >= bytes
            && windows.windowSize(connection.connection().connectionStream()) >= all);
  }

  private boolean leavesAtOnce() {
    Http2Stream stream = connection.connection().stream(streamId);
    Http2RemoteFlowController windows = connection.connection().remote().flowController();
    return stream == null
        || (windows.isWritable(stream) && windows.windowSize(stream) >= WORTHWHILE_WINDOW_BYTES);
  }

  private void left(int bytes) {
    pending -= bytes;
    connection.addWaitingData(-bytes);
    feed();
  }

  /** Asks for more if it stopped and may go on. */
  void feed() {
    if (!stopped || closed || pending > marks.lowBytes()) {
      return;
    }
    if (mayGoOn()) {
      stopped = false;
      connection.forget(this);
      onWritable.run();
      push();
      // It may have been given one piece and nothing more: nothing else would push that out.
      connection.flushSoon();
    } else {
      connection.hold(this);
    }
  }

  /** The stream is closed: nothing is asked for any more. */
  void close() {
    closed = true;
    connection.forget(this);
    ByteBuf piece = last;
    if (piece != null) {
      last = null;
      int bytes = costOf(piece);
      piece.release();
      left(bytes);
    }
  }
}

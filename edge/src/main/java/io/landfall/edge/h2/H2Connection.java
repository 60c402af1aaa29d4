package io.landfall.edge.h2;

import io.landfall.core.InvariantBroken;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.loop.InputMemory;
import io.landfall.edge.loop.WaterMarks;
import io.landfall.edge.loop.WriteStall;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of an HTTP/2 connection have in common. It works on frames: a stream is an entry
 * of Netty's stream table with one of our objects attached, not a channel of its own, which would
 * cost several times the request.
 *
 * <p>Flow control (RFC 9113 section 5.2): what a stream delivers is given back to the sender's
 * window only when the other side of the exchange has taken it, so a slow reader at one end stops
 * the sender at the other, and at most a window is ever queued. The connection's window is given
 * back as data arrives, so stalled streams do not stop the others; what all of them hold is bounded
 * by the loop's {@link InputMemory}.
 *
 * <p>Abuse limits, also where the peer is authenticated: the {@link H2Profile}, queued control
 * frames, octets and number of fields, and what waits for a peer that does not read or gives no
 * window: see {@link #MAX_UNREAD_BYTES} for answers and control frames, {@link H2Output} for DATA.
 * The server's end stops reading; the client's end always reads, so the two never wait for each
 * other, and ends a connection on which too much waits that no node of ours asks for. One on which
 * bytes wait and none leaves is ended ({@link #tick}). Clients drive resets: {@link PacedResets}.
 */
abstract class H2Connection extends Http2ConnectionHandler {
  /**
   * SETTINGS and PING acknowledgements and resets that wait at the client's end, which goes on
   * reading; one more ends the connection. Our own resets are fewer ({@link PacedResets}), and a
   * node sends no such number of the others.
   */
  static final int MAX_QUEUED_CONTROL_FRAMES = 256;

  /**
   * Bytes that wait to be written, with what the queue itself costs, whatever frames the other end
   * sends and however little it reads. The bodies of responses that it asked for and gives no
   * window for are beyond that, and bounded by {@link H2Output}.
   */
  static final int MAX_UNREAD_BYTES = 64 * 1024;

  /** Waiting bytes from which on the server's end reads no further frame; DATA alone are fewer. */
  static final int STOP_READING_BYTES = 49_000;

  /** Waiting DATA, with what its pieces cost, from which on a flush is not put off. */
  private static final int AT_ONCE_BYTES = 16 * 1024;

  /** Waiting heads of requests, beyond what DATA may wait, from which on none is added. */
  static final int MAX_WAITING_HEADS_BYTES = 64 * 1024;

  private static final int NO_MORE_HEADS_BYTES =
      WaterMarks.NODES_HIGH_BYTES + WaterMarks.DATA_STEP_BYTES + MAX_WAITING_HEADS_BYTES;

  /** The parts of a stream's window that are given back on their own. */
  static final int WINDOW_PARTS = 16;

  private final EdgeLoop loop;
  private final EdgeRuntime runtime;
  private final H2Profile profile;
  private final List<Exchange> touched = new ArrayList<>();
  private final PacedResets resets;
  private final WindowUpdates windowUpdates;
  private final WriteStall stall = new WriteStall();

  private @Nullable ChannelHandlerContext ctx;
  private boolean reading;
  private boolean windowRaised;

  /** A flush is queued behind what the event loop does now. */
  private boolean flushDue;

  private final Runnable flushing = this::flushDue;
  private int settingsSeen;
  private final WaitingData waiting;

  H2Connection(EdgeLoop loop, EdgeRuntime runtime, H2ConnectionBuilder.Parts parts) {
    super(parts.decoder(), parts.encoder(), parts.settings());
    this.loop = loop;
    this.runtime = runtime;
    this.profile = parts.profile();
    this.waiting = new WaitingData(profile.marks().connectionHighBytes(), loop.eventLoop());
    this.resets = new PacedResets(this, ResetBudget.to(profile.peer()));
    this.windowUpdates = new WindowUpdates(connection(), parts.encoder().frameWriter());
    connection().local().flowController().frameWriter(windowUpdates);
    connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                resets.closed(stream.id());
                windowUpdates.closed(stream.id());
              }
            });
  }

  EdgeLoop loop() {
    return loop;
  }

  EdgeRuntime runtime() {
    return runtime;
  }

  H2Profile profile() {
    return profile;
  }

  /** Most fields in a head or trailer section of the other end. */
  int maxFields() {
    return profile.maxFields(runtime.settings().limits());
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext current = ctx;
    if (current == null) {
      throw new InvariantBroken("a connection is used only after its handler was added");
    }
    return current;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) throws Exception {
    ctx = context;
    if (context.pipeline().get(SslHandler.class) != null) {
      context.pipeline().addBefore(context.name(), null, new FrameBatch());
    }
    context.channel().config().setWriteBufferWaterMark(WaterMarks.NODES);
    super.handlerAdded(context);
    raiseConnectionWindow();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    super.channelActive(context);
    raiseConnectionWindow();
  }

  private void raiseConnectionWindow() throws Http2Exception {
    if (windowRaised || !context().channel().isActive()) {
      return;
    }
    windowRaised = true;
    Http2Stream whole = connection().connectionStream();
    int now = connection().local().flowController().windowSize(whole);
    int wanted = profile.windows(runtime.settings().limits()).connectionWindowBytes();
    if (wanted > now) {
      connection().local().flowController().incrementWindowSize(whole, wanted - now);
    }
    flush(context());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    reading = true;
    super.channelRead(context, message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    super.channelWritabilityChanged(context);
    if (context.channel().isWritable()) {
      waiting.mayGoOn();
      waiting.feed();
    }
  }

  /** Whether so many heads of requests wait that none is to be added. */
  boolean isFullOfHeads() {
    return waitsAtLeast(NO_MORE_HEADS_BYTES);
  }

  /** Whether at least so many bytes wait for the other end; more than the high-water mark. */
  boolean waitsAtLeast(int bytes) {
    Channel channel = context().channel();
    int missing = bytes - WaterMarks.NODES_LOW_BYTES;
    if (channel.bytesBeforeWritable() < missing) {
      return false;
    }
    // Perhaps it is only that nothing was flushed yet in a large batch.
    context().flush();
    return channel.bytesBeforeWritable() >= missing;
  }

  /** Ends a connection on which bytes wait for the other end, and none has left for too long. */
  void tick(long nowNanos) {
    long limitMillis = runtime.settings().timeouts().bodyIdleMillis();
    if (stall.isOver(context().channel(), nowNanos, limitMillis)) {
      runtime.counters().stalledConnections.increment();
      context().channel().config().setOption(ChannelOption.SO_LINGER, 0);
      // Past the HTTP/2 handler, which would send GOAWAY and wait for the streams.
      ChannelIo.close(context());
    }
  }

  /** Counts a SETTINGS frame, and ends a connection that has too many. */
  void countSettings() throws Http2Exception {
    waiting.mayGoOn();
    if (++settingsSeen > profile.maxSettings()) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "more than %d SETTINGS frames", profile.maxSettings());
    }
  }

  /** The other end has given window: outputs that wait for it are fed after this batch. */
  void windowsMayBeOpen() {
    waiting.mayGoOn();
  }

  /** Bytes of DATA that wait on all streams together. */
  int waitingDataBytes() {
    return waiting.bytes();
  }

  void addWaitingData(int bytes) {
    waiting.add(bytes, reading);
  }

  void hold(H2Output output) {
    waiting.hold(output);
  }

  void forget(H2Output output) {
    waiting.forget(output);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    reading = false;
    if (context.channel().config().isAutoRead()) {
      super.channelReadComplete(context);
    } else {
      // Netty's own handler would read on, for HTTP/2 has windows. Control frames have none.
      discardSomeReadBytes();
      context.fireChannelReadComplete();
      flush(context);
    }
    for (int i = 0; i < touched.size(); i++) {
      flushOther(touched.get(i));
    }
    touched.clear();
    waiting.feed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(context, cause);
    } else {
      ChannelIo.logIfBug(cause, "a connection over HTTP/2");
      ChannelIo.close(context);
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception http2) {
    failed(cause, http2 != null && http2.error() == Http2Error.ENHANCE_YOUR_CALM);
    super.onConnectionError(context, outbound, cause, http2);
  }

  /**
   * The connection ends with an error.
   *
   * @param calm whether there was too much of something
   */
  abstract void failed(Throwable cause, boolean calm);

  /** Pushes out what this batch gave to the other side of an exchange. */
  abstract void flushOther(Exchange exchange);

  /** Remembers that the exchange's other side has something to flush after this batch. */
  void touch(Exchange exchange) {
    if (!reading) {
      flushOther(exchange);
    } else if (touched.isEmpty() || touched.getLast() != exchange) {
      touched.add(exchange);
    }
  }

  /**
   * Flushes with the end of the batch that is being read, else when the event loop has handled what
   * is ready now: requests of many clients, or responses of many backends, then leave in one record
   * of TLS and one system call. Bodies go at once: a stream whose data waits for no window is fed
   * again only when they have left.
   */
  void flushSoon() {
    if (!reading && waiting.bytes() >= AT_ONCE_BYTES) {
      flush(context());
    } else if (!reading && !flushDue) {
      flushDue = true;
      context().executor().execute(flushing);
    }
  }

  private void flushDue() {
    flushDue = false;
    flush(context());
  }

  /** Gives bytes back to the sender's windows. */
  void consume(int streamId, int bytes) {
    Http2Stream stream = connection().stream(streamId);
    if (stream == null || bytes == 0) {
      return;
    }
    try {
      if (connection().local().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  /** Gives up a stream, now or as soon as its reset may be sent ({@link PacedResets}). */
  void reset(int streamId, long errorCode) {
    resets.reset(streamId, errorCode);
  }

  /** How many streams are given up, and are open only because their reset has to wait. */
  int owedResets() {
    return resets.owed();
  }

  /** One more stream is given up without its reset. */
  void resetHeld() {}

  /**
   * What arrives on a stream that was reset here crossed the reset on its way, and is dropped (RFC
   * 9113 section 5.1). To answer each such frame with one more reset, as Netty would, makes
   * thousands of them of a few downloads that are broken off.
   */
  @Override
  protected void onStreamError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    boolean crossed =
        error.error() == Http2Error.STREAM_CLOSED
            && connection().stream(error.streamId()) == null
            && mayCross(error.streamId());
    if (!crossed) {
      streamFailed(outbound);
      if (!outbound) {
        malformed(error.streamId());
      }
      super.onStreamError(context, outbound, cause, error);
    }
  }

  /** An error ends a stream, in what goes out or in what has come. */
  void streamFailed(boolean outbound) {}

  /** What has come on a stream breaks a rule of HTTP/2. */
  void malformed(int streamId) {}

  /** Whether the other end may not know yet that the stream is closed. */
  boolean mayCross(int streamId) {
    return true;
  }

  /** Whether the other end takes a field section of that size. */
  boolean takes(Http2Headers section) {
    return true;
  }

  /** Sends the head of a message. */
  void writeHead(int streamId, Http2Headers headers, boolean ended) {
    ChannelIo.ignore(
        encoder().writeHeaders(context(), streamId, headers, 0, ended, context().newPromise()));
  }

  /** Sends a piece of a body; the promise is done when it has left or cannot. */
  void writeData(int streamId, ByteBuf data, boolean ended, ChannelPromise promise) {
    ChannelIo.ignore(encoder().writeData(context(), streamId, data, 0, ended, promise));
  }
}

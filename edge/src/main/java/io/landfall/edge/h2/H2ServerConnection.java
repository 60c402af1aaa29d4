package io.landfall.edge.h2;

import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of an HTTP/2 connection, whoever is at the other one: a client ({@link
 * H2FromClient}) or another node ({@link H2FromNode}).
 */
abstract class H2ServerConnection extends H2Connection {
  /** Frames that are worked through before it is looked at how much waits to be written. */
  private static final int MANY_FRAMES = 32;

  /** The same when something waits already. */
  private static final int FEW_FRAMES = 4;

  /** By then the other end has read the first GOAWAY, and nothing crosses the last one. */
  static final int LAST_GOAWAY_MILLIS = 1_000;

  private final Exchanges exchanges;
  private final PropertyKey streamKey;
  private final PeerStreams peerStreams = new PeerStreams();
  private final FrameSplitter gate;
  private boolean passing;

  /** The last stream is named: it closes when none is active any more. */
  private boolean ending;

  /** Nothing is served any more, and what arrives is thrown away. */
  private final H2LastWords lastWords;

  /**
   * A connection on which nothing has come.
   *
   * @param budget what the other end may cost besides its requests
   */
  H2ServerConnection(
      EdgeLoop loop, Exchanges exchanges, FrameBudget budget, H2ConnectionBuilder.Parts parts) {
    super(loop, exchanges.runtime(), parts);
    this.exchanges = exchanges;
    this.lastWords = new H2LastWords(loop);
    this.gate =
        new FrameSplitter(
            Http2CodecUtil.connectionPrefaceBuf().readableBytes(), peerStreams, budget);
    this.streamKey = connection().newKey();
    decoder().frameListener(new Frames());
    connection().addListener(new Streams());
  }

  // ---- reading, which stops while too much waits to be written ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (isOver()) {
      lastWords.discard(context, (ByteBuf) message);
      return;
    }
    gate.add((ByteBuf) message);
    pass(context);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    if (isOver()) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(context, in, out);
    }
  }

  private void pass(ChannelHandlerContext context) throws Exception {
    if (passing) {
      return;
    }
    passing = true;
    try {
      while (!gate.isEmpty() && !waitsAtLeast(STOP_READING_BYTES)) {
        ByteBuf some = gate.next(context.channel().isWritable() ? MANY_FRAMES : FEW_FRAMES);
        if (some != null) {
          super.channelRead(context, some);
        }
        Http2Exception violation = gate.violation();
        if (violation != null) {
          gate.close();
          throw violation;
        }
        if (!gate.isEmpty()) {
          flush(context);
        }
      }
    } finally {
      passing = false;
    }
    // Either way it is known that the channel is not writable, if reading stops: an event follows.
    ChannelIo.read(
        context.channel(), isOver() || (gate.isEmpty() && !waitsAtLeast(STOP_READING_BYTES)));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    if (context.channel().isWritable() && !context.channel().config().isAutoRead() && !passing) {
      // Before DATA takes the room again.
      pass(context);
      channelReadComplete(context);
    }
    super.channelWritabilityChanged(context);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
    gate.close();
    super.handlerRemoved0(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    gate.close();
    super.channelInactive(context);
  }

  /** The other end opens a stream. */
  abstract H2ServerStream newStream(int streamId);

  /** The head of its request is there. */
  abstract void arrived(H2ServerStream stream, Http2Headers headers, boolean ended);

  /**
   * Announces that no further request is served, which the connection outlives until those under
   * way are done (RFC 9113 section 6.8). The first GOAWAY names the highest stream there is: else
   * what follows of a request that crosses it would be an error of the connection, and one that is
   * closed meanwhile may lose the GOAWAY too (RFC 9112 section 9.6).
   */
  final void leave() {
    if (isOver()) {
      return;
    }
    H2LastWords.goodbye(this, Integer.MAX_VALUE);
    ChannelIo.ignore(
        loop().eventLoop().schedule(this::end, LAST_GOAWAY_MILLIS, TimeUnit.MILLISECONDS));
  }

  /** Names the last stream, so that later ones may be repeated, and closes when all are done. */
  private void end() {
    if (!isOver() && context().channel().isActive()) {
      H2LastWords.goodbye(this, connection().remote().lastStreamCreated());
      ending = true;
      closeIfDone();
    }
  }

  /** Netty's graceful shutdown would not wait for all of a last frame that it has merged. */
  private void closeIfDone() {
    if (ending && !isOver() && connection().numActiveStreams() == 0) {
      close();
    }
  }

  /** Whether nothing is served any more. */
  final boolean isOver() {
    return lastWords.haveBegun();
  }

  /** Serves nothing more from now on, frees all, and closes when what was written has left. */
  private void close() {
    gate.close();
    lastWords.send(context());
    // Not now, for a stream or its exchange may be at work.
    loop().eventLoop().execute(this::freeAll);
  }

  private void freeAll() {
    ChannelHandlerContext context = context();
    if (context.isRemoved() || !context.channel().isActive()) {
      return;
    }
    try {
      // Nothing comes with this: the bytes of a frame that is not whole are dropped.
      super.channelRead(context, Unpooled.EMPTY_BUFFER);
      decoder().close();
      ChannelIo.ignore(connection().close(context.voidPromise()));
      channelReadComplete(context);
    } catch (Exception e) {
      ChannelIo.logIfBug(e, "the end of a connection over HTTP/2");
      ChannelIo.close(context);
    }
  }

  /** Ends the connection at once, with a GOAWAY that gives the reason. */
  @Override
  protected void onConnectionError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception http2) {
    if (isOver()) {
      return;
    }
    if (!H2Failures.isOfNetwork(outbound, cause, http2)) {
      Http2Exception why =
          http2 == null
              ? new Http2Exception(Http2Error.INTERNAL_ERROR, cause.getMessage(), cause)
              : http2;
      failed(cause, why.error() == Http2Error.ENHANCE_YOUR_CALM);
      H2LastWords.goAway(this, why);
    }
    close();
  }

  /** Behind the last GOAWAY no stream is reset on its own. */
  @Override
  public ChannelFuture resetStream(
      ChannelHandlerContext context, int streamId, long errorCode, ChannelPromise promise) {
    return isOver()
        ? promise.unvoid().setSuccess()
        : super.resetStream(context, streamId, errorCode, promise);
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) throws Exception {
    if (isOver()) {
      ChannelIo.ignore(context.close(promise));
    } else {
      super.close(context, promise);
    }
  }

  @Override
  void tick(long nowNanos) {
    super.tick(nowNanos);
    lastWords.tick(context(), nowNanos);
  }

  /** What has arrived and was not handed on. */
  FrameSplitter gate() {
    return gate;
  }

  Exchanges exchanges() {
    return exchanges;
  }

  @Override
  boolean mayCross(int streamId) {
    return !peerStreams.hasEnded(streamId);
  }

  /** What follows a head that opened no stream crosses its reset. */
  @Override
  void malformed(int streamId) {
    if (peerStreams.hasBegun(streamId) && ((StreamTable) connection()).refused(streamId)) {
      peerStreams.givenUp(streamId);
    }
  }

  @Override
  void flushOther(Exchange exchange) {
    exchange.flushUpstream();
  }

  private @Nullable H2ServerStream stream(int streamId) {
    Http2Stream found = connection().stream(streamId);
    return found == null ? null : found.getProperty(streamKey);
  }

  /** Does something with each open stream. */
  final void onEachStream(Consumer<H2ServerStream> action) {
    try {
      connection()
          .forEachActiveStream(
              stream -> {
                H2ServerStream known = stream.getProperty(streamKey);
                if (known != null) {
                  action.accept(known);
                }
                return true;
              });
    } catch (Http2Exception e) {
      onError(context(), false, e);
    }
  }

  /** A frame came of a type that RFC 9113 does not have. */
  void unknownFrame(int type, int streamId, ByteBuf payload) {}

  /** DATA came that is padding alone, and ends nothing. */
  void paddingAlone() {}

  /** The other end has acknowledged SETTINGS. */
  void settingsAcknowledged() {}

  /** What the other end sends. */
  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean ended) {
      H2ServerStream known = stream(streamId);
      if (known != null) {
        known.onTrailers(headers, ended);
        return;
      }
      Http2Stream stream = connection().stream(streamId);
      if (stream != null) {
        H2ServerStream created = newStream(streamId);
        stream.setProperty(streamKey, created);
        arrived(created, headers, ended);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean ended) {
      onHeadersRead(context, streamId, headers, padding, ended);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean ended) {
      H2ServerStream stream = stream(streamId);
      int bytes = data.readableBytes();
      int consumed = padding + (stream == null ? bytes : stream.onData(data, ended));
      if (bytes == 0 && padding > 0 && !ended) {
        paddingAlone();
      }
      return consumed;
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext context, byte type, int streamId, Http2Flags flags, ByteBuf payload) {
      unknownFrame(type, streamId, payload);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext context) {
      settingsAcknowledged();
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
        throws Http2Exception {
      countSettings();
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int increment) {
      windowsMayBeOpen();
    }
  }

  /** What becomes of streams. */
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      if (stream.isResetSent()) {
        peerStreams.givenUp(stream.id());
      }
      H2ServerStream known = stream.getProperty(streamKey);
      if (known != null) {
        known.onClosed();
      }
      if (ending) {
        // Not now: the frame that ends the stream may be about to be written.
        loop().eventLoop().execute(H2ServerConnection.this::closeIfDone);
      }
    }
  }
}

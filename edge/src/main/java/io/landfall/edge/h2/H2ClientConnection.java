package io.landfall.edge.h2;

import io.landfall.edge.ClientAddresses;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection on which this node asks another node or a backend: the client's end of HTTP/2. */
final class H2ClientConnection extends H2Connection {
  private static final AsciiString TRUE = AsciiString.cached("1");

  private final H2ClientPool pool;
  private final PropertyKey attemptKey;
  private final List<H2Attempt> waiting = new ArrayList<>(0);
  private int tunnels;
  private boolean settingsRead;
  private boolean offersConnect;

  /** The largest field section that the other end takes (RFC 9113 section 6.5.2). */
  private long maxFieldSection = Long.MAX_VALUE;

  /** The largest of the other end that is taken. */
  private final long maxReadSection;

  private boolean leaving;
  private boolean closing;
  private boolean broken;
  private boolean inactive;

  /** Whether a response has come: the other end did speak HTTP/2, and took a request. */
  private boolean used;

  private long busyNanos;
  private long readNanos;

  private H2ClientConnection(H2ClientPool pool, H2ConnectionBuilder.Parts parts) {
    super(pool.loop(), pool.runtime(), parts);
    this.pool = pool;
    this.maxReadSection = profile().maxFieldSectionBytes(runtime().settings().limits());
    this.attemptKey = connection().newKey();
    this.busyNanos = pool.loop().nowNanos();
    this.readNanos = busyNanos;
    decoder().frameListener(new Frames());
    connection().addListener(new Streams());
  }

  static H2ClientConnection create(H2ClientPool pool) {
    return H2ConnectionBuilder.build(
        pool.profile(),
        false,
        pool.runtime().settings().limits(),
        parts -> new H2ClientConnection(pool, parts));
  }

  /** Whether one more request can be sent. */
  boolean hasRoom() {
    return !leaving
        && context().channel().isActive()
        && !isFullOfHeads()
        && connection().local().canOpenStream()
        && busy() < runtime().settings().limits().connections().maxStreamsPerPeerConnection();
  }

  /** Whether the other end takes no request for now, though it goes on (RFC 9113 section 6.5.2). */
  boolean isPaused() {
    return !leaving
        && context().channel().isActive()
        && connection().local().maxActiveStreams() == 0;
  }

  /** Sends the head of a request on a new stream; of one for a tunnel when that is known to do. */
  void open(H2Attempt attempt) {
    if (attempt.exchange().upgrade() != null && !offersConnect) {
      if (settingsRead) {
        attempt.failed(new AttemptFailure(FailureKind.STREAM_REFUSED, true));
      } else {
        waiting.add(attempt);
      }
      return;
    }
    Exchange exchange = attempt.exchange();
    AsciiString upgrade = exchange.upgrade();
    Http2Headers headers =
        H2Heads.request(exchange.asReached(), exchange.upstreamFields(), upgrade);
    ClientAddresses client = attempt.isForward() ? exchange.client() : null;
    if (client != null) {
      headers.set(FieldNames.LANDFALL_CLIENT, AsciiString.of(client.text()));
    }
    if (attempt.isForward() && exchange.hasIdentity()) {
      headers.set(FieldNames.LANDFALL_IDENTITY, TRUE);
    }
    AsciiString sampled = attempt.isForward() ? exchange.sampled() : null;
    if (sampled != null) {
      headers.set(FieldNames.LANDFALL_SAMPLED, sampled);
    }
    if (!takes(headers)) {
      // The other end could end the connection for it, with the requests of all others.
      attempt.failed(new AttemptFailure(FailureKind.HEAD_TOO_LARGE_THERE, true));
      return;
    }
    int streamId = connection().local().incrementAndGetNextStreamId();
    Http2Stream stream = null;
    if (streamId > 0) {
      writeHead(streamId, headers, exchange.request().framing().isEmpty() && upgrade == null);
      stream = connection().stream(streamId);
    }
    if (stream == null) {
      // Out of numbers, or the connection is closing: it takes no more requests.
      leave();
      attempt.failed(new AttemptFailure(FailureKind.STREAM_REFUSED, true));
      return;
    }
    stream.setProperty(attemptKey, attempt);
    tunnels += upgrade == null ? 0 : 1;
    attempt.attach(this, streamId);
    exchange.ready(attempt);
  }

  @Override
  boolean takes(Http2Headers section) {
    return maxFieldSection == Long.MAX_VALUE || H2Heads.bytes(section) <= maxFieldSection;
  }

  /**
   * The other end has sent whether it takes extended CONNECT (RFC 8441 section 3), or cannot any
   * more. An attempt that was given up meanwhile is over by itself.
   */
  private void openWaiting() {
    List<H2Attempt> opening = List.copyOf(waiting);
    waiting.clear();
    for (H2Attempt attempt : opening) {
      if (!attempt.isOver() && hasRoom()) {
        open(attempt);
      } else if (!attempt.isOver() && leaving) {
        attempt.failed(new AttemptFailure(FailureKind.STREAM_REFUSED, true));
      } else if (!attempt.isOver()) {
        pool.start(attempt);
      }
    }
  }

  private void leave() {
    leaving = true;
    pool.retire(this);
    closeIfUnused();
  }

  /** Takes no more requests, and closes when the last one that somebody waits for is done. */
  void retire() {
    leave();
  }

  /**
   * How many requests it carries, those included that were given up and are not reset yet, and
   * those that wait for the other end's SETTINGS.
   */
  int busy() {
    return connection().numActiveStreams() + waiting.size();
  }

  /** How many of {@link #busy} are tunnels, or ask for one. */
  int tunnels() {
    return tunnels + waiting.size();
  }

  /** Whether it has carried nothing for longer than that; to be asked again and again. */
  boolean isIdleFor(long limitNanos, long nowNanos) {
    if (busy() > 0) {
      busyNanos = nowNanos;
    }
    return nowNanos - busyNanos > limitNanos;
  }

  /** When something was read last, by the loop's time. */
  long readNanos() {
    return readNanos;
  }

  private void closeIfUnused() {
    int streams = connection().numActiveStreams();
    if (!leaving || closing || streams > owedResets()) {
      return;
    }
    // Once, since each close by way of the HTTP/2 handler is one more GOAWAY.
    closing = true;
    if (streams == 0) {
      ChannelIo.close(context().channel());
    } else {
      // Nobody waits for what is left, and the end of the connection is a reset of all of it. Past
      // the HTTP/2 handler, which would wait for the streams.
      ChannelIo.close(context());
    }
  }

  @Override
  void resetHeld() {
    if (profile().peer() == H2Profile.Peer.BACKEND && pool.mayRetireOneMore()) {
      // What others have on it finishes, and then it ends with all that is owed.
      leave();
    } else {
      closeIfUnused();
    }
  }

  @Override
  void flushOther(Exchange exchange) {
    exchange.flushDownstream();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    readNanos = loop().nowNanos();
    super.channelReadComplete(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    boolean unforeseen = !leaving && !broken;
    inactive = true;
    settingsRead = true;
    leave();
    openWaiting();
    pool.ended(this, unforeseen);
    super.channelInactive(context);
  }

  /**
   * What could not be written any more is no error of HTTP/2: the connection has ended, with all
   * its streams, by this node or by the other end.
   */
  @Override
  protected void onConnectionError(
      ChannelHandlerContext context,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception http2) {
    if (H2Failures.isOfNetwork(outbound, cause, http2)) {
      ChannelIo.closeNow(context.channel());
    } else {
      broken = true;
      super.onConnectionError(context, outbound, cause, http2);
    }
  }

  /** Behind its close_notify no response can come, whether the other end closes or not. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    super.userEventTriggered(context, event);
    if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
      ChannelIo.closeNow(context.channel());
    }
  }

  @Override
  void failed(Throwable cause, boolean calm) {
    pool.failures().of(this, cause, calm);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    pool.failing(this, cause);
    super.exceptionCaught(context, cause);
  }

  @Override
  void malformed(int streamId) {
    H2Attempt attempt = attempt(streamId);
    if (attempt != null) {
      attempt.onMalformed();
    }
  }

  private @Nullable H2Attempt attempt(int streamId) {
    Http2Stream found = connection().stream(streamId);
    return found == null ? null : found.getProperty(attemptKey);
  }

  /** What the other end sends. */
  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean ended)
        throws Http2Exception {
      H2Attempt attempt = attempt(streamId);
      used = true;
      if (H2Heads.bytes(headers) > maxReadSection) {
        throw Http2Exception.streamError(
            streamId, Http2Error.PROTOCOL_ERROR, "a field section of %d at most", maxReadSection);
      }
      if (attempt != null) {
        attempt.onHeaders(headers, ended);
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
        boolean ended)
        throws Http2Exception {
      onHeadersRead(context, streamId, headers, padding, ended);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean ended) {
      H2Attempt attempt = attempt(streamId);
      int bytes = data.readableBytes();
      return padding + (attempt == null ? bytes : attempt.onData(data, ended));
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
        throws Http2Exception {
      countSettings();
      boolean first = !settingsRead;
      settingsRead = true;
      Long most = settings.maxHeaderListSize();
      maxFieldSection = most == null ? maxFieldSection : most;
      offersConnect |= Boolean.TRUE.equals(settings.connectProtocolEnabled());
      openWaiting();
      if (first) {
        pool.settingsRead(H2ClientConnection.this);
      } else {
        pool.pauseMayBeOver();
      }
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int increment) {
      windowsMayBeOpen();
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode) {
      H2Attempt attempt = attempt(streamId);
      if (attempt != null) {
        attempt.onReset(errorCode);
      }
    }
  }

  /** What becomes of streams and the connection. */
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
      leave();
    }

    @Override
    public void onStreamRemoved(Http2Stream stream) {
      closeIfUnused();
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
      H2Attempt attempt = stream.getProperty(attemptKey);
      if (attempt != null) {
        tunnels -= attempt.exchange().upgrade() == null ? 0 : 1;
        // Streams above the last one that a GOAWAY names were not processed (RFC 9113 section 6.8).
        boolean untouched =
            connection().goAwayReceived()
                && stream.id() > connection().local().lastStreamKnownByPeer();
        attempt.onClosed(
            untouched
                ? StreamEnd.UNTOUCHED
                : inactive && !broken ? StreamEnd.WITH_CONNECTION : StreamEnd.ALONE,
            used);
      }
    }
  }
}

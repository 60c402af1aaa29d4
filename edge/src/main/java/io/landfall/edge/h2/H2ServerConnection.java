package io.landfall.edge.h2;

import io.landfall.core.NodeName;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which another node forwards requests to this one: the server's end of HTTP/2.
 * That a request came this way is what marks it as forwarded; no field could say so. Whether the
 * peer may have requests served is the node's to decide: until then they wait.
 */
final class H2ServerConnection extends H2Connection {
  /** Frames that are worked through before it is looked at how much waits to be written. */
  private static final int MANY_FRAMES = 32;

  /** The same when something waits already. */
  private static final int FEW_FRAMES = 4;

  /** By then the other node has read the first GOAWAY, and nothing crosses the last one. */
  static final int LAST_GOAWAY_MILLIS = 1_000;

  private final H2ServerConnections all;
  private final NodeName peer;
  private final PropertyKey streamKey;
  private final List<H2ServerStream> waiting = new ArrayList<>(0);
  private final PeerStreams peerStreams = new PeerStreams();
  private final FrameSplitter gate =
      new FrameSplitter(Http2CodecUtil.connectionPrefaceBuf().readableBytes(), peerStreams);
  private boolean passing;
  private Admission admission = Admission.WAITING;

  /** Whether requests of the peer are served. */
  private enum Admission {
    WAITING,
    OPEN,
    REFUSED
  }

  private H2ServerConnection(
      H2ServerConnections all, NodeName peer, H2ConnectionBuilder.Parts parts) {
    super(all.loop(), all.exchanges().runtime(), parts);
    this.all = all;
    this.peer = peer;
    this.streamKey = connection().newKey();
    decoder().frameListener(new Frames());
    connection().addListener(new Streams());
  }

  static H2ServerConnection create(H2ServerConnections all, NodeName peer) {
    return H2ConnectionBuilder.build(
        H2Profile.NODE,
        true,
        all.exchanges().runtime().settings().limits(),
        parts -> new H2ServerConnection(all, peer, parts));
  }

  // ---- reading, which stops while too much waits to be written ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    gate.add((ByteBuf) message);
    pass(context);
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
        Http2Error violation = gate.violation();
        if (violation != null) {
          gate.release();
          throw Http2Exception.connectionError(violation, "HEADERS on a stream that is closed");
        }
        if (!gate.isEmpty()) {
          flush(context);
        }
      }
    } finally {
      passing = false;
    }
    // Either way it is known that the channel is not writable, if reading stops: an event follows.
    boolean wanted = gate.isEmpty() && !waitsAtLeast(STOP_READING_BYTES);
    if (context.channel().config().isAutoRead() != wanted) {
      context.channel().config().setAutoRead(wanted);
    }
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
    gate.release();
    super.handlerRemoved0(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    gate.release();
    super.channelInactive(context);
  }

  // ---- requests ----

  /** Serves requests from now on, the waiting first. */
  void open() {
    if (admission == Admission.WAITING) {
      admission = Admission.OPEN;
      List<H2ServerStream> beginning = List.copyOf(waiting);
      waiting.clear();
      beginning.forEach(H2ServerStream::serveHeld);
    }
  }

  /**
   * Serves no further request, and ends when those under way are done (RFC 9113 section 6.8). The
   * first GOAWAY names the highest stream there is, so that a request that crosses it is refused
   * and may be tried elsewhere. Named as too late, all that followed of it, its reset or a window,
   * would be an error of the connection and the end of those under way; and a connection that is
   * closed while it crosses may lose the GOAWAY too (RFC 9112 section 9.6).
   */
  void refuse() {
    if (admission == Admission.REFUSED) {
      return;
    }
    admission = Admission.REFUSED;
    List<H2ServerStream> refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(H2ServerStream::refuse);
    goodbye(Integer.MAX_VALUE);
    ChannelIo.ignore(
        loop().eventLoop().schedule(this::end, LAST_GOAWAY_MILLIS, TimeUnit.MILLISECONDS));
  }

  /** Names the last stream, so that later ones may be repeated, and closes when all are done. */
  private void end() {
    goodbye(connection().remote().lastStreamCreated());
    ChannelIo.close(context().channel());
  }

  private void goodbye(int lastStreamId) {
    ChannelIo.ignore(
        goAway(
            context(),
            lastStreamId,
            Http2Error.NO_ERROR.code(),
            Unpooled.EMPTY_BUFFER,
            context().newPromise()));
    flush(context());
  }

  /** A waiting request is over before it began. */
  void waitsNoMore(H2ServerStream stream) {
    waiting.remove(stream);
  }

  private void arrived(H2ServerStream stream, Http2Headers headers, boolean ended) {
    switch (admission) {
      case OPEN -> stream.begin(headers, ended);
      case WAITING -> {
        if (stream.hold(headers, ended)) {
          waiting.add(stream);
        } else {
          stream.refuse();
        }
      }
      case REFUSED -> stream.refuse();
    }
  }

  Exchanges exchanges() {
    return all.exchanges();
  }

  HeldRequests held() {
    return all.held();
  }

  NodeQuestions questions() {
    return all.questions();
  }

  NodeName peer() {
    return peer;
  }

  @Override
  boolean mayCross(int streamId) {
    return !peerStreams.hasEnded(streamId);
  }

  @Override
  void flushOther(Exchange exchange) {
    exchange.flushUpstream();
  }

  private @Nullable H2ServerStream stream(int streamId) {
    Http2Stream found = connection().stream(streamId);
    return found == null ? null : found.getProperty(streamKey);
  }

  /** What the other node sends. */
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
        H2ServerStream created = new H2ServerStream(H2ServerConnection.this, streamId);
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
      return padding + (stream == null ? bytes : stream.onData(data, ended));
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
    }
  }
}

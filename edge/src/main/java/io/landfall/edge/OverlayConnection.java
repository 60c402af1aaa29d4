package io.landfall.edge;

import io.landfall.core.NodeName;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which another node forwards requests to this one: the server's end of HTTP/2.
 * That a request came this way is what marks it as forwarded; no field could say so. Whether the
 * peer may have requests served is the node's to decide: until then they wait.
 */
final class OverlayConnection extends H2Connection {
  private final NodeName peer;
  private final PropertyKey streamKey;
  private final List<OverlayStream> waiting = new ArrayList<>(0);
  private Admission admission = Admission.WAITING;

  /** Whether requests of the peer are served. */
  private enum Admission {
    WAITING,
    OPEN,
    REFUSED
  }

  private OverlayConnection(LoopState loop, NodeName peer, Parts parts) {
    super(loop, parts.decoder(), parts.encoder(), parts.settings());
    this.peer = peer;
    this.streamKey = connection().newKey();
    decoder().frameListener(new Frames());
    connection().addListener(new Streams());
  }

  static OverlayConnection create(LoopState loop, NodeName peer) {
    return build(
        true, loop.runtime().config().limits(), parts -> new OverlayConnection(loop, peer, parts));
  }

  /** Serves requests from now on, the waiting first. */
  void open() {
    if (admission == Admission.WAITING) {
      admission = Admission.OPEN;
      List<OverlayStream> beginning = List.copyOf(waiting);
      waiting.clear();
      beginning.forEach(OverlayStream::serveHeld);
    }
  }

  /** Serves no further request, and ends when those under way are done. */
  void refuse() {
    admission = Admission.REFUSED;
    List<OverlayStream> refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(OverlayStream::refuse);
    // Says GOAWAY, and closes when the streams are done.
    Io.close(context().channel());
  }

  /** A waiting request is over before it began. */
  void waitsNoMore(OverlayStream stream) {
    waiting.remove(stream);
  }

  private void arrived(OverlayStream stream, Http2Headers headers, boolean ended) {
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

  NodeName peer() {
    return peer;
  }

  @Override
  void flushOther(Exchange exchange) {
    exchange.flushUpstream();
  }

  private @Nullable OverlayStream stream(int streamId) {
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
      OverlayStream known = stream(streamId);
      if (known != null) {
        known.onTrailers(headers, ended);
        return;
      }
      Http2Stream stream = connection().stream(streamId);
      if (stream != null && isStuck()) {
        // The other node does not read what it was answered before; it may try elsewhere.
        reset(streamId, Http2Error.REFUSED_STREAM.code());
      } else if (stream != null) {
        OverlayStream created = new OverlayStream(OverlayConnection.this, streamId);
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
      OverlayStream stream = stream(streamId);
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
      OverlayStream known = stream.getProperty(streamKey);
      if (known != null) {
        known.onClosed();
      }
    }
  }
}

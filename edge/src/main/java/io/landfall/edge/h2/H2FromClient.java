package io.landfall.edge.h2;

import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.HostCheck;
import io.landfall.edge.http.RequestHead;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection over HTTP/2. Its requests are what those over HTTP/1.1 are to all that is
 * behind it. What it costs besides them is counted ({@link Glitches}).
 */
final class H2FromClient extends H2ServerConnection {
  private final H2FromClients all;
  private final AsciiString scheme;
  private final HostCheck hosts;
  private final Glitches glitches;
  private final int maxStreams;
  private boolean asked;
  private boolean leaving;
  private boolean failed;
  private long sinceNanos;
  private int head;
  private long headSinceNanos;

  // Links of the loop's list of such connections.
  @Nullable H2FromClient previous;
  @Nullable H2FromClient next;

  private H2FromClient(
      H2FromClients all,
      AsciiString scheme,
      HostCheck hosts,
      Glitches glitches,
      H2ConnectionBuilder.Parts parts) {
    super(all.loop(), all.exchanges(), glitches, parts);
    this.all = all;
    this.scheme = scheme;
    this.hosts = hosts;
    this.glitches = glitches;
    this.maxStreams = H2Profile.CLIENT.maxStreams(runtime().settings().limits());
    this.sinceNanos = all.loop().nowNanos();
  }

  static H2FromClient create(H2FromClients all, AsciiString scheme, HostCheck hosts) {
    Glitches glitches = new Glitches(all.loop());
    return H2ConnectionBuilder.build(
        H2Profile.CLIENT,
        true,
        all.exchanges().runtime().settings().limits(),
        parts -> new H2FromClient(all, scheme, hosts, glitches, parts));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) throws Exception {
    all.add(this, context.channel());
    // A client that ends its direction can give no window any more: it has left.
    context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    super.handlerAdded(context);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
    all.remove(this, context.channel());
    super.handlerRemoved0(context);
  }

  @Override
  H2ServerStream newStream(int streamId) {
    return new ClientStream(this, streamId);
  }

  /** A client's head, if it passes the gate. */
  RequestHead accept(Http2Headers headers, boolean ended) throws BadMessage {
    return hosts.check(
        H2Heads.acceptOfClient(headers, ended, scheme, runtime().settings().limits()));
  }

  @Override
  void arrived(H2ServerStream stream, Http2Headers headers, boolean ended) {
    if (!asked) {
      asked = true;
      all.asks(context().channel());
    }
    if (connection().numActiveStreams() > maxStreams) {
      // Not Netty's bound: that is in force only once the client has acknowledged it, and what
      // follows on a stream that it refuses would be an error of the connection.
      runtime().counters().rejected.increment();
      reset(stream.streamId(), Http2Error.REFUSED_STREAM.code());
      glitch(Glitches.Kind.STREAM_ERROR);
      return;
    }
    stream.begin(headers, ended);
    if (loop().isLeaving()) {
      sayGoodbye();
    }
  }

  /** Tells the client to go on elsewhere; what it has asked for by then is answered. */
  void sayGoodbye() {
    if (!leaving) {
      leaving = true;
      leave();
    }
  }

  // ---- what costs and brings nothing ----

  /** Counts one, and ends the connection if it is one too many. */
  void glitch(Glitches.Kind kind) {
    Http2Exception tooMany = glitches.count(kind);
    if (tooMany != null && !failed) {
      onError(context(), false, tooMany);
    }
  }

  @Override
  void streamFailed() {
    glitch(Glitches.Kind.STREAM_ERROR);
  }

  @Override
  void sent(int bytes) {
    glitches.sent(bytes);
  }

  @Override
  void failed(Throwable cause, boolean calm) {
    failed = true;
    all.failed(context().channel(), cause, calm, glitches.counted());
  }

  // ---- time ----

  @Override
  void tick(long nowNanos) {
    super.tick(nowNanos);
    EdgeTimeouts.Clients timeouts = runtime().settings().timeouts().clients();
    boolean sameHead = gate().isInHead() && gate().units() == head;
    if (!sameHead) {
      head = gate().units();
      headSinceNanos = nowNanos;
    }
    if (sameHead && isOver(headSinceNanos, nowNanos, timeouts.requestHeadMillis())) {
      end(Http2Error.NO_ERROR, "a head did not arrive in time");
    } else if (connection().numActiveStreams() > 0) {
      sinceNanos = nowNanos;
    } else if (isOver(sinceNanos, nowNanos, timeouts.keepAliveMillis())) {
      sayGoodbye();
    }
  }

  private static boolean isOver(long sinceNanos, long nowNanos, long limitMillis) {
    return (nowNanos - sinceNanos) / 1_000_000 > limitMillis;
  }

  private void end(Http2Error error, String why) {
    if (!failed) {
      onError(context(), false, Http2Exception.connectionError(error, why));
    }
  }
}

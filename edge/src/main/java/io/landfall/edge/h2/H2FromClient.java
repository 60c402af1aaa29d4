package io.landfall.edge.h2;

import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.HostCheck;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.InputMemory;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection over HTTP/2. Its requests are what those over HTTP/1.1 are to all that is
 * behind it. What it costs besides them is counted ({@link Glitches}).
 */
final class H2FromClient extends H2ServerConnection implements InputMemory.Holder {
  /** Streams at once while the event loop holds so much that no more should be asked for. */
  static final int FEW_STREAMS = 8;

  /** How long a number of streams stands at least. */
  static final long CHANGE_MILLIS = 1_000;

  /** How often streams are looked at that no exchange looks after. */
  static final long LOOK_MILLIS = 1_000;

  /**
   * What the kernel takes that it cannot send yet: in its queue nothing more urgent overtakes (RFC
   * 9218 section 10).
   */
  static final long MAX_UNSENT_BYTES = 64 * 1024;

  /** So many bytes of a frame that is not whole count as progress. */
  static final int PROGRESS_BYTES = 1_024;

  /** Heads of requests in progress that are kept beside {@link InputMemory}, all together. */
  static final int MAX_UNCOUNTED_HEADS_BYTES = 2 * InputMemory.LARGE_HEAD_BYTES;

  private static final AsciiString PRIORITY = AsciiString.cached("priority");

  private final H2FromClients all;
  private final AsciiString scheme;
  private final HostCheck hosts;
  private final Glitches glitches;
  private final int maxStreams;
  private final InputMemory.Account account = new InputMemory.Account(this);
  private final Optional<UrgencyQueues> queues;
  private int inForceStreams;
  private int announcedStreams;
  private int unacknowledged = 1;
  private long announcedNanos;

  /**
   * Whether the first SETTINGS were acknowledged, for which there is a time. Later ones may lie
   * behind all of a response that the client is slow to read; until then nothing new holds.
   */
  private boolean hasAcknowledged;

  private long lookedNanos;
  private int heldBytes;
  private int heldUnit;
  private int sinceProgressBytes;
  private int headsBytes;
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
    this.queues = parts.queues();
    this.maxStreams = H2Profile.CLIENT.maxStreams(runtime().settings().limits());
    this.inForceStreams = maxStreams;
    this.announcedStreams = maxStreams;
    this.sinceNanos = all.loop().nowNanos();
    this.announcedNanos = sinceNanos;
    this.headSinceNanos = sinceNanos;
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
    boundStreamsHere();
    // A client that ends its direction can give no window any more: it has left.
    context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    if (context.channel() instanceof EpollSocketChannel) {
      context.channel().config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES);
    }
    super.handlerAdded(context);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
    all.remove(this, context.channel());
    account.set(loop().inputMemory(), 0, true);
    super.handlerRemoved0(context);
  }

  /** Takes what has arrived before it was known that this is HTTP/2. */
  void begin(ByteBuf bytes) {
    try {
      channelRead(context(), bytes);
    } catch (Exception e) {
      onError(context(), false, e);
    }
  }

  // ---- what is held of frames that are not whole ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    ByteBuf bytes = (ByteBuf) message;
    int capacity = bytes.capacity();
    int arrived = bytes.readableBytes();
    super.channelRead(context, message);
    if (!gate().isInside()) {
      heldBytes = 0;
    } else if (heldBytes == 0 || gate().units() != heldUnit) {
      // What is held now is new, and others have waited for longer.
      account.set(loop().inputMemory(), 0, true);
      heldUnit = gate().units();
      // It keeps the whole read alive, and what follows is copied behind it.
      heldBytes = capacity;
    } else {
      heldBytes += arrived;
    }
    account();
    sinceProgressBytes += arrived;
    if (sinceProgressBytes >= PROGRESS_BYTES) {
      sinceProgressBytes = 0;
      loop().inputMemory().received(this);
      loop().inputMemory().progressed(this);
    }
  }

  /** A part of a body is no head: a slow upload gives way only when no such head is left. */
  private void account() {
    int inside = gate().isInside() ? heldBytes : 0;
    int kept = gate().keptBytes();
    account.set(loop().inputMemory(), inside + kept, kept > 0 || gate().isInHead());
  }

  /** The head of a request is kept while that is in progress; how much of it counts as held. */
  int headKept(int bytes) {
    headsBytes += bytes;
    boolean counts = bytes > InputMemory.LARGE_HEAD_BYTES || headsBytes > MAX_UNCOUNTED_HEADS_BYTES;
    return counts ? bytes : 0;
  }

  /** The request is over, and its head is let go of. */
  void headGone(int bytes) {
    headsBytes -= bytes;
  }

  @Override
  public void crowdOut() {
    account.set(loop().inputMemory(), 0, true);
    end(Http2Error.ENHANCE_YOUR_CALM, "its room was needed for what is newer");
  }

  // ---- requests ----

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
    sinceNanos = loop().nowNanos();
    if (!asked) {
      asked = true;
      all.asks(context().channel());
    }
    if (connection().numActiveStreams() > inForceStreams) {
      runtime().counters().crowdedStreams.increment();
      reset(stream.streamId(), Http2Error.REFUSED_STREAM.code());
      glitch(Glitches.Kind.STREAM_ERROR);
      return;
    }
    urgency(stream.streamId(), headers.get(PRIORITY));
    stream.begin(headers, ended);
    if (loop().isLeaving()) {
      sayGoodbye();
    }
  }

  /**
   * Lets the client have fewer requests at once while memory is tight, and as many as ever after.
   */
  private void announceStreams(long nowNanos) {
    int wanted = all.isTight() ? Math.min(FEW_STREAMS, maxStreams) : maxStreams;
    if (wanted != announcedStreams
        && unacknowledged == 0
        && isOver(announcedNanos, nowNanos, CHANGE_MILLIS)) {
      announcedStreams = wanted;
      announcedNanos = nowNanos;
      unacknowledged++;
      // More may come at once, fewer only from who knows of it.
      inForceStreams = Math.max(inForceStreams, wanted);
      Http2Settings settings = new Http2Settings().maxConcurrentStreams(wanted);
      ChannelIo.ignore(encoder().writeSettings(context(), settings, context().newPromise()));
      flushSoon();
    }
  }

  @Override
  void settingsAcknowledged() {
    hasAcknowledged = true;
    unacknowledged = Math.max(0, unacknowledged - 1);
    inForceStreams = announcedStreams;
    boundStreamsHere();
  }

  /**
   * Leaves the bound of streams to {@link #arrived}: what follows on a stream that Netty refuses is
   * an error of the connection to it, also where the client could not know of the bound yet.
   */
  private void boundStreamsHere() {
    connection().remote().maxActiveStreams(Integer.MAX_VALUE);
  }

  private void urgency(int streamId, @Nullable CharSequence field) {
    Http2Stream stream = connection().stream(streamId);
    if (stream != null && field != null) {
      queues.ifPresent(all -> all.set(stream, Urgency.of(field)));
    }
  }

  /** PRIORITY_UPDATE (RFC 9218 section 7.1), of requests that are here already. */
  @Override
  void unknownFrame(int type, int streamId, ByteBuf payload) {
    if (type != Glitches.PRIORITY_UPDATE || payload.readableBytes() < Integer.BYTES) {
      return;
    }
    int of = payload.readInt() & Integer.MAX_VALUE;
    if (of == 0) {
      end(Http2Error.PROTOCOL_ERROR, "PRIORITY_UPDATE of stream 0");
      return;
    }
    urgency(of, payload.toString(StandardCharsets.US_ASCII));
  }

  @Override
  void paddingAlone() {
    glitch(Glitches.Kind.EMPTY);
  }

  /** Tells the client to go on elsewhere; what it has asked for by then is answered. */
  void sayGoodbye() {
    if (!leaving && !isOver()) {
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
  void streamFailed(boolean outbound) {
    // What cannot go out any more is what the client has reset, and that is counted.
    if (!outbound) {
      glitch(Glitches.Kind.STREAM_ERROR);
    }
  }

  @Override
  void writeData(int streamId, ByteBuf data, boolean ended, ChannelPromise promise) {
    glitches.sent(data.readableBytes());
    super.writeData(streamId, data, ended, promise);
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
    account();
    if (isOver()) {
      return;
    }
    if (ChannelIo.hasLostListener(context().channel())) {
      sayGoodbye();
    }
    EdgeTimeouts waits = runtime().settings().timeouts();
    EdgeTimeouts.Clients timeouts = waits.clients();
    if (!hasAcknowledged && isOver(announcedNanos, nowNanos, timeouts.requestHeadMillis())) {
      end(Http2Error.SETTINGS_TIMEOUT, "SETTINGS were not acknowledged in time");
    }
    boolean sameHead = gate().isInHead() && gate().units() == head;
    if (!sameHead) {
      head = gate().units();
      headSinceNanos = nowNanos;
    }
    if (sameHead && isOver(headSinceNanos, nowNanos, timeouts.requestHeadMillis())) {
      end(Http2Error.NO_ERROR, "a head did not arrive in time");
    } else if (connection().numActiveStreams() > 0) {
      sinceNanos = nowNanos;
      announceStreams(nowNanos);
      if (isOver(lookedNanos, nowNanos, LOOK_MILLIS)) {
        lookedNanos = nowNanos;
        onEachStream(stream -> stream.tick(nowNanos, waits.bodyIdleMillis()));
      }
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

package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.ConnectionHandler;
import io.landfall.edge.origin.OriginHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to a backend: one request at a time, never pipelined. It is used again
 * only if the response ended where its framing said, with not a byte behind it, and the request was
 * sent completely; after anything odd it is closed.
 */
final class OriginConnection extends ConnectionHandler implements OriginCarrier {
  private final OriginPool pool;
  private final HeaderSectionReader heads;
  private final BodyReader body;
  private final EdgeLimits limits;

  /** What is read below TLS; null without it. */
  private OriginHandshake.@Nullable Reads belowTls;

  /** Whether the backend has ended TLS (RFC 8446 section 6.1): only then its data is whole. */
  private boolean closeNotified;

  private final ReceivedBytes received = new ReceivedBytes();
  private @Nullable OriginAttempt attempt;
  private @Nullable ResponseHead head;
  private boolean requestEnded;
  private boolean chunkedRequest;
  private boolean wasIdle;
  private boolean answered;
  private boolean closing;
  private boolean closed;

  /** Whether reading or writing failed: what has arrived counts, but its end is none. */
  private boolean broken;

  private boolean processing;

  /** Whether more may come with what was read last: up to the end of a turn of reads. */
  private boolean reading;

  private int reads;
  private int interim;
  private long idleSinceNanos;

  OriginConnection(OriginPool pool) {
    this.pool = pool;
    this.limits = pool.limits();
    this.heads = HeaderSectionReader.responses(limits);
    this.body = BodyReader.ofResponses(limits);
  }

  /** The pool that it is of. */
  OriginPool pool() {
    return pool;
  }

  long idleSinceNanos() {
    return idleSinceNanos;
  }

  void idleSinceNanos(long nanos) {
    idleSinceNanos = nanos;
    wasIdle = true;
  }

  boolean isUsable() {
    return !closing && !broken && !closeNotified && channel().isActive();
  }

  // ---- the request ----

  /** It is over TLS from now on. */
  void secured(OriginHandshake.Reads reads) {
    belowTls = reads;
  }

  /** Sends the head of a request; the connection is the attempt's until its response ended. */
  void begin(OriginAttempt next) {
    Exchange exchange = next.exchange();
    if (!channel().isActive()) {
      pool.abandoned();
      next.failed(new AttemptFailure(FailureKind.CLOSED, true));
      return;
    }
    attempt = next;
    head = null;
    interim = 0;
    answered = false;
    // Behind the head of a request to switch protocols comes nothing before that is done.
    requestEnded = exchange.upgrade() != null;
    chunkedRequest = exchange.request().framing().kind() == Framing.Kind.CHUNKED;
    next.attach(this);
    ByteBuf bytes =
        Http1Encoder.requestHead(
            channel().alloc(), exchange.request(), exchange.upstreamFields(), exchange.upgrade());
    ChannelIo.write(channel(), bytes);
    exchange.ready(next);
  }

  @Override
  public void writeBody(ByteBuf data) {
    if (!chunkedRequest) {
      ChannelIo.write(channel(), data);
      return;
    }
    if (!data.isReadable()) {
      // An empty chunk would end the body.
      data.release();
      return;
    }
    ChannelIo.write(channel(), Http1Encoder.chunkSize(channel().alloc(), data.readableBytes()));
    ChannelIo.write(channel(), data);
    ChannelIo.write(channel(), Http1Encoder.lineEnd());
  }

  @Override
  public void writeEnd() {
    requestEnded = true;
    if (chunkedRequest) {
      ChannelIo.write(channel(), Http1Encoder.lastChunk());
    }
  }

  /** The attempt was given up: what is under way on this connection cannot be told apart. */
  @Override
  public void abandon() {
    attempt = null;
    pool.abandoned();
    discard();
  }

  void discard() {
    closing = true;
    ChannelIo.close(channel());
  }

  // ---- the response ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (attempt == null) {
      // Nobody asked: whatever this is, it must not become the answer to the next request.
      bytes.release();
      discard();
      return;
    }
    answered = true;
    reading = true;
    reads++;
    received.add(context.alloc(), bytes);
    process();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    if (attempt != null && head != null && body.isDone()) {
      process();
    }
    reads = 0;
    OriginAttempt current = attempt;
    if (current != null && head != null) {
      current.exchange().flushDownstream();
    }
  }

  /**
   * Whether the turn of reads that ends now was ended for its length, and not because nothing was
   * left.
   */
  private boolean mayHaveLeftSome() {
    MaxMessagesRecvByteBufAllocator allocator = channel().config().getRecvByteBufAllocator();
    int turn = belowTls == null ? reads : belowTls.count();
    return turn >= allocator.maxMessagesPerRead();
  }

  @Override
  public void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      while (attempt != null && step(attempt)) {
        // Every step consumes input, ends the response, or says that it cannot.
      }
    } catch (BadMessage e) {
      fail(FailureKind.BAD_RESPONSE, OriginFailure.BAD_RESPONSE);
    } finally {
      processing = false;
      releaseIfEmpty();
    }
  }

  private boolean step(OriginAttempt current) throws BadMessage {
    ByteBuf in = received.get();
    if (head == null) {
      return in != null && readHead(current, in);
    }
    if (body.isDone()) {
      // What is behind it and was sent unasked is seen first, lest it answer the next request.
      if (!reading) {
        complete(current);
      }
      return false;
    }
    // What a closed channel left behind is little, and cannot be left there.
    boolean writable = closed || current.exchange().isDownstreamWritable();
    if (channel().config().isAutoRead() != writable) {
      channel().config().setAutoRead(writable);
    }
    if (!writable || in == null) {
      return false;
    }
    ByteBuf piece = body.next(in);
    if (piece != null) {
      current.exchange().data(current, piece);
      return true;
    }
    return body.isDone();
  }

  private boolean readHead(OriginAttempt current, ByteBuf in) throws BadMessage {
    byte[] lines = heads.cut(in);
    if (lines == null) {
      return false;
    }
    ResponseHead response =
        Http1ResponseParser.accept(lines, current.exchange().request().isHead(), limits);
    if (response.status() == ResponseHead.SWITCHING_PROTOCOLS
        && current.exchange().upgrade() != null) {
      attempt = null;
      OriginTunnel.begin(this, current, response, received.take());
      return false;
    }
    if (response.status() < 200) {
      // 101 would be an upgrade without a request for it.
      if (response.status() == 101 || ++interim > ResponseHead.MAX_INTERIM) {
        throw new BadMessage(HttpViolation.STATUS_LINE);
      }
      current.exchange().interim(current, response);
      return true;
    }
    head = response;
    body.start(response.framing());
    current.exchange().head(current, response);
    return true;
  }

  private void complete(OriginAttempt current) {
    ResponseHead response = head;
    boolean clean = !received.isReadable() && !mayHaveLeftSome();
    boolean reuse = response != null && response.reusable() && requestEnded && clean && !broken;
    attempt = null;
    head = null;
    current.detach();
    if (!channel().config().isAutoRead()) {
      channel().config().setAutoRead(true);
    }
    if (reuse) {
      pool.release(this);
    } else {
      pool.abandoned();
      discard();
    }
    FieldLines trailers = body.trailers();
    if (trailers != null) {
      current.exchange().trailers(current, trailers);
    }
    current.exchange().end(current);
  }

  private void releaseIfEmpty() {
    if (!received.isReadable() || (attempt == null && closing)) {
      received.release();
    }
  }

  private void fail(FailureKind kind, OriginFailure report) {
    OriginAttempt current = attempt;
    if (current == null) {
      return;
    }
    attempt = null;
    pool.abandoned();
    discard();
    pool.report(current.service(), report);
    current.failed(new AttemptFailure(kind, false));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    OriginAttempt current = attempt;
    if (current != null && context.channel().isWritable()) {
      current.exchange().upstreamWritable(current);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
      // Nothing comes behind it, so there is nothing to wait for.
      closeNotified = true;
      ChannelIo.close(channel());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    boolean byBackend = !closing;
    closing = true;
    closed = true;
    reading = false;
    pool.closed(this, byBackend);
    process();
    OriginAttempt current = attempt;
    if (current != null) {
      if (head == null) {
        // It may have been closing already when the request was sent (RFC 9112 section 9.3.1).
        boolean stale = wasIdle && !answered;
        fail(
            stale ? FailureKind.STALE_CONNECTION : FailureKind.CLOSED,
            stale ? OriginFailure.IDLE_CLOSED : OriginFailure.CLOSED_BEFORE_HEAD);
      } else if (body.endsWithConnection() && !broken && (belowTls == null || closeNotified)) {
        attempt = null;
        pool.abandoned();
        current.detach();
        current.exchange().end(current);
      } else {
        fail(FailureKind.INCOMPLETE, OriginFailure.CLOSED_IN_RESPONSE);
      }
    }
    received.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelIo.logIfBug(cause, "a backend's connection");
    broken = true;
    boolean inHandshake = belowTls != null && attempt != null && head == null && !wasIdle;
    if (inHandshake && OriginHandshake.isOfTls(cause)) {
      // In TLS 1.3 a client may send before the server has accepted its certificate.
      fail(OriginHandshake.kind(cause), OriginFailure.TLS_FAILED);
    }
    if (!(cause instanceof IOException)) {
      ChannelIo.close(context);
    }
    // Else the channel closes when it has no more to read: a write that failed does not end that.
  }
}

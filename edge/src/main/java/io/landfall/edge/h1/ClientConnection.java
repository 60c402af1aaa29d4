package io.landfall.edge.h1;

import io.landfall.edge.exchange.Downstream;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.ClientHandler;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.loop.InputMemory;
import io.landfall.edge.loop.OutputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection of a client. Pipelined requests are taken one at a time, in order; while
 * one is in progress and more has arrived, nothing further is read. What is written is flushed once
 * per batch that was read. A client that has ended its direction gets its answers all the same.
 */
final class ClientConnection extends ClientHandler implements Downstream, InputMemory.Holder {
  private final ClientConnections all;
  private final EdgeLoop loop;
  private final AsciiString scheme;
  private final ClientHeads heads;
  private final LingeringClose close = new LingeringClose();
  private final BodyReader body;
  private final Http1ResponseWriter answer = new Http1ResponseWriter();
  private final ClientTimeouts waits;
  private final InputMemory.Account account = new InputMemory.Account(this);

  private final ReceivedBytes received = new ReceivedBytes();
  private final ClientTunnel tunnel = new ClientTunnel();
  private @Nullable Exchange exchange;
  private boolean bodyDone = true;
  private boolean processing;

  /** Whether a batch is being read, at whose end is flushed. */
  private boolean reading;

  /** Whether the response in progress is the last one. */
  private boolean closeAfter;

  private boolean forwardAnswered;

  // Links of the loop's list of client connections.
  @Nullable ClientConnection previous;
  @Nullable ClientConnection next;

  ClientConnection(ClientConnections all, AsciiString scheme, boolean http2) {
    this.all = all;
    this.loop = all.loop();
    this.scheme = scheme;
    this.waits = new ClientTimeouts(loop.nowNanos());
    this.heads = new ClientHeads(scheme, all.runtime().settings().limits(), http2);
    this.body = BodyReader.ofRequests(all.runtime().settings().limits());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    super.handlerAdded(context);
    all.add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    all.remove(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    reading = true;
    if (close.isBegun()) {
      waits.stillSends(loop.nowNanos());
      close.discard(context, bytes);
    } else {
      received.add(context.alloc(), bytes);
      process();
    }
  }

  /** The client sends nothing more. What it has asked for is answered all the same. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (tunnel.isEnd(event)) {
      received.end();
      process();
    } else {
      heads.event(event, context.pipeline());
      becomeHttp2();
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    answer.flush(context);
    flushUpstream();
  }

  /** Pushes the request on; within a batch that is being read, once at its end. */
  private void flushUpstream() {
    if (exchange != null && !reading) {
      exchange.flushUpstream();
    }
  }

  /** Works through what was received, as far as the exchange in progress lets it. */
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      ByteBuf in = received.get();
      while (in != null && !close.isBegun() && step(in)) {
        // Every step consumes input or returns that it cannot; it may drop all of it.
        in = received.get();
      }
    } catch (BadMessage e) {
      refuse(e.rule());
    } finally {
      processing = false;
      if (!becomeHttp2()) {
        settle();
        flushUpstream();
      }
    }
  }

  private boolean step(ByteBuf in) throws BadMessage {
    Exchange current = exchange;
    if (current == null) {
      if (closeAfter || !ChannelIo.isWritableOnceFlushed(context())) {
        return false;
      }
      RequestHead head = heads.next(in, waits, loop.nowNanos());
      if (head != null) {
        begin(head);
      }
      return head != null;
    }
    if (bodyDone || !current.wantsBody()) {
      return false;
    }
    ByteBuf piece = body.next(in);
    if (piece != null) {
      current.requestData(piece);
    }
    bodyDone = body.isDone();
    if (bodyDone) {
      current.requestEnd(body.trailers());
    }
    return bodyDone || piece != null;
  }

  /** Hands the connection over with what has arrived, if it turned out to be HTTP/2. */
  private boolean becomeHttp2() {
    if (heads.isHttp2()) {
      close.begin();
      ByteBuf first = Http2Start.of(context().alloc(), received);
      account();
      channel().pipeline().remove(this);
      all.http2().take(channel(), scheme, heads.hosts(), first);
    }
    return heads.isHttp2();
  }

  private void begin(RequestHead request) {
    if (heads.isFirst()) {
      all.asks(this);
    }
    boolean persists = Http1ResponseParser.isPersistent(request.fields(), request.version11());
    closeAfter = isLeaving() || !persists;
    body.start(request.framing());
    bodyDone = request.framing().isEmpty();
    Exchange created = all.begin(this, request);
    exchange = created;
    created.start();
  }

  /** After a batch: frees the buffer, and reads on only if there is use for more. */
  private void settle() {
    if (!received.isReadable() || close.isBegun()) {
      received.release();
    }
    Exchange current = exchange;
    boolean useful =
        current == null
            ? close.isBegun() || channel().isWritable()
            : !received.isReadable() || (!bodyDone && current.wantsBody());
    ChannelIo.read(channel(), useful && !received.hasEnded());
    account();
    if (received.hasEnded()) {
      settleEnd(current);
    }
  }

  /** After the client's last byte: closes, unless there is a request that can be answered. */
  private void settleEnd(@Nullable Exchange current) {
    if (current == null) {
      if (close.isBegun() || !received.isReadable() || channel().isWritable()) {
        close.start(context(), false);
      }
    } else if (tunnel.isOpen()) {
      if (!bodyDone && !received.isReadable()) {
        bodyDone = true;
        current.requestEnd(null);
      }
    } else if (!bodyDone && (!received.isReadable() || current.wantsBody())) {
      ChannelIo.close(channel()); // The request will never be whole.
    }
  }

  /** Tells the loop what this connection holds, if there is anything to tell. */
  private void account() {
    int head = exchange == null ? 0 : heads.largeBytes();
    account.set(loop.inputMemory(), received.heldBytes() + head, exchange == null);
  }

  /** The loop needs the room that this connection takes: it is the one that took it first. */
  @Override
  public void crowdOut() {
    received.release();
    if (!close.isBegun()) {
      // What was thrown away may go on: the answer, its last one, is given time to arrive.
      bodyDone = false;
      refuse(HttpViolation.CROWDED_OUT);
    }
    settle();
  }

  /** The gate refused: a head, or a body whose request is already on its way. */
  private void refuse(HttpViolation rule) {
    closeAfter = true;
    Exchange current = exchange;
    if (current != null) {
      current.requestBroken(rule);
      return;
    }
    bodyDone = false;
    all.refusal(this, rule).sendTo(this);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    boolean writable = context.channel().isWritable();
    if (writable && exchange != null) {
      exchange.downstreamWritable();
    } else if (writable && !reading && !processing) {
      reading = true; // What is answered now is flushed once, like a batch that was read.
      process();
      channelReadComplete(context);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    Exchange current = exchange;
    exchange = null;
    close.begin();
    answer.release();
    if (current != null) {
      tunnel.passRest(received, current);
      current.downstreamGone();
    }
    if (!processing) {
      received.release();
      account();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelIo.logIfBug(cause, "a client's connection");
    ChannelIo.close(context);
  }

  /** Closes what waits too long: for a head, between requests, or for the client to go. */
  void tick(long nowNanos) {
    if (exchange != null) {
      received.closeIfReset(channel());
    } else if (waits.isHeadTooLate(
        channel(), close.isBegun(), heads.isInside() && !close.isBegun(), nowNanos, all)) {
      refuse(HttpViolation.HEAD_TIMEOUT);
      settle();
    }
  }

  private boolean isLeaving() {
    return loop.isLeaving() || ChannelIo.hasLostListener(channel());
  }

  /** The edge stops: closes in order what waits for a request. */
  void endIdle() {
    if (exchange == null && !close.isBegun()) {
      close.begin();
      ChannelIo.close(channel());
    }
  }

  @Override
  public void respond(int status, FieldLines fields, Framing framing) {
    boolean version11 = exchange == null || exchange.request().version11();
    boolean last = closeAfter || !bodyDone || received.isOver() || isLeaving();
    closeAfter = answer.head(context(), status, fields, framing, version11, last);
  }

  @Override
  public boolean hasWaitedForForwards() {
    return forwardAnswered;
  }

  @Override
  public void forwardAnswered() {
    forwardAnswered = true;
  }

  @Override
  public void body(ByteBuf data) {
    answer.body(context(), data);
  }

  @Override
  public void trailers(FieldLines fields) {
    answer.trailers(fields, exchange);
  }

  @Override
  public void end() {
    answer.end(context());
    exchange = null;
    waits.restart(loop.nowNanos());
    if (closeAfter) {
      close.start(context(), !bodyDone || received.isReadable());
      if (!processing) {
        settle(); // What was pipelined behind the last request is of no use.
      }
      return;
    }
    flush();
    process();
  }

  @Override
  public void abort() {
    exchange = null;
    close.begin();
    // What has come of it may be all that there is: an early answer without a length.
    answer.flush(context());
    ChannelIo.reset(channel()); // The end of a connection may be the end of a body (HTTP/1.0).
  }

  @Override
  public void interim(int status, FieldLines fields) {
    ChannelIo.write(context(), Http1Encoder.interimHead(context().alloc(), status, fields));
    flush();
  }

  @Override
  public void switchProtocols(AsciiString protocol, FieldLines fields) {
    tunnel.open(context(), protocol, fields, body);
    bodyDone = false;
    closeAfter = true;
  }

  @Override
  public void endOutput() {
    OutputEnd.half(context());
  }

  @Override
  public boolean isWritable() {
    return channel().isWritable();
  }

  @Override
  public void flush() {
    if (!reading) {
      answer.flush(context());
    }
  }

  @Override
  public void pumpBody() {
    process();
  }
}

package io.landfall.edge.h2;

import io.landfall.core.NodeName;
import io.landfall.edge.exchange.Downstream;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.LocalResponses;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.ChannelAddresses;
import io.landfall.edge.loop.InputMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client or of another node: a stream of an {@link H2ServerConnection}. Body data
 * that the upstream cannot take yet is queued here, which the stream's window bounds: nothing
 * queued is given back to the sender.
 */
abstract class H2ServerStream implements Downstream, InputMemory.Holder {
  private final H2ServerConnection connection;
  private final int streamId;
  private final H2Output output;
  private final BodyQueue queued = new BodyQueue();
  private final InputMemory.Account account = new InputMemory.Account(this);
  private final UnattendedStream unattended = new UnattendedStream();

  private @Nullable Exchange exchange;

  /** What comes behind the response's body; null if nothing does. */
  private @Nullable FieldLines trailers;

  /** What has come behind the request's body; null if nothing has. */
  private @Nullable FieldLines requestTrailers;

  private long remaining = -1;
  private boolean inputEnded;
  private boolean responseEnded;
  private boolean closed;
  private boolean headersEnd;
  private boolean switched;
  private int countedHeadBytes;

  H2ServerStream(H2ServerConnection connection, int streamId) {
    this.connection = connection;
    this.streamId = streamId;
    this.output = new H2Output(connection, streamId, this::writable);
  }

  int streamId() {
    return streamId;
  }

  // ---- from the other end ----

  /** The head as it passes the gate. */
  abstract RequestHead accept(Http2Headers headers, boolean ended) throws BadMessage;

  /** The node that forwarded the request, if one did. */
  abstract Optional<NodeName> peer();

  /** The request's head is here. */
  void begin(Http2Headers headers, boolean ended) {
    try {
      RequestHead request = accept(headers, ended);
      // Also where the length is 0: a stream is over with its END_STREAM, and not before.
      inputEnded = ended;
      countedHeadBytes = headKept(H2Heads.bytes(request.fields()));
      remaining = request.framing().kind() == Framing.Kind.LENGTH ? request.framing().length() : -1;
      Exchange created = new Exchange(connection.exchanges(), request, this, peer());
      exchange = created;
      account();
      created.start();
    } catch (BadMessage e) {
      refused(e.rule());
    }
  }

  /** The request's head is kept while it is in progress; how much of that counts as held. */
  int headKept(int bytes) {
    return bytes > InputMemory.LARGE_HEAD_BYTES ? bytes : 0;
  }

  /** The gate refused the request's head. */
  void refused(HttpViolation rule) {
    EdgeRuntime runtime = connection.runtime();
    runtime.counters().refused(rule);
    LocalResponses.Answer answer =
        runtime.localResponses().refusedInAHead(rule, connection.exchanges().date());
    respond(answer.status(), answer.fields(), answer.framing());
    end();
  }

  /** Takes data, and says how many bytes of it are consumed already. */
  int onData(ByteBuf data, boolean ended) {
    int bytes = data.readableBytes();
    Exchange current = exchange;
    if (current == null || closed) {
      inputEnded |= ended;
      return bytes;
    }
    if (remaining >= 0) {
      remaining -= bytes;
      if (remaining < 0) {
        brokenBySender(current, HttpViolation.LENGTH_MISMATCH);
        return bytes;
      }
    }
    int consumed = 0;
    ByteBufAllocator allocator = connection.context().alloc();
    if (bytes > 0 && queued.isEmpty() && current.wantsBody()) {
      consumed = bytes;
      current.requestData(BodyQueue.passed(allocator, data));
    } else if (bytes > 0) {
      queued.add(allocator, data);
    }
    if (ended) {
      onEnd();
    } else {
      pump();
    }
    connection.touch(current);
    account();
    return consumed;
  }

  /** Trailers (RFC 9110 section 6.5), which end the request. */
  void onTrailers(Http2Headers headers, boolean ended) {
    Exchange current = exchange;
    try {
      FieldLines behind = acceptTrailers(headers);
      requestTrailers = behind;
      countedHeadBytes += H2Heads.bytes(behind);
    } catch (BadMessage e) {
      brokenBySender(current, e.rule());
      return;
    }
    if (ended) {
      onEnd();
    }
    if (current != null) {
      connection.touch(current);
    }
    account();
  }

  /** Trailers as they pass the gate. */
  FieldLines acceptTrailers(Http2Headers headers) throws BadMessage {
    return H2Heads.acceptTrailers(headers, connection.maxFields());
  }

  private void brokenBySender(@Nullable Exchange current, HttpViolation rule) {
    if (current != null) {
      current.requestBroken(rule);
    } else {
      brokenBeforeItBegan();
    }
    malformed();
  }

  /** What came of the request behind its head made it malformed: the sender's fault. */
  void malformed() {}

  /** The request turned out to be malformed before it was served. */
  void brokenBeforeItBegan() {}

  /** The request's body is complete. */
  void onEnd() {
    Exchange current = exchange;
    if (current != null && remaining > 0) {
      brokenBySender(current, HttpViolation.LENGTH_MISMATCH);
      return;
    }
    inputEnded = true;
    pump();
  }

  /** Hands over what the exchange wants, and gives it back to the sender's window. */
  private void pump() {
    Exchange current = exchange;
    while (current != null && current == exchange && current.wantsBody()) {
      ByteBuf piece = queued.poll();
      if (piece != null) {
        int bytes = piece.readableBytes();
        current.requestData(piece);
        connection.consume(streamId, bytes);
        connection.loop().inputMemory().progressed(this);
      } else if (inputEnded) {
        current.requestEnd(requestTrailers);
        leave();
      } else {
        return;
      }
    }
  }

  /** The stream is closed, however that came. */
  void onClosed() {
    closed = true;
    output.close();
    // Who has ended what it sends to a tunnel and is gone: all of that is to arrive.
    if (exchange == null || !switched || !inputEnded || queued.isEmpty()) {
      leave();
    }
    account();
  }

  /** Of a stream that is closed nothing more is to be handed over. */
  private void leave() {
    if (closed) {
      Exchange current = exchange;
      exchange = null;
      queued.release();
      account();
      if (current != null) {
        current.downstreamGone();
      }
    }
  }

  private void account() {
    int head = closed ? 0 : countedHeadBytes;
    account.set(connection.loop().inputMemory(), queued.heldBytes() + head, false);
  }

  /** Ends a stream that stands still and that no exchange looks after any more. */
  final void tick(long nowNanos, long limitMillis) {
    boolean attended = exchange != null || !responseEnded || closed;
    int pending = attended ? UnattendedStream.ATTENDED : output.pendingBytes();
    if (unattended.isOver(pending, nowNanos, limitMillis)) {
      connection.runtime().counters().stalledStreams.increment();
      connection.reset(streamId, Http2Error.CANCEL.code());
    }
  }

  /** Pushes what was handed over to the upstream. */
  final void flushUpstream() {
    Exchange current = exchange;
    if (current != null) {
      connection.touch(current);
    }
  }

  /** No more of the request will come. */
  final void inputEnded(boolean ended) {
    inputEnded = ended;
  }

  @Override
  public void crowdOut() {
    queued.release();
    account();
    Exchange current = exchange;
    if (current != null) {
      current.requestBroken(HttpViolation.CROWDED_OUT);
    }
  }

  private void writable() {
    Exchange current = exchange;
    if (current != null) {
      current.downstreamWritable();
    }
  }

  // ---- from the exchange ----

  @Override
  public SocketAddress remote() {
    return ChannelAddresses.remote(connection.context().channel());
  }

  @Override
  public void respond(int status, FieldLines fields, Framing framing) {
    headersEnd = framing.isEmpty();
    responseEnded = headersEnd;
    connection.writeHead(streamId, H2Heads.response(status, fields), headersEnd);
  }

  @Override
  public void switchProtocols(AsciiString protocol, FieldLines fields) {
    switched = true;
    connection.writeHead(
        streamId, H2Heads.response(ExtendedConnect.OK, accepting(protocol, fields)), false);
    connection.flushSoon();
  }

  /** The fields of the head that accepts extended CONNECT, as they go to the other end. */
  abstract FieldLines accepting(AsciiString protocol, FieldLines fields);

  @Override
  public void endOutput() {
    if (!closed && !responseEnded) {
      responseEnded = true;
      output.end();
      connection.flushSoon();
    }
  }

  @Override
  public boolean takesBody(int bytes) {
    return output.takesAtOnce(bytes);
  }

  @Override
  public void body(ByteBuf data) {
    if (closed || headersEnd) {
      data.release();
    } else {
      output.write(data);
    }
  }

  @Override
  public void trailers(FieldLines fields) {
    trailers = fields;
  }

  @Override
  public void end() {
    exchange = null;
    leave();
    FieldLines last = trailers;
    if (!closed && !responseEnded) {
      responseEnded = true;
      if (last == null) {
        output.end();
      } else {
        output.end(H2Heads.trailers(last));
      }
    }
    output.afterEnd(this::refuseRest);
    connection.flushSoon();
  }

  /**
   * The rest of the request is of no use, now that the response has left (RFC 9113 section 8.1).
   */
  private void refuseRest() {
    if (!closed && !inputEnded) {
      connection.reset(streamId, Http2Error.NO_ERROR.code());
    }
  }

  @Override
  public void abort() {
    // Of a tunnel it is the end of another connection (RFC 9113 section 8.5).
    abort((switched ? Http2Error.CONNECT_ERROR : Http2Error.INTERNAL_ERROR).code());
  }

  @Override
  public void abort(long errorCode) {
    exchange = null;
    leave();
    if (!closed) {
      connection.reset(streamId, errorCode);
    }
  }

  @Override
  public void interim(int status, FieldLines fields) {
    if (!closed) {
      connection.writeHead(streamId, H2Heads.response(status, fields), false);
      connection.flushSoon();
    }
  }

  @Override
  public boolean isWritable() {
    return !closed && output.isWritable();
  }

  @Override
  public void flush() {
    output.push();
    connection.flushSoon();
  }

  @Override
  public void pumpBody() {
    pump();
    account();
    flushUpstream();
  }
}

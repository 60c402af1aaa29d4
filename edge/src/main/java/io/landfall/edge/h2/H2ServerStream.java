package io.landfall.edge.h2;

import io.landfall.edge.exchange.Downstream;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.exchange.LocalResponses;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.InputMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request that another node forwarded: a stream of an {@link H2ServerConnection}. Body data
 * that the upstream cannot take yet is queued here, which the stream's window bounds: nothing
 * queued is given back to the sender.
 */
final class H2ServerStream implements Downstream, InputMemory.Holder {
  private final H2ServerConnection connection;
  private final int streamId;
  private final H2Output output;
  private final BodyQueue queued = new BodyQueue();
  private final InputMemory.Account account = new InputMemory.Account(this);

  private @Nullable Exchange exchange;
  private long remaining = -1;
  private boolean inputEnded;
  private boolean responseEnded;
  private boolean closed;
  private boolean headersEnd;
  private @Nullable Held held;
  private @Nullable NodeQuestion question;

  /** A request that came before it was known whether its peer's requests are served. */
  private static final class Held {
    private final Http2Headers headers;
    private final boolean headOnly;
    private final BodyQueue body = new BodyQueue();
    private int heldBytes;
    private boolean ended;

    Held(Http2Headers headers, boolean headOnly) {
      this.headers = headers;
      this.headOnly = headOnly;
    }
  }

  H2ServerStream(H2ServerConnection connection, int streamId) {
    this.connection = connection;
    this.streamId = streamId;
    this.output = new H2Output(connection, streamId, this::writable);
  }

  // ---- from the other node ----

  /** Keeps the request until it is known whether it is served; false when there is no room. */
  boolean hold(Http2Headers headers, boolean ended) {
    if (!connection.held().enter()) {
      return false;
    }
    held = new Held(headers, ended);
    return true;
  }

  /** The request that was kept is served, with all that came of it since. */
  void serveHeld() {
    Held kept = held;
    if (kept == null) {
      return;
    }
    held = null;
    connection.held().leave(kept.heldBytes);
    begin(kept.headers, kept.headOnly);
    for (ByteBuf piece = kept.body.poll(); piece != null; piece = kept.body.poll()) {
      connection.consume(streamId, onData(piece, false));
      piece.release();
    }
    if (kept.ended) {
      onEnd();
    }
    flushUpstream();
  }

  private void flushUpstream() {
    Exchange current = exchange;
    if (current != null) {
      connection.touch(current);
    }
  }

  /** The request is not served, and nothing of it was: it may be tried elsewhere. */
  void refuse() {
    dropHeld();
    connection.runtime().counters().rejected.increment();
    connection.reset(streamId, Http2Error.REFUSED_STREAM.code());
  }

  private void dropHeld() {
    Held kept = held;
    if (kept != null) {
      held = null;
      connection.waitsNoMore(this);
      connection.held().leave(kept.heldBytes);
      for (ByteBuf piece = kept.body.poll(); piece != null; piece = kept.body.poll()) {
        connection.consume(streamId, piece.readableBytes());
        piece.release();
      }
    }
  }

  private void hold(Held kept, ByteBuf data, boolean ended) {
    int before = kept.body.heldBytes();
    kept.body.add(connection.context().alloc(), data);
    kept.ended |= ended;
    int grown = kept.body.heldBytes() - before;
    if (connection.held().grow(grown)) {
      kept.heldBytes += grown;
    } else {
      // Gives back to the windows what was kept, this piece too.
      refuse();
    }
  }

  void begin(Http2Headers headers, boolean ended) {
    if (NodeQuestion.isOne(headers)) {
      ask(ended);
      return;
    }
    EdgeRuntime runtime = connection.runtime();
    Exchanges exchanges = connection.exchanges();
    try {
      RequestHead request = H2Heads.acceptRequest(headers, ended, connection.maxFields());
      inputEnded = ended || request.framing().isEmpty();
      remaining = request.framing().kind() == Framing.Kind.LENGTH ? request.framing().length() : -1;
      Exchange created = new Exchange(exchanges, request, this, Optional.of(connection.peer()));
      exchange = created;
      created.start();
    } catch (BadMessage e) {
      runtime.counters().rejected.increment();
      LocalResponses.Answer answer =
          runtime.localResponses().refusedInAHead(e.rule(), exchanges.date());
      respond(answer.status(), answer.fields(), answer.framing());
      end();
    }
  }

  /** It is for this node itself: no route and no service is looked for. */
  private void ask(boolean ended) {
    inputEnded = ended;
    question = NodeQuestion.begin(this, connection, streamId);
    if (ended) {
      onEnd();
    }
  }

  /** Takes data, and says how many bytes of it are consumed already. */
  int onData(ByteBuf data, boolean ended) {
    int bytes = data.readableBytes();
    Held kept = held;
    if (kept != null) {
      hold(kept, data, ended);
      return 0;
    }
    NodeQuestion asked = question;
    if (asked != null) {
      asked.data(data);
      if (ended) {
        onEnd();
      }
      return bytes;
    }
    Exchange current = exchange;
    if (current == null || closed) {
      return bytes;
    }
    if (remaining >= 0) {
      remaining -= bytes;
      if (remaining < 0) {
        current.requestBroken(HttpViolation.LENGTH_MISMATCH);
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

  /** Trailers: checked and dropped (RFC 9110 section 6.5.1), but they end the request. */
  void onTrailers(Http2Headers trailers, boolean ended) {
    Exchange current = exchange;
    try {
      H2Heads.acceptTrailers(trailers, connection.maxFields());
    } catch (BadMessage e) {
      if (current != null) {
        current.requestBroken(e.rule());
      } else if (held != null) {
        refuse();
      }
      return;
    }
    if (ended) {
      onEnd();
    }
  }

  /** The request's body is complete. */
  void onEnd() {
    Held kept = held;
    if (kept != null) {
      kept.ended = true;
      return;
    }
    NodeQuestion asked = question;
    if (asked != null) {
      inputEnded = true;
      asked.end();
      return;
    }
    Exchange current = exchange;
    if (current != null && remaining > 0) {
      current.requestBroken(HttpViolation.LENGTH_MISMATCH);
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
        current.requestEnd();
      } else {
        return;
      }
    }
  }

  /** The stream is closed, however that came. */
  void onClosed() {
    closed = true;
    dropHeld();
    output.close();
    NodeQuestion asked = question;
    question = null;
    if (asked != null) {
      asked.closed();
    }
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.downstreamGone();
    }
    queued.release();
    account();
  }

  private void account() {
    account.set(connection.loop().inputMemory(), queued.heldBytes(), false);
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
    return connection.context().channel().remoteAddress();
  }

  @Override
  public void respond(int status, FieldLines fields, Framing framing) {
    headersEnd = framing.isEmpty();
    responseEnded = headersEnd;
    connection.writeHead(streamId, H2Heads.response(status, fields), headersEnd);
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
  public void end() {
    exchange = null;
    if (!closed && !responseEnded) {
      responseEnded = true;
      output.end(this::refuseRest);
    } else {
      refuseRest();
    }
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
    exchange = null;
    if (!closed) {
      connection.reset(streamId, Http2Error.INTERNAL_ERROR.code());
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
    return output.isWritable();
  }

  @Override
  public void flush() {
    connection.flushSoon();
  }

  @Override
  public void pumpBody() {
    pump();
    account();
    flushUpstream();
  }
}

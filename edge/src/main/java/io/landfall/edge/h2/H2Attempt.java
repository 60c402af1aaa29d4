package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.loop.InputMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** An attempt on another node or a backend: one stream of a shared HTTP/2 connection. */
final class H2Attempt implements Attempt, InputMemory.Holder {
  private final Exchange exchange;
  private final H2Place place;
  private final EdgeLoop loop;
  private final WithheldWindow window;
  private final int maxFields;
  private @Nullable H2ClientConnection connection;
  private @Nullable H2Output output;
  private int streamId;
  private boolean over;
  private boolean sentEnd;
  private boolean headSeen;
  private final StreamFate fate = new StreamFate();
  private long remaining = -1;
  private final BodyQueue queued = new BodyQueue();
  private final InputMemory.Account account = new InputMemory.Account(this);
  private boolean inputEnded;
  private boolean tunnel;
  private boolean endReported;
  private int interim;
  private @Nullable FieldLines trailers;
  private @Nullable FieldLines requestTrailers;
  private long sentNanos;

  H2Attempt(Exchange exchange, H2Place place, EdgeLoop loop, H2Profile profile, EdgeLimits limits) {
    this.exchange = exchange;
    this.place = place;
    this.loop = loop;
    this.window = new WithheldWindow(profile.windows(limits).streamWindowBytes());
    this.maxFields = profile.maxFields(limits);
  }

  Exchange exchange() {
    return exchange;
  }

  /** Whether it was given up, or has failed. */
  boolean isOver() {
    return over;
  }

  // ---- from the exchange ----

  @Override
  public Object place() {
    return place.place();
  }

  @Override
  public String name() {
    return place.name();
  }

  @Override
  public String nextHop() {
    return place.nextHop();
  }

  @Override
  public boolean isForward() {
    return place.isForward();
  }

  @Override
  public boolean isOverHttp2() {
    return true;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    return place.isStillThere(snapshot);
  }

  @Override
  public void start() {
    place.start(this);
  }

  /** The connection carries this attempt from now on, its head being sent. */
  void attach(H2ClientConnection given, int id) {
    connection = given;
    streamId = id;
    sentNanos = loop.nowNanos();
    sentEnd = exchange.request().framing().isEmpty() && exchange.upgrade() == null;
    output = new H2Output(given, id, () -> exchange.upstreamWritable(this));
  }

  @Override
  public void body(ByteBuf data) {
    if (output == null || over) {
      data.release();
    } else {
      output.write(data);
    }
  }

  @Override
  public void trailers(FieldLines fields) {
    requestTrailers = tunnel ? null : fields;
  }

  @Override
  public void end() {
    FieldLines last = requestTrailers;
    if (output != null && !over && !sentEnd) {
      sentEnd = true;
      if (last == null) {
        output.end();
      } else {
        output.end(H2Heads.trailers(last));
      }
      if (endReported) {
        close();
        flush();
      }
    }
  }

  @Override
  public boolean isWritable() {
    return output != null && !over && output.isWritable();
  }

  @Override
  public void flush() {
    if (connection != null && output != null) {
      output.push();
      connection.flushSoon();
    }
  }

  @Override
  public void resume() {
    drain();
    exchange.flushDownstream();
  }

  @Override
  public void cancel() {
    if (over) {
      return;
    }
    close();
    if (connection == null) {
      place.forget(this);
    }
    reset(Http2Error.CANCEL);
  }

  /** Nobody is left to read: no window for more, and behind the end of our direction a reset. */
  @Override
  public void endInOrder() {
    end();
    close();
    flush();
    if (output != null) {
      output.afterEnd(() -> reset(Http2Error.CANCEL));
    }
  }

  private void reset(Http2Error error) {
    if (connection != null) {
      connection.reset(streamId, error.code());
    }
  }

  @Override
  public void timedOut() {
    place.timedOut(this);
  }

  /** Its connection takes no further request if nothing has come on it since this one was sent. */
  void doubtConnection() {
    H2ClientConnection current = connection;
    if (current != null && current.readNanos() <= sentNanos) {
      current.retire();
    }
  }

  // ---- from the connection ----

  void failed(AttemptFailure failure) {
    if (!over) {
      close();
      exchange.failed(this, failure);
    }
  }

  void onHeaders(Http2Headers headers, boolean ended) {
    if (over) {
      return;
    }
    try {
      if (headSeen) {
        trailers = H2Heads.trailersOfResponse(headers, maxFields);
        inputEnded |= ended;
        if (ended && queued.isEmpty()) {
          finish();
        }
        return;
      }
      boolean toHead = exchange.request().isHead();
      ResponseHead head = H2Heads.acceptResponse(headers, toHead, ended, maxFields);
      if (head.status() < 200) {
        if (head.status() == 101 || ++interim > ResponseHead.MAX_INTERIM) {
          throw new BadMessage(HttpViolation.STATUS_LINE);
        }
        exchange.interim(this, head);
        return;
      }
      headSeen = true;
      ResponseHead switching = ExtendedConnect.switching(head, exchange.upgrade());
      if (switching != null) {
        tunnel = true;
        exchange.switched(this, switching);
      } else {
        if (exchange.upgrade() != null) {
          end();
        }
        // Where there is no body, not one byte may come.
        remaining = head.framing().kind() == Framing.Kind.CHUNKED ? -1 : head.framing().length();
        exchange.head(this, head);
      }
    } catch (BadMessage e) {
      breakOff(FailureKind.BAD_RESPONSE);
      return;
    }
    if (!over && ended) {
      finish();
    } else if (!over) {
      touch();
    }
  }

  /** Takes data, and says how many bytes of it are consumed already. */
  int onData(ByteBuf data, boolean ended) {
    int bytes = data.readableBytes();
    if (over) {
      return output != null && output.isEnding() ? 0 : bytes; // No window: see endInOrder.
    }
    if (!headSeen || (remaining >= 0 && bytes > remaining)) {
      breakOff(FailureKind.BAD_RESPONSE);
      return bytes;
    }
    if (remaining >= 0) {
      remaining -= bytes;
    }
    inputEnded = ended;
    H2ClientConnection current = connection;
    if (current == null) {
      return bytes;
    }
    ByteBufAllocator allocator = current.context().alloc();
    boolean passes = queued.isEmpty() && exchange.isDownstreamWritable();
    if (bytes > 0 && passes) {
      exchange.data(this, BodyQueue.passed(allocator, data));
      current.consume(streamId, window.faster());
    } else if (bytes > 0) {
      queued.add(allocator, data);
      window.waits();
      account();
    }
    if (!over && ended && queued.isEmpty()) {
      finish();
    } else {
      touch();
    }
    return passes ? bytes : 0;
  }

  /** Hands over what waited for the downstream, and gives it back to the sender's window. */
  private void drain() {
    H2ClientConnection current = connection;
    while (!over && exchange.isDownstreamWritable()) {
      ByteBuf piece = queued.poll();
      if (piece == null) {
        if (inputEnded) {
          finish();
        }
        return;
      }
      window.taken(piece.readableBytes());
      exchange.data(this, piece);
      loop.inputMemory().progressed(this);
      account();
      if (current != null && queued.isEmpty()) {
        current.consume(streamId, window.next());
      }
    }
  }

  private void account() {
    account.set(loop.inputMemory(), queued.heldBytes(), false);
  }

  private void close() {
    over = true;
    queued.release();
    account();
  }

  @Override
  public void crowdOut() {
    exchange.requestBroken(HttpViolation.CROWDED_OUT);
    close();
  }

  private void touch() {
    if (connection != null) {
      connection.touch(exchange);
    }
  }

  private void finish() {
    if (remaining > 0) {
      breakOff(FailureKind.INCOMPLETE);
      return;
    }
    if (tunnel && !sentEnd) {
      reportEnd();
      return;
    }
    close();
    if (!sentEnd) {
      // The rest of the request is of no use (RFC 9113 section 8.1).
      reset(Http2Error.NO_ERROR);
    }
    if (trailers != null) {
      exchange.trailers(this, trailers);
    }
    exchange.end(this);
  }

  /** The other node has ended its direction of a tunnel; without a stream ours is over too. */
  private void reportEnd() {
    if (!endReported) {
      endReported = true;
      exchange.end(this);
    }
    if (connection == null) {
      failed(new AttemptFailure(FailureKind.CLOSED, false));
    }
  }

  private void breakOff(FailureKind kind) {
    close();
    reset(Http2Error.PROTOCOL_ERROR);
    AttemptFailure failure = new AttemptFailure(kind, false);
    exchange.failed(this, place.judge(failure, StreamEnd.ALONE, true));
  }

  /** What has come breaks a rule of HTTP/2, and the stream is reset for it. */
  void onMalformed() {
    fate.malformed();
  }

  void onReset(long errorCode) {
    fate.reset(errorCode, inputEnded);
  }

  /**
   * The stream is closed, however that came, on a connection that had brought a response or not.
   */
  void onClosed(StreamEnd end, boolean used) {
    connection = null;
    if (output != null) {
      output.close();
    }
    output = null;
    if (inputEnded && !endReported && !over && !fate.isReset()) {
      // All has arrived; what the downstream has not taken yet still waits here.
      return;
    }
    if (!over) {
      failed(place.judge(fate.failure(end, headSeen), end, used));
    }
  }
}

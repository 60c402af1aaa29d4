package io.landfall.edge.h2;

import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.decision.Route;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An attempt on another node: one stream of a shared HTTP/2 connection. */
final class ForwardAttempt implements Attempt, InputMemory.Holder {
  private final Exchange exchange;
  private final Candidate candidate;
  private final ServiceName service;
  private final ForwardPools pools;
  private final EdgeLoop loop;
  private final int streamWindowBytes;
  private final int maxFields;

  private @Nullable H2ClientConnection connection;
  private @Nullable H2Output output;
  private int streamId;
  private boolean over;
  private boolean sentEnd;
  private boolean headSeen;
  private boolean resetRead;
  private boolean refused;
  private long remaining = -1;
  private final BodyQueue queued = new BodyQueue();
  private final InputMemory.Account account = new InputMemory.Account(this);
  private boolean inputEnded;
  private boolean tunnel;
  private boolean endReported;
  private int withheld;
  private int allowance;
  private int interim;
  private @Nullable FieldLines trailers;

  ForwardAttempt(Exchange exchange, ServiceName service, Candidate candidate, ForwardPools pools) {
    this.exchange = exchange;
    this.candidate = candidate;
    this.service = service;
    this.pools = pools;
    this.loop = pools.loop();
    EdgeLimits limits = pools.runtime().settings().limits();
    this.streamWindowBytes = limits.windows().streamWindowBytes();
    this.maxFields = H2Profile.NODE.maxFields(limits);
  }

  Exchange exchange() {
    return exchange;
  }

  /** Whether it was given up, or has failed. */
  boolean isOver() {
    return over;
  }

  Candidate candidate() {
    return candidate;
  }

  // ---- from the exchange ----

  @Override
  public Object place() {
    return candidate.identity();
  }

  @Override
  public String name() {
    return candidate.node().value();
  }

  @Override
  public String nextHop() {
    return candidate.node().value();
  }

  @Override
  public boolean isForward() {
    return true;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    Optional<Route> route =
        snapshot.view().route(exchange.request().host(), exchange.request().routingTarget());
    return route.isPresent()
        && route.get().service().name().equals(service)
        && route.get().isWorthWaitingFor(candidate.identity());
  }

  @Override
  public void start() {
    pools.of(candidate).start(this);
  }

  /** The connection carries this attempt from now on, its head being sent. */
  void attach(H2ClientConnection given, int id) {
    connection = given;
    streamId = id;
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
  public void end() {
    if (output != null && !over && !sentEnd) {
      sentEnd = true;
      output.end();
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
      pools.of(candidate).forget(this);
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
    // Whether the node is well is the adjacency's business, not ours to guess.
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
        remaining = head.framing().kind() == Framing.Kind.LENGTH ? head.framing().length() : -1;
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
      if (withheld > 0) {
        allowance = Math.min(2 * allowance, withheld);
        giveBack(current);
      }
    } else if (bytes > 0) {
      queued.add(allocator, data);
      allowance = streamWindowBytes / H2Connection.WINDOW_PARTS + 1;
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
      withheld += piece.readableBytes();
      exchange.data(this, piece);
      loop.inputMemory().progressed(this);
      account();
      if (current != null && queued.isEmpty()) {
        giveBack(current);
      }
    }
  }

  /**
   * Opens the window again: of a receiver that did not keep up by one part of it, and by twice as
   * much each time while it does. Else a slow one would always have a whole window waiting here.
   */
  private void giveBack(H2ClientConnection to) {
    int bytes = Math.min(withheld, allowance);
    withheld -= bytes;
    to.consume(streamId, bytes);
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
    exchange.failed(this, new AttemptFailure(kind, false));
  }

  void onReset(long errorCode) {
    // Behind the end of the response it only refuses the rest of the request, and what has arrived
    // must not be discarded for it (RFC 9113 section 8.1).
    resetRead = !(inputEnded && errorCode == Http2Error.NO_ERROR.code());
    refused = errorCode == Http2Error.REFUSED_STREAM.code();
  }

  /** The stream is closed, however that came. */
  void onClosed(StreamEnd end) {
    connection = null;
    if (output != null) {
      output.close();
    }
    output = null;
    if (inputEnded && !endReported && !over && !resetRead) {
      // All has arrived; what the downstream has not taken yet still waits here.
      return;
    }
    failed(end.failure(headSeen, resetRead, refused));
  }
}

package io.landfall.edge.h2;

import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.StreamByteDistributor;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Which of a client's responses goes first (RFC 9218 section 10): the more urgent before the less;
 * of the same urgency those that are of use only as a whole one after the other, and then the
 * others in turn. A client that tells nothing has all of them served in turn, so that none waits
 * for the end of a long one. The tree of RFC 7540, which RFC 9113 has dropped, is not kept.
 */
final class UrgencyQueues implements StreamByteDistributor {
  /** What a response that takes turns may send in one. */
  static final int TURN_BYTES = 16 * 1024;

  private final PropertyKey key;
  private final Deque<State>[] queues;
  private long streamableBytes;

  /** The queues of one connection. */
  UrgencyQueues(Http2Connection connection) {
    this.key = connection.newKey();
    @SuppressWarnings({"unchecked", "rawtypes"}) // There are no arrays of a generic type.
    Deque<State>[] made = new Deque[Urgency.LEVELS];
    this.queues = made;
    connection.connectionStream().setProperty(key, new State(connection.connectionStream()));
    connection.addListener(
        new Http2ConnectionAdapter() {
          @Override
          public void onStreamAdded(Http2Stream stream) {
            stream.setProperty(key, new State(stream));
          }

          @Override
          public void onStreamClosed(Http2Stream stream) {
            state(stream).close();
          }
        });
  }

  /** From now on the stream's response is that urgent. */
  void set(Http2Stream stream, Urgency urgency) {
    State state = state(stream);
    boolean waits = state.leaveQueue();
    state.urgency = urgency;
    if (waits) {
      state.joinQueue();
    }
  }

  @Override
  public void updateStreamableBytes(StreamState of) {
    state(of.stream()).update(Http2CodecUtil.streamableBytes(of), of.hasFrame(), of.windowSize());
  }

  @Override
  public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {}

  @Override
  public boolean distribute(int maxBytes, Writer writer) throws Http2Exception {
    int rest = maxBytes;
    for (int level = 0; level < queues.length; level++) {
      Deque<State> queue = queues[level];
      State first = queue == null ? null : queue.peek();
      while (first != null && (rest > 0 || first.bytes == 0)) {
        first.leaveQueue();
        if (!first.windowNegative) {
          int turn = first.urgency.takesTurns() ? TURN_BYTES : Integer.MAX_VALUE;
          int now = Math.min(turn, Math.min(rest, first.bytes));
          rest -= now;
          first.write(now, writer);
        }
        first = queue.peek();
      }
    }
    return streamableBytes > 0;
  }

  private State state(Http2Stream stream) {
    return stream.getProperty(key);
  }

  /** One stream. */
  private final class State {
    private final Http2Stream stream;
    private Urgency urgency = Urgency.UNTOLD;
    private @Nullable Deque<State> in;
    private int bytes;
    private boolean windowNegative;
    private boolean writing;

    State(Http2Stream stream) {
      this.stream = stream;
    }

    void update(int now, boolean hasFrame, int windowSize) {
      streamableBytes += now - bytes;
      bytes = now;
      // While it writes it has had its chance to send a frame without bytes.
      windowNegative = windowSize < 0;
      if (hasFrame && in == null && (windowSize > 0 || (windowSize == 0 && !writing))) {
        joinQueue();
      }
    }

    void write(int count, Writer writer) throws Http2Exception {
      writing = true;
      try {
        writer.write(stream, count);
      } catch (RuntimeException e) {
        throw Http2Exception.connectionError(Http2Error.INTERNAL_ERROR, e, "DATA was not written");
      } finally {
        writing = false;
      }
    }

    void joinQueue() {
      Deque<State> queue = queues[urgency.level()];
      if (queue == null) {
        queue = new ArrayDeque<>(4);
        queues[urgency.level()] = queue;
      }
      in = queue;
      if (urgency.takesTurns() || queue.isEmpty()) {
        queue.add(this);
      } else {
        joinInOrder(queue);
      }
    }

    /** Before those that take turns, and behind earlier ones that do not. */
    private void joinInOrder(Deque<State> queue) {
      Deque<State> before = new ArrayDeque<>();
      for (State each = queue.peek();
          each != null && !each.urgency.takesTurns() && each.stream.id() < stream.id();
          each = queue.peek()) {
        before.push(queue.remove());
      }
      queue.push(this);
      before.forEach(queue::push);
    }

    /** Whether it was in one. */
    boolean leaveQueue() {
      Deque<State> queue = in;
      in = null;
      if (queue != null && queue.peek() == this) {
        queue.remove();
      } else if (queue != null) {
        queue.remove(this);
      }
      return queue != null;
    }

    void close() {
      leaveQueue();
      update(0, false, 0);
    }
  }
}

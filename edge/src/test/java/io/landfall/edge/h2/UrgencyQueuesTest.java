package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.StreamByteDistributor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** In which order the responses of a connection leave (RFC 9218). */
class UrgencyQueuesTest {
  private static final int TURN = UrgencyQueues.TURN_BYTES;

  private final Http2Connection connection = new DefaultHttp2Connection(true);
  private final UrgencyQueues queues = new UrgencyQueues(connection);
  private final Map<Integer, Integer> pending = new TreeMap<>();
  private final List<String> written = new ArrayList<>();

  private record Waiting(Http2Stream stream, int bytes, int window)
      implements StreamByteDistributor.StreamState {
    @Override
    public long pendingBytes() {
      return bytes;
    }

    @Override
    public boolean hasFrame() {
      return bytes > 0;
    }

    @Override
    public int windowSize() {
      return window;
    }
  }

  private Http2Stream stream(int id, String priority, int bytes) throws Http2Exception {
    Http2Stream stream = connection.remote().createStream(id, true);
    if (!priority.isEmpty()) {
      queues.set(stream, Urgency.of(priority));
    }
    waits(stream, bytes);
    return stream;
  }

  private void waits(Http2Stream stream, int bytes) {
    pending.put(stream.id(), bytes);
    queues.updateStreamableBytes(new Waiting(stream, bytes, Integer.MAX_VALUE));
  }

  private boolean distribute(int most) throws Http2Exception {
    return queues.distribute(
        most,
        (stream, bytes) -> {
          written.add(stream.id() + ":" + bytes);
          int rest = pending.merge(stream.id(), -bytes, Integer::sum);
          queues.updateStreamableBytes(new Waiting(stream, rest, Integer.MAX_VALUE));
        });
  }

  @Test
  void theMoreUrgentLeavesFirst() throws Http2Exception {
    stream(1, "u=5", 10);
    stream(3, "u=0", 20);
    stream(5, "", 30);
    assertThat(distribute(45)).isTrue();
    assertThat(distribute(45)).isFalse();
    assertThat(written).containsExactly("3:20", "5:25", "5:5", "1:10");
  }

  @Test
  void whatIsOfUseAsAWholeLeavesOneAfterTheOther() throws Http2Exception {
    Http2Stream first = stream(1, "u=3", 0);
    stream(3, "i", TURN);
    stream(5, "u=3", 3 * TURN);
    waits(first, 2 * TURN);
    distribute(TURN);
    distribute(10 * TURN);
    assertThat(written).containsExactly("1:" + TURN, "1:" + TURN, "5:" + 3 * TURN, "3:" + TURN);
  }

  @Test
  void theOthersTakeTurns() throws Http2Exception {
    stream(1, "", 2 * TURN);
    stream(3, "i", TURN + 1);
    stream(5, "", 5);
    distribute(10 * TURN);
    assertThat(written).containsExactly("1:" + TURN, "3:" + TURN, "5:5", "1:" + TURN, "3:1");
  }

  @Test
  void aStreamMayBecomeMoreUrgentWhileItWaits() throws Http2Exception {
    stream(1, "u=1", 10);
    Http2Stream later = stream(3, "u=7", 10);
    queues.set(later, Urgency.of("u=0"));
    distribute(100);
    assertThat(written).containsExactly("3:10", "1:10");
  }

  @Test
  void aStreamThatIsClosedOrHasNoWindowIsPassedBy() throws Http2Exception {
    Http2Stream closed = stream(1, "", 10);
    Http2Stream negative = stream(3, "", 10);
    stream(5, "", 10);
    queues.updateStreamableBytes(new Waiting(negative, 10, -1));
    closed.close();
    assertThat(distribute(100)).isFalse();
    assertThat(written).containsExactly("5:10");
    queues.updateStreamableBytes(new Waiting(negative, 10, 4));
    assertThat(distribute(100)).isFalse();
    assertThat(written).containsExactly("5:10", "3:4", "3:6");
  }

  @Test
  void aPriorityFieldIsReadAndWhatIsNotUnderstoodIsIgnored() {
    assertThat(Urgency.of(null)).isEqualTo(Urgency.UNTOLD);
    assertThat(Urgency.of("")).isEqualTo(new Urgency(3, false));
    assertThat(Urgency.of("u=0, i")).isEqualTo(new Urgency(0, true));
    assertThat(Urgency.of("i=?0 , u=7")).isEqualTo(new Urgency(7, false));
    assertThat(Urgency.of("u=9,i=?1,x=;;,")).isEqualTo(new Urgency(3, true));
    assertThat(Urgency.of("u=-1, u=2, i, i=?0")).isEqualTo(new Urgency(2, false));
  }
}

package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Clock;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.h1.RequestText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is kept of a body, in case that its request is sent again, is bounded in all that it costs.
 */
class KeptBodyTest {
  private static final int MOST_BYTES = 65_536;
  private static final Clock CLOCK =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return 0;
        }

        @Override
        public long wallMillis() {
          return 0;
        }
      };

  /** A client of which nothing is asked. */
  private static final Downstream CLIENT =
      (Downstream)
          Proxy.newProxyInstance(
              Downstream.class.getClassLoader(),
              new Class<?>[] {Downstream.class},
              (proxy, method, arguments) -> null);

  /** A place that takes all and answers nothing. */
  private static final class Taking implements Attempt {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private int pieces;

    @Override
    public void body(ByteBuf data) {
      pieces++;
      byte[] bytes = new byte[data.readableBytes()];
      data.readBytes(bytes);
      taken.writeBytes(bytes);
      data.release();
    }

    @Override
    public Object place() {
      return this;
    }

    @Override
    public String name() {
      return "place";
    }

    @Override
    public String nextHop() {
      return "";
    }

    @Override
    public boolean isForward() {
      return false;
    }

    @Override
    public boolean isStillThere(EdgeSnapshot snapshot) {
      return true;
    }

    @Override
    public void start() {}

    @Override
    public void end() {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void flush() {}

    @Override
    public void resume() {}

    @Override
    public void cancel() {}

    @Override
    public void timedOut() {}
  }

  private final RequestRelay relay =
      new RequestRelay(
          new RequestLog(
              RequestText.head("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"),
              Arrival.CLIENT,
              CLOCK),
          CLIENT,
          MOST_BYTES,
          false);

  private static byte[] bytes(int count) {
    byte[] made = new byte[count];
    for (int i = 0; i < count; i++) {
      made[i] = (byte) (i * 31 + (i >>> 8));
    }
    return made;
  }

  /** Sends them in pieces; what is left of each once the place has taken it. */
  private List<ByteBuf> send(byte[] bytes, int... lengths) {
    List<ByteBuf> sent = new ArrayList<>();
    int at = 0;
    for (int i = 0; at < bytes.length; i++) {
      int length = Math.min(lengths[i % lengths.length], bytes.length - at);
      ByteBuf piece = Unpooled.directBuffer(length).writeBytes(bytes, at, length);
      sent.add(piece);
      assertThat(relay.data(piece)).isTrue();
      at += length;
    }
    return sent;
  }

  private void isSentAgain(byte[] bytes) {
    Taking next = new Taking();
    relay.stop();
    relay.start(next);
    assertThat(next.taken.toByteArray()).isEqualTo(bytes);
    assertThat(next.pieces).isLessThanOrEqualTo(2 * MOST_BYTES / 4096 + 1);
    relay.keepNothing();
  }

  @Test
  void piecesOfAByteAreKeptTogether() {
    Taking first = new Taking();
    relay.start(first);
    byte[] bytes = bytes(60_000);
    List<ByteBuf> sent = send(bytes, 1);
    assertThat(first.taken.toByteArray()).isEqualTo(bytes);
    assertThat(sent.stream().filter(piece -> piece.refCnt() > 0).count()).isLessThanOrEqualTo(1);
    isSentAgain(bytes);
    assertThat(sent).allMatch(piece -> piece.refCnt() == 0);
  }

  @Test
  void piecesOfAllSizesAreSentAgainInTheirOrder() {
    relay.start(new Taking());
    byte[] bytes = bytes(60_000);
    List<ByteBuf> sent = send(bytes, 3, 5_000, 4_095, 4_096, 1, 1, 700);
    isSentAgain(bytes);
    assertThat(sent).allMatch(piece -> piece.refCnt() == 0);
  }

  @Test
  void aBodyThatOutgrowsTheBoundIsNotKept() {
    relay.start(new Taking());
    List<ByteBuf> sent = send(bytes(MOST_BYTES + 1), 4_000);
    assertThat(relay.isRepeatable()).isFalse();
    assertThat(sent).allMatch(piece -> piece.refCnt() == 0);
  }
}

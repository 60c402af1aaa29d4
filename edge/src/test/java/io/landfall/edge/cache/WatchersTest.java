package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.StoreRefusal;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Thousands of readers of one response do not stop their event loop. */
class WatchersTest {
  private static final int READERS = 5_000;

  private final ByHand edge = new ByHand(1);
  private final Exchanges loop = edge.exchanges;
  private final Watchers watchers = new Watchers();
  private final List<Reader> readers = new ArrayList<>();
  private int measured;
  private int told;
  private boolean wakesAgain;

  private final class Reader implements FillReader {
    int advanced;
    long at;

    @Override
    public void interim(int status, FieldLines fields) {
      throw new AssertionError();
    }

    @Override
    public void advance() {
      advanced++;
      if (wakesAgain) {
        wakesAgain = false;
        watchers.wake(loop);
      }
    }

    @Override
    public Exchanges loop() {
      return loop;
    }

    @Override
    public long position() {
      measured++;
      return at;
    }

    @Override
    public boolean isBrokenOff() {
      return false;
    }

    @Override
    public boolean takes(ResponseHead head) {
      return false;
    }

    @Override
    public void pass(ResponseHead head, StoreRefusal why) {}

    @Override
    public void passed(ByteBuf piece) {
      piece.release();
    }

    @Override
    public void passedAll() {}

    @Override
    public void fail(FailureKind kind) {}

    @Override
    public boolean isDownstreamWritable() {
      return true;
    }

    @Override
    public void flushPassed() {}
  }

  private void come() {
    for (int i = 0; i < READERS; i++) {
      Reader reader = new Reader();
      readers.add(reader);
      watchers.add(reader, loop);
    }
    measured = 0;
  }

  @Test
  void theyAreWokenSomeAtATime() {
    come();
    watchers.wake(loop);
    assertThat(readers.stream().filter(each -> each.advanced > 0)).hasSize(Watchers.MOST_AT_ONCE);
    // What comes meanwhile wakes all of them once more.
    watchers.wake(loop);
    edge.run();
    assertThat(readers).allMatch(each -> each.advanced == 2);
  }

  @Test
  void whoIsWokenMayWakeAll() {
    Reader only = new Reader();
    watchers.add(only, loop);
    wakesAgain = true;
    watchers.wake(loop);
    edge.run();
    assertThat(only.advanced).isEqualTo(2);
  }

  @Test
  void howFarTheyAreIsMeasuredOnceForAllThatMove() {
    come();
    for (Reader each : readers) {
      each.at = 7;
      watchers.moved(loop, () -> told++);
    }
    assertThat(watchers.slowest()).isZero();
    edge.run();
    assertThat(watchers.slowest()).isEqualTo(7);
    assertThat(measured).isEqualTo(READERS);
    assertThat(told).isEqualTo(1);
  }

  @Test
  void whenAllLeaveAtOnceTheyAreMeasuredOnce() {
    come();
    for (Reader each : readers) {
      watchers.remove(each, loop, true, () -> told++);
    }
    assertThat(watchers.slowest()).isEqualTo(Long.MAX_VALUE);
    edge.run();
    assertThat(measured).isZero();
  }
}

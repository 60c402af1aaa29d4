package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.FailureKind;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fetches of slices: shared, left, broken, and let go of; one event loop by hand. */
class SliceFetchTest {
  private static final int SLICE = 1 << 20;
  private static final long LENGTH = 10L * SLICE;

  private final ByHand edge = new ByHand(1);

  @AfterEach
  void nothingIsHeld() {
    edge.cache.close();
    assertThat(edge.view().bytes()).isZero();
  }

  private ByHand.Client asks(String range) {
    return edge.asks("GET /a", "Range: bytes=" + range);
  }

  private static void answer(ByHand.Asked asked, int slice, String tag) {
    long from = (long) slice * SLICE;
    asked.answer(
        206,
        SLICE,
        "cache-control: max-age=60",
        "etag: \"" + tag + "\"",
        "content-range: bytes " + from + "-" + (from + SLICE - 1) + "/" + LENGTH);
  }

  private static void whole(ByHand.Asked asked) {
    for (int i = 0; i < 16; i++) {
      asked.data(SLICE / 16);
    }
    asked.finish();
  }

  @Test
  void oneFetchIsForAllWhoNeedTheSlice() {
    ByHand.Client one = asks("0-9");
    ByHand.Client two = asks("500-1999");
    assertThat(edge.asked).hasSize(1);
    answer(edge.asked.getFirst(), 0, "v1");
    edge.asked.getFirst().data(1000);
    assertThat(one.bytes).isEqualTo(10);
    assertThat(one.whole).isTrue();
    assertThat(two.bytes).as("each as it comes").isEqualTo(500);
    edge.asked.getFirst().data(SLICE - 1000);
    edge.asked.getFirst().finish();
    assertThat(two.whole).isTrue();
    assertThat(two.cacheStatus).contains("; collapsed");
    assertThat(two.status).isEqualTo(206);
  }

  @Test
  void aLateSliceOfTheOldVersionDoesNotThrowOutTheNewOnes() {
    asks("2097152-2097153");
    answer(edge.asked.getLast(), 2, "v1");
    whole(edge.asked.getLast());
    asks("0-9");
    ByHand.Asked late = edge.asked.getLast();
    asks("1048576-1048577");
    answer(edge.asked.getLast(), 1, "v2");
    whole(edge.asked.getLast());
    answer(late, 0, "v1");
    whole(late);
    asks("1048578-1048579");
    assertThat(edge.asked).as("the new one is stored").hasSize(3);
    asks("3145728-3145729");
    answer(edge.asked.getLast(), 3, "v2");
    whole(edge.asked.getLast());
    asks("1048578-1048579");
    assertThat(edge.asked).as("and the late one is not taken for the newest").hasSize(4);
    asks("0-9");
    assertThat(edge.asked).as("nor used").hasSize(5);
    answer(edge.asked.getLast(), 0, "v2");
    whole(edge.asked.getLast());
  }

  @Test
  void aSliceIsAskedForWhenTheClientGetsThere() {
    ByHand.Client client = edge.startsWithoutRunning("GET /a", "Range: bytes=0-");
    client.most = 1000;
    edge.run();
    answer(edge.asked.getFirst(), 0, "v1");
    whole(edge.asked.getFirst());
    assertThat(edge.asked).as("it has not read the first one").hasSize(1);
    client.take(SLICE);
    assertThat(edge.asked).hasSize(2);
    assertThat(client.whole).isFalse();
    client.leave();
  }

  @Test
  void aClientThatLeavesHoldsNothing() {
    ByHand.Client first = asks("0-9");
    first.leave();
    ByHand.Client second = asks("0-2000000");
    answer(edge.asked.getLast(), 0, "v1");
    edge.asked.getLast().data(1000);
    assertThat(second.bytes).isEqualTo(1000);
    second.leave();
    assertThat(second.aborted).isFalse();
    if (ByHand.isWanted(edge.asked.getLast())) {
      edge.asked.getLast().data(SLICE - 1000);
      edge.asked.getLast().finish();
    }
  }

  @Test
  void aSliceOfAnotherVersionEndsTheResponse() {
    ByHand.Client client = asks("0-2000000");
    answer(edge.asked.get(0), 0, "v1");
    whole(edge.asked.get(0));
    assertThat(client.bytes).isEqualTo(SLICE);
    answer(edge.asked.get(1), 1, "v2");
    assertThat(client.aborted).isTrue();
    assertThat(client.bytes).isEqualTo(SLICE);
    whole(edge.asked.get(1));
  }

  @Test
  void aSliceThatBreaksOffEndsTheResponseAndIsNotStored() {
    ByHand.Client client = asks("0-9");
    answer(edge.asked.getFirst(), 0, "v1");
    edge.asked.getFirst().data(5);
    ByHand.Asked asked = edge.asked.getFirst();
    asked.exchange.failed(asked, new AttemptFailure(FailureKind.INCOMPLETE, false));
    edge.run();
    assertThat(client.aborted).isTrue();
    ByHand.Client again = asks("0-9");
    assertThat(edge.asked).hasSize(2);
    answer(edge.asked.get(1), 0, "v1");
    whole(edge.asked.get(1));
    assertThat(again.whole).isTrue();
  }

  @Test
  void aWholeThatCameForASliceIsForAllWhoWait() {
    ByHand.Client one = asks("0-9");
    ByHand.Client two = asks("5-5");
    edge.asked.getFirst().answer(200, 100, "cache-control: max-age=60", "etag: \"v1\"");
    edge.asked.getFirst().data(100);
    edge.asked.getFirst().finish();
    assertThat(one.bytes).isEqualTo(10);
    assertThat(two.bytes).isEqualTo(1);
    assertThat(two.status).isEqualTo(206);
    assertThat(edge.asked).hasSize(1);
    assertThat(asks("90-").bytes).isEqualTo(10);
  }

  private void forgetsVersions() {
    Objects.requireNonNull(edge.cache.of(ByHand.SHOP)).parts().clear();
  }

  @Test
  void aChangeThatWasForgottenIsSeenWhereSlicesDoNotFit() {
    asks("0-9");
    answer(edge.asked.get(0), 0, "v1");
    whole(edge.asked.get(0));
    // Which version came last is kept for so many keys only.
    forgetsVersions();
    asks((2L * SLICE) + "-" + (2L * SLICE + 9));
    answer(edge.asked.get(1), 2, "v2");
    whole(edge.asked.get(1));
    forgetsVersions();
    ByHand.Client broken = asks("0-1500000");
    answer(edge.asked.get(2), 1, "v2");
    whole(edge.asked.get(2));
    assertThat(broken.aborted).isTrue();
    ByHand.Client again = asks("0-1500000");
    assertThat(edge.asked).as("the old slice is not used again").hasSize(4);
    answer(edge.asked.get(3), 0, "v2");
    whole(edge.asked.get(3));
    answer(edge.asked.get(4), 1, "v2");
    whole(edge.asked.get(4));
    assertThat(again.whole).isTrue();
    assertThat(asks("0-1500000").cacheStatus).contains("; hit");
  }

  /** Leaves little of the memory to bodies. */
  private long fillMemory() {
    long most = ByHand.MEMORY_BYTES - edge.cache.memory().usedBytes() - (64 << 10);
    assertThat(edge.cache.memory().tryTake(most)).isTrue();
    return most;
  }

  private static void streams(ByHand.Asked asked, ByHand.Client to) {
    for (int sent = 0; sent < SLICE && !asked.cancelled && !to.whole; sent += 4096) {
      assertThat(ByHand.isWanted(asked)).as("more is taken, at " + sent).isTrue();
      asked.data(4096);
    }
    if (!asked.cancelled && !to.whole) {
      asked.finish();
    }
  }

  @Test
  void aSliceForWhichThereIsNoRoomIsStreamedAndNotStored() {
    ByHand.Client client = asks("1000000-2000000");
    answer(edge.asked.get(0), 0, "v1");
    whole(edge.asked.get(0));
    long taken = fillMemory();
    ByHand.Client other = asks("3145728-5000000");
    answer(edge.asked.get(2), 3, "v1");
    streams(edge.asked.get(2), other);
    answer(edge.asked.get(1), 1, "v1");
    streams(edge.asked.get(1), client);
    assertThat(client.whole).isTrue();
    assertThat(client.bytes).isEqualTo(1_000_001);
    answer(edge.asked.get(3), 4, "v1");
    streams(edge.asked.get(3), other);
    assertThat(other.whole).isTrue();
    assertThat(other.bytes).isEqualTo(5_000_001 - 3_145_728);
    edge.cache.memory().give(taken);
    ByHand.Client again = asks("3145728-3145729");
    assertThat(edge.asked).as("it is not stored, and slices are asked for still").hasSize(5);
    again.leave();
  }

  @Test
  void rangesInAnyOrderGetTheirBytesOfASliceThatIsStreamed() {
    long taken = fillMemory();
    ByHand.Client client = asks("900000-900009, 5-9");
    answer(edge.asked.get(0), 0, "v1");
    streams(edge.asked.get(0), client);
    assertThat(edge.asked).hasSize(2);
    answer(edge.asked.get(1), 0, "v1");
    streams(edge.asked.get(1), client);
    assertThat(client.whole).isTrue();
    assertThat(client.aborted).isFalse();
    edge.cache.memory().give(taken);
  }

  @Test
  void aMemoryThatIsFullForAMomentMakesNoOneGoPastForLonger() {
    long taken = ByHand.MEMORY_BYTES - edge.cache.memory().usedBytes();
    assertThat(edge.cache.memory().tryTake(taken)).isTrue();
    ByHand.Client past = asks("0-9");
    answer(edge.asked.get(0), 0, "v1");
    assertThat(edge.asked).as("once more, as the client asked").hasSize(2);
    edge.cache.memory().give(taken);
    ByHand.Client next = asks("0-9");
    assertThat(edge.asked).hasSize(3);
    answer(edge.asked.get(2), 0, "v1");
    whole(edge.asked.get(2));
    assertThat(next.cacheStatus).contains("; stored");
    past.leave();
  }

  @Test
  void slicesLeaveSomeRoomToThoseThatAreStreamed() {
    long taken = ByHand.MEMORY_BYTES - edge.cache.memory().usedBytes() - SLICE - 100_000;
    assertThat(edge.cache.memory().tryTake(taken)).isTrue();
    ByHand.Client client = asks("0-9");
    answer(edge.asked.getFirst(), 0, "v1");
    assertThat(edge.cache.memory().usedBytes() - taken).isLessThan(16 << 10);
    edge.asked.getFirst().data(4096);
    assertThat(client.whole).isTrue();
    assertThat(client.cacheStatus).doesNotContain("stored");
    edge.cache.memory().give(taken);
  }
}

package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Coding;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How far a variant is, and where its bytes go while it is made. */
class CodedBodiesTest {
  private final MemoryBudget all = new MemoryBudget(1 << 20);
  private final MemoryTier room = new MemoryTier(new MemoryBudget(1 << 20), all);

  private CodedSink sink(long mostBytes) {
    return new CodedSink(PooledByteBufAllocator.DEFAULT, room, mostBytes);
  }

  @Test
  void oneMakesItAndAllSeeIt() {
    CodedBodies variants = new CodedBodies();
    assertThat(variants.begin(Coding.GZIP, 0)).isTrue();
    assertThat(variants.begin(Coding.GZIP, 1_000_000)).isFalse();
    assertThat(variants.begin(Coding.ZSTD, 0)).as("another one").isTrue();
    assertThat(variants.made(Coding.GZIP)).isNull();
    CodedSink sink = sink(10);
    sink.write(new byte[5], 0, 5);
    Body made = Objects.requireNonNull(sink.take());
    variants.made(Coding.GZIP, made);
    assertThat(variants.made(Coding.GZIP)).isSameAs(made);
    assertThat(variants.begin(Coding.GZIP, Long.MAX_VALUE)).isFalse();
    assertThat(variants.takenBytes()).isEqualTo(all.usedBytes()).isPositive();
    variants.release();
    assertThat(all.usedBytes()).isZero();
  }

  @Test
  void whatWasNotMadeIsTriedAgainAtItsTimeOrNever() {
    CodedBodies variants = new CodedBodies();
    assertThat(variants.begin(Coding.BROTLI, 0)).isTrue();
    variants.notMade(Coding.BROTLI, 60_000);
    assertThat(variants.begin(Coding.BROTLI, 59_999)).isFalse();
    assertThat(variants.begin(Coding.BROTLI, 60_000)).isTrue();
    variants.notMade(Coding.BROTLI, CodedBodies.NEVER);
    assertThat(variants.begin(Coding.BROTLI, Long.MAX_VALUE - 1)).isFalse();
  }

  @Test
  void whatIsLongGoesOffTheHeapPieceByPiece() {
    CodedSink sink = sink(500_000);
    byte[] bytes = StoredThings.bytes(0, 300_000);
    for (int at = 0; at < bytes.length; at += 10_000) {
      sink.write(bytes, at, 10_000);
    }
    Body made = Objects.requireNonNull(sink.take());
    assertThat(StoredThings.read(made, 0, made.length())).isEqualTo(bytes);
    assertThat(all.usedBytes()).isBetween(300_000L, 400_000L);
    made.release();
    assertThat(all.usedBytes()).isZero();
  }

  @Test
  void whatIsShortTakesNoMoreThanItNeeds() {
    CodedSink sink = sink(500_000);
    sink.write(7);
    sink.write(StoredThings.bytes(0, 99), 0, 99);
    Body made = Objects.requireNonNull(sink.take());
    assertThat(Arrays.copyOfRange(StoredThings.read(made, 0, 100), 1, 100))
        .isEqualTo(StoredThings.bytes(0, 99));
    assertThat(all.usedBytes()).isLessThan(200);
    made.release();
  }

  @Test
  void whatIsTooLongIsRefusedForGood() {
    for (int length : new int[] {100, 100_000}) {
      CodedSink sink = sink(length);
      sink.write(new byte[length], 0, length);
      assertThat(sink.isRefused()).isFalse();
      sink.write(1);
      assertThat(sink.isTooLong()).isTrue();
      sink.write(new byte[50_000], 0, 50_000);
      assertThat(sink.take()).isNull();
      assertThat(all.usedBytes()).isZero();
    }
  }

  @Test
  void whereThereIsNoRoomItIsRefusedForNow() {
    assertThat(room.tryTake((1 << 20) - 100)).isTrue();
    for (int length : new int[] {200, 100_000}) {
      CodedSink sink = sink(1 << 20);
      sink.write(new byte[length], 0, length);
      assertThat(sink.take()).isNull();
      assertThat(sink.isTooLong()).isFalse();
      assertThat(all.usedBytes()).isEqualTo((1 << 20) - 100);
    }
  }
}

package io.landfall.edge.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.cache.SipHash;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Token buckets: their rate, how a full table behaves, and several threads on one bucket. */
class TokenBucketsTest {
  private static final long SECOND = 1_000_000;
  private static final SipHash HASH = new SipHash(11, 12);

  private static long key(long number) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (number >>> (8 * i));
    }
    return HASH.hash(bytes, 0, 8);
  }

  @Test
  void aBucketHoldsItsBurstAndIsFilledAtItsRate() {
    // Uptimes of machines near which the clock of an entry begins again: 2^44 microseconds.
    for (long start : new long[] {0, 5 * SECOND, (1L << 44) - 1, (1L << 44) - SECOND, -7}) {
      TokenBuckets buckets = new TokenBuckets(SECOND / 100, 50);
      for (int i = 0; i < 50; i++) {
        assertThat(buckets.tokens(buckets.take(key(1), start))).isEqualTo(49 - i);
      }
      assertThat(buckets.take(key(1), start)).as("none is left").isEqualTo(-SECOND / 100);
      assertThat(buckets.take(key(1), start)).as("a refusal costs nothing").isEqualTo(-10_000);
      assertThat(buckets.take(key(2), start)).as("another client").isPositive();
      assertThat(buckets.take(key(1), start + 9_999)).isEqualTo(-1);
      assertThat(buckets.take(key(1), start + 10_000)).isZero();
      long later = start + SECOND;
      int taken = 0;
      while (buckets.take(key(1), later) >= 0) {
        taken++;
      }
      assertThat(taken).as("no more than it holds").isEqualTo(50);
    }
  }

  @Test
  void aLoopWhoseTimeIsBehindFindsNoFullBucket() {
    TokenBuckets buckets = new TokenBuckets(SECOND / 100, 50);
    for (int i = 0; i < 50; i++) {
      assertThat(buckets.take(key(1), 5 * SECOND)).isNotNegative();
    }
    for (long behind : new long[] {1, 50, SECOND / 100, SECOND / 2, SECOND}) {
      assertThat(buckets.take(key(1), 5 * SECOND - behind)).as(behind + " us").isNegative();
    }
  }

  @Test
  void aLongPauseIsAFullBucket() {
    TokenBuckets buckets = new TokenBuckets(SECOND, 2);
    for (long now : new long[] {1, 1L << 30, 1L << 42, (1L << 43) + 5, (1L << 44) + 9}) {
      assertThat(buckets.take(key(1), now)).as("at " + now).isEqualTo(SECOND);
      assertThat(buckets.take(key(1), now)).isZero();
      assertThat(buckets.take(key(1), now)).isNegative();
    }
  }

  @Test
  void aFloodOfKeysGetsNoMoreThanTheTableHasAndFreesNoClientThatIsOverItsLimit() {
    TokenBuckets buckets = new TokenBuckets(SECOND, 10);
    for (int i = 0; i < 10; i++) {
      buckets.take(key(-1), 0);
    }
    assertThat(buckets.take(key(-1), 0)).isNegative();
    long admitted = 0;
    for (long i = 0; i < 300_000; i++) {
      admitted += buckets.take(key(i), 0) >= 0 ? 1 : 0;
      if (i % 1_000 == 0) {
        assertThat(buckets.take(key(-1), 0)).as("after " + i).isNegative();
      }
    }
    assertThat(admitted).isLessThanOrEqualTo(10L * TokenBuckets.ENTRIES).isEqualTo(300_000);
    for (long i = 300_000; i < 1_500_000; i++) {
      admitted += buckets.take(key(i), 0) >= 0 ? 1 : 0;
    }
    assertThat(admitted).isLessThanOrEqualTo(10L * TokenBuckets.ENTRIES);
    assertThat(buckets.take(key(-1), 0)).isNegative();
  }

  @Test
  void aClientWithinItsRateIsServedBesideAFloodThatTheTableHolds() {
    TokenBuckets buckets = new TokenBuckets(SECOND / 10, 10);
    SplittableRandom random = new SplittableRandom(3);
    long refused = 0;
    for (long now = 0; now < 20 * SECOND; now += SECOND / 5) {
      // 100,000 requests a second, each with a key of its own.
      for (int i = 0; i < 20_000; i++) {
        buckets.take(key(random.nextLong()), now);
      }
      refused += buckets.take(key(-5), now) < 0 ? 1 : 0;
    }
    assertThat(refused).isZero();
  }

  @Test
  void severalLoopsTogetherGetWhatOneBucketHas() throws InterruptedException {
    TokenBuckets buckets = new TokenBuckets(SECOND, 1_000);
    AtomicLong admitted = new AtomicLong();
    CountDownLatch begin = new CountDownLatch(1);
    Thread[] loops = new Thread[4];
    for (int i = 0; i < loops.length; i++) {
      loops[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    TestBarrier.await(begin);
                    for (int k = 0; k < 2_000; k++) {
                      admitted.addAndGet(buckets.take(key(1), 0) >= 0 ? 1 : 0);
                    }
                  });
    }
    begin.countDown();
    for (Thread loop : loops) {
      loop.join();
    }
    assertThat(admitted.get()).isEqualTo(1_000);
  }

  @Test
  void aBucketThatTakesTooLongToFillIsRefused() {
    assertThatThrownBy(() -> new TokenBuckets(TokenBuckets.MAX_BURST_MICROS, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenBuckets(SECOND, 86_401))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenBuckets(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenBuckets(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSmallestAndTheLargestBucketsAreTaken() {
    assertThat(new TokenBuckets(1, 1).take(key(1), 0)).isZero();
    for (long burst : new long[] {1, TokenBuckets.MAX_BURST_MICROS}) {
      TokenBuckets buckets = new TokenBuckets(TokenBuckets.MAX_BURST_MICROS / burst, burst);
      long room = buckets.take(key(1), 0);
      assertThat(buckets.tokens(room)).isEqualTo(burst - 1);
      assertThat(buckets.fullInMicros(room)).isEqualTo(TokenBuckets.MAX_BURST_MICROS / burst);
    }
  }

  /** Waits without a checked exception. */
  private static final class TestBarrier {
    static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

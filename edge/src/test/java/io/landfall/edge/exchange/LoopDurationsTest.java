package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Each duration is in the bucket that Prometheus means, of both forms of a histogram. */
class LoopDurationsTest {
  private static final long ADDED_EACH_WAY = 200_000;

  private static LoopDurations.Sum sum(long... micros) {
    LoopDurations durations = new LoopDurations();
    for (long each : micros) {
      durations.add(each);
    }
    LoopDurations.Sum sum = new LoopDurations.Sum();
    durations.addTo(sum);
    return sum;
  }

  private static Map<Integer, Long> natives(LoopDurations.Sum sum) {
    TreeMap<Integer, Long> counts = new TreeMap<>();
    for (int i = 0; i < LoopDurations.Sum.nativeBuckets(); i++) {
      if (sum.nativeCount(i) > 0) {
        counts.put(LoopDurations.Sum.nativeNumber(i), sum.nativeCount(i));
      }
    }
    return counts;
  }

  @Test
  void aNativeBucketEndsWithAnEighthOfADoubling() {
    LongStream.iterate(1, each -> each < 1L << 39, each -> each + 1 + each / 97)
        .forEach(
            micros -> {
              int bucket = natives(sum(micros)).keySet().iterator().next();
              assertThat(micros / 1e6).isLessThanOrEqualTo(Math.pow(2, bucket / 8.0));
              assertThat(micros / 1e6).isGreaterThan(Math.pow(2, (bucket - 1) / 8.0));
            });
  }

  @Test
  void aClassicBucketHasItsBound() {
    for (int i = 0; i < LoopDurations.bounds(); i++) {
      long bound = LoopDurations.bound(i);
      assertThat(sum(bound, bound - 1, bound + 1, bound + 1).classic)
          .as("buckets around " + bound)
          .satisfies(counts -> assertThat(LongStream.of(counts).sum()).isEqualTo(4));
      assertThat(sum(bound, bound - 1).classic[i]).isEqualTo(2);
      assertThat(sum(bound + 1).classic[i + 1]).isEqualTo(1);
    }
  }

  @Test
  void aSecondEndsNativeBucketZero() {
    assertThat(natives(sum(1_000_000, 1_000_001, 500_000, 499_999)))
        .isEqualTo(Map.of(0, 1L, 1, 1L, -8, 2L));
  }

  @Test
  void noTimeAndTimeWithoutEndAreInTheFirstAndTheLast() {
    assertThat(natives(sum(0, 1, -5))).isEqualTo(Map.of(-159, 3L));
    assertThat(natives(sum(Long.MAX_VALUE, 1L << 41))).isEqualTo(Map.of(160, 2L));
    assertThat(sum(Long.MAX_VALUE).classic[LoopDurations.bounds()]).isEqualTo(1);
  }

  @Test
  void countsStayWhereCellsAreAddedBelowAndAbove() {
    LoopDurations.Sum sum = sum(10_000, 10_000, 20_000_000, 3, 10_000, 3);
    assertThat(natives(sum)).isEqualTo(Map.of(-53, 3L, 35, 1L, -146, 2L));
    assertThat(sum.micros).isEqualTo(20_030_006);
  }

  /** Prometheus refuses a histogram whose buckets are not as many as its count. */
  @Test
  void bothFormsHaveTheSameNumberAtAnyTime() throws InterruptedException {
    LoopDurations durations = new LoopDurations();
    AtomicBoolean stops = new AtomicBoolean();
    AtomicLong added = new AtomicLong();
    Thread loop =
        new Thread(
            () -> {
              // From the middle to both ends, so that cells are added below and above all the time.
              for (long i = 0; !stops.get(); i = (i + 1) % ADDED_EACH_WAY) {
                durations.add(1_000 + (i % 2 == 0 ? i * 100 : -Math.min(999, i / 100)));
                added.incrementAndGet();
              }
            });
    loop.start();
    try {
      long before = 0;
      for (int i = 0; i < 2_000 || before == 0; i++) {
        LoopDurations.Sum sum = new LoopDurations.Sum();
        durations.addTo(sum);
        assertThat(natives(sum).values().stream().mapToLong(each -> each).sum())
            .isEqualTo(LongStream.of(sum.classic).sum());
        assertThat(LongStream.of(sum.classic).sum()).isGreaterThanOrEqualTo(before);
        before = LongStream.of(sum.classic).sum();
      }
    } finally {
      stops.set(true);
      loop.join();
    }
    LoopDurations.Sum last = new LoopDurations.Sum();
    durations.addTo(last);
    assertThat(LongStream.of(last.classic).sum()).as("none is lost").isEqualTo(added.get());
  }
}

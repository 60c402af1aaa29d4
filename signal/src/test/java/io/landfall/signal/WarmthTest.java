package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Now;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** When a cache that was empty is warm, and what that makes of the service's signal. */
class WarmthTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final WarmthSpec BY_RATIO = new WarmthSpec(80, 0, 0, 600 * SECOND);

  @Test
  void itIsWarmOnceSoManyOfTheNewestLookupsHaveAnAnswer() {
    Warmth warmth = new Warmth(BY_RATIO);
    warmth.counted(new CacheFill(0, 500, 500, 0, 0), 0);
    assertThat(warmth.isCold()).isTrue();
    warmth.counted(new CacheFill(99, 500, 500, 0, 0), 0);
    assertThat(warmth.isCold()).isTrue();
    warmth.counted(new CacheFill(4000, 510, 510, 0, 0), 0);
    assertThat(warmth.isCold()).isFalse();
  }

  @Test
  void fewLookupsMakeNoRatio() {
    Warmth warmth = new Warmth(BY_RATIO);
    warmth.counted(new CacheFill(Warmth.LEAST_LOOKUPS - 1, 0, 0, 0, 0), 0);
    assertThat(warmth.isCold()).isTrue();
    warmth.counted(new CacheFill(Warmth.LEAST_LOOKUPS, 0, 0, 0, 0), 0);
    assertThat(warmth.isCold()).isFalse();
  }

  @Test
  void allThatIsSetMustBeReached() {
    Warmth warmth = new Warmth(new WarmthSpec(50, 10, 1000, SECOND));
    warmth.counted(new CacheFill(200, 0, 9, 1000, 0), 0);
    assertThat(warmth.isCold()).isTrue();
    warmth.counted(new CacheFill(200, 0, 10, 1000, 0), 0);
    assertThat(warmth.isCold()).isFalse();
    Warmth byBytes = new Warmth(new WarmthSpec(0, 0, 1000, SECOND));
    byBytes.counted(new CacheFill(0, 9, 9, 999, 0), 0);
    assertThat(byBytes.isCold()).isTrue();
    assertThat(byBytes.why()).contains("9 responses stored").contains("999 of 1000 bytes");
    byBytes.counted(new CacheFill(0, 9, 9, 1000, 0), 0);
    assertThat(byBytes.isCold()).isFalse();
  }

  @Test
  void itStaysWarmWhateverItsRatioIsUntilItIsEmptied() {
    Warmth warmth = new Warmth(BY_RATIO);
    warmth.counted(new CacheFill(1000, 0, 5, 0, 0), 0);
    warmth.counted(new CacheFill(1000, 9000, 5, 0, 0), 0);
    assertThat(warmth.isCold()).isFalse();
    warmth.counted(new CacheFill(2000, 9000, 5, 0, 1), 7);
    assertThat(warmth.isCold()).isTrue();
    assertThat(warmth.endNanos()).hasValue(7 + 600 * SECOND);
    warmth.counted(new CacheFill(2050, 9000, 5, 0, 1), 8);
    assertThat(warmth.isCold()).isTrue();
    warmth.counted(new CacheFill(2200, 9000, 5, 0, 1), 9);
    assertThat(warmth.isCold()).isFalse();
  }

  @Test
  void theLimitRunsFromTheFirstUseAndEndsIt() {
    Warmth warmth = new Warmth(BY_RATIO);
    assertThat(warmth.endNanos()).isEmpty();
    warmth.passed(Long.MAX_VALUE / 2);
    assertThat(warmth.isCold()).isTrue();
    warmth.used(SECOND);
    warmth.used(2 * SECOND);
    assertThat(warmth.endNanos()).isEqualTo(OptionalLong.of(601 * SECOND));
    warmth.passed(601 * SECOND - 1);
    assertThat(warmth.isCold()).isTrue();
    warmth.passed(601 * SECOND);
    assertThat(warmth.isCold()).isFalse();
  }

  @Test
  void whatIsNeverColdIsNotEvenWhenItIsEmptied() {
    Warmth warmth = new Warmth(new WarmthSpec(80, 1, 1, 0));
    warmth.counted(new CacheFill(0, 100, 0, 0, 3), 0);
    assertThat(warmth.isCold()).isFalse();
    assertThat(warmth.endNanos()).isEmpty();
  }

  @Test
  void betweenTwoTimesThatItIsEmptiedItsSignalChangesOnce() {
    Random random = new Random(7);
    for (int run = 0; run < 500; run++) {
      Warmth warmth = new Warmth(BY_RATIO);
      CacheFill fill = CacheFill.EMPTY;
      boolean cold = true;
      for (int step = 0; step < 200; step++) {
        boolean emptied = random.nextInt(60) == 0;
        fill =
            new CacheFill(
                fill.hits() + random.nextInt(300),
                fill.misses() + random.nextInt(300),
                fill.objects() + random.nextInt(9),
                fill.bytes(),
                fill.emptied() + (emptied ? 1 : 0));
        warmth.counted(fill, step);
        assertThat(warmth.isCold() && !cold && !emptied).isFalse();
        assertThat(emptied && !warmth.isCold()).isFalse();
        cold = warmth.isCold();
      }
    }
  }

  @Test
  void theServiceIsColdUntilItsCacheIsWarmOrTheTimeIsUp() {
    LocalSignals signals = signals(BY_RATIO);
    up(signals, 0);
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.COLD);
    assertThat(signals.signalAndWhy(SHOP))
        .startsWith("COLD: its cache is cold: 0 responses stored");
    signals.step(
        new SignalEvent.CacheCounted(SHOP, new CacheFill(900, 10, 10, 0, 0)), new Now(SECOND, 0));
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
    signals.step(
        new SignalEvent.CacheCounted(SHOP, new CacheFill(900, 10, 10, 0, 1)),
        new Now(2 * SECOND, 0));
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.COLD);
    signals.step(new SignalEvent.Drain(java.util.Optional.of(SHOP)), new Now(3 * SECOND, 0));
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.DRAINING);
    signals.step(new SignalEvent.Undrain(java.util.Optional.of(SHOP)), new Now(3 * SECOND, 0));
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.COLD);
  }

  @Test
  void theTimeLimitIsADeadlineOfTheMachine() {
    LocalSignals signals = signals(new WarmthSpec(80, 0, 0, SECOND / 100));
    up(signals, 0);
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.COLD);
    long deadline = signals.deadlineNanos().orElseThrow();
    assertThat(deadline).isEqualTo(SECOND / 100);
    signals.step(new SignalEvent.Tick(), new Now(deadline, 0));
    assertThat(signals.signal(SHOP)).isEqualTo(Signal.UP);
  }

  private static LocalSignals signals(WarmthSpec warmth) {
    ProbeSpec probe = new ProbeSpec(new ProbeSpec.Check.Tcp(), 50, 50, 1, 1);
    return new LocalSignals(
        List.of(
            new ServiceSpec(
                SHOP,
                List.of(new BackendAddress("10.0.0.7", 8080)),
                probe,
                List.of(),
                warmth,
                new TreeSet<>())),
        0);
  }

  private static void up(LocalSignals signals, long nowNanos) {
    for (SignalEffect effect : signals.step(new SignalEvent.Tick(), new Now(nowNanos, 0))) {
      if (effect instanceof SignalEffect.RunProbe probe) {
        signals.step(
            new SignalEvent.ProbeDone(SHOP, probe.ticket(), true, "ok", nowNanos),
            new Now(nowNanos, 0));
      }
    }
  }

  @Test
  void theRatioThatIsAskedForIsEnough() {
    Warmth warmth = new Warmth(BY_RATIO);
    warmth.counted(new CacheFill(79, 21, 0, 0, 0), 0);
    assertThat(warmth.isCold()).isTrue();
    Warmth exact = new Warmth(BY_RATIO);
    exact.counted(new CacheFill(80, 20, 0, 0, 0), 0);
    assertThat(exact.isCold()).isFalse();
  }

  @Test
  void whereNothingIsSetToBeReachedOnlyTheTimeEndsIt() {
    Warmth warmth = new Warmth(new WarmthSpec(0, 0, 0, SECOND));
    warmth.used(0);
    warmth.counted(new CacheFill(500, 0, 500, 500, 0), 0);
    assertThat(warmth.isCold()).isTrue();
    warmth.passed(SECOND);
    assertThat(warmth.isCold()).isFalse();
  }

  @Test
  void storedResponsesAloneMayBeAskedFor() {
    Warmth warmth = new Warmth(new WarmthSpec(0, 10, 0, SECOND));
    warmth.counted(new CacheFill(0, 9, 9, 0, 0), 0);
    assertThat(warmth.isCold()).isTrue();
    warmth.counted(new CacheFill(0, 10, 10, 0, 0), 0);
    assertThat(warmth.isCold()).isFalse();
  }

  @Test
  void otherDaysMatterOnlyWhereTheConfigAsksForThem() {
    Warmth warmth = new Warmth(BY_RATIO);
    warmth.counted(new CacheFill(30, 70, 0, 0, 0, OptionalInt.of(20)), 0);
    assertThat(warmth.isCold()).isTrue();
    assertThat(warmth.why()).endsWith("30 of 80 % hits");
  }

  @Test
  void whatWasStoredBeforeItWasEmptiedDoesNotCount() {
    for (WarmthSpec spec :
        List.of(new WarmthSpec(0, 10, 0, SECOND), new WarmthSpec(0, 0, 10, SECOND))) {
      Warmth warmth = new Warmth(spec);
      warmth.counted(new CacheFill(0, 0, 1000, 1000, 1), 0);
      warmth.counted(new CacheFill(0, 0, 1009, 1009, 1), 0);
      assertThat(warmth.isCold()).isTrue();
      warmth.counted(new CacheFill(0, 0, 1010, 1010, 1), 0);
      assertThat(warmth.isCold()).isFalse();
    }
  }

  @Test
  void howFarItIsIsToldSinceItWasEmptied() {
    Warmth warmth = new Warmth(new WarmthSpec(80, 10, 1000, SECOND));
    warmth.counted(new CacheFill(30, 20, 7, 500, 0), 0);
    assertThat(warmth.why())
        .isEqualTo(
            "its cache is cold: 7 of 10 responses stored, 60 of 80 % hits, 500 of 1000 bytes");
    warmth.counted(new CacheFill(31, 20, 8, 600, 1), 0);
    assertThat(warmth.why())
        .isEqualTo(
            "its cache is cold: 0 of 10 responses stored, no lookup yet, warm at 80 % hits,"
                + " 0 of 1000 bytes");
    warmth.counted(new CacheFill(31, 21, 10, 900, 1), 0);
    assertThat(warmth.why())
        .isEqualTo(
            "its cache is cold: 2 of 10 responses stored, 0 of 80 % hits, 300 of 1000 bytes");
    assertThat(new Warmth(new WarmthSpec(0, 0, 0, SECOND)).why())
        .isEqualTo("its cache is cold: 0 responses stored");
  }
}

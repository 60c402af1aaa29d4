package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The hit ratio of the last days, and what is warm beside it. */
class HitDaysTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void theRatioIsThatOfTheLastDaysAndUnknownWithFewLookups() {
    HitDays days = new HitDays();
    days.add(1, 999, 0);
    assertThat(days.percent()).isEmpty();
    days.add(1, 0, 1);
    assertThat(days.percent()).hasValue(99);
    for (int day = 2; day < 2 + HitDays.MOST_DAYS; day++) {
      days.add(day, 300, 700);
    }
    assertThat(days.percent()).hasValue(30);
    // Of a day that is gone nothing counts any more.
    days.add("1 1000000 0");
    assertThat(days.percent()).hasValue(30);
  }

  @Test
  void daysOfAClockThatWasWrongGiveWayToToday() {
    HitDays days = new HitDays();
    for (int day = 50_000; day < 50_000 + HitDays.MOST_DAYS; day++) {
      days.add(day, 1, 0);
    }
    for (int day = 1; day <= HitDays.MOST_DAYS; day++) {
      days.add(day, 0, 1_000);
    }
    assertThat(days.percent()).hasValue(0);
    assertThat(days.lines()).first().isEqualTo("1 0 1000");
    assertThat(days.lines()).hasSize(HitDays.MOST_DAYS);
  }

  @Test
  void daysComeBackFromTheirLines() {
    HitDays days = new HitDays();
    days.add(20_786, 4_000, 1_000);
    days.add(20_787, 10, 20);
    HitDays read = new HitDays();
    days.lines().forEach(read::add);
    assertThat(read.lines()).isEqualTo(List.of("20786 4000 1000", "20787 10 20"));
    assertThat(read.percent()).isEqualTo(days.percent());
    for (String wrong : List.of("", "1 2", "1 2 3 4", "a 2 3", "1 -2 3", "1 2 " + Long.MAX_VALUE)) {
      assertThatThrownBy(() -> read.add(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static CacheFill fill(long hits, long misses, int usual) {
    return new CacheFill(hits, misses, misses, misses, 0, OptionalInt.of(usual));
  }

  @Test
  void aServiceThatNeverReachesMuchIsWarmByWhatItUsuallyReaches() {
    WarmthSpec spec = new WarmthSpec(80, 90, 0, 0, 600 * SECOND);
    Warmth warmth = new Warmth(spec);
    warmth.counted(fill(44, 56, 50), 0);
    assertThat(warmth.isCold()).isTrue();
    assertThat(warmth.why()).contains("of 45 % hits");
    warmth.counted(fill(44 + 50, 56 + 50, 50), 0);
    assertThat(warmth.isCold()).isFalse();
    // Where that is not known, it is what the config has.
    Warmth unknown = new Warmth(spec);
    unknown.counted(new CacheFill(50, 50, 50, 50, 0), 0);
    assertThat(unknown.isCold()).isTrue();
    assertThat(unknown.why()).contains("of 80 % hits");
    unknown.counted(new CacheFill(50 + 60, 50, 50, 50, 0), 0);
    assertThat(unknown.isCold()).isTrue();
    unknown.counted(new CacheFill(50 + 60 + 100, 50, 50, 50, 0), 0);
    assertThat(unknown.isCold()).isFalse();
  }

  @Test
  void oneThatUsuallyHasAlmostAllIsColdForLongerThanTheConfigAsksFor() {
    Warmth warmth = new Warmth(new WarmthSpec(80, 90, 0, 0, 600 * SECOND));
    warmth.counted(fill(85, 15, 99), 0);
    assertThat(warmth.isCold()).isTrue();
    warmth.counted(fill(85 + 100, 15, 99), 0);
    assertThat(warmth.isCold()).isFalse();
  }

  @Test
  void aLaterDayStaysWhileThereIsRoomForIt() {
    HitDays days = new HitDays();
    days.add(50_000, 1, 1);
    for (int day = 1; day < HitDays.MOST_DAYS; day++) {
      days.add(day, 1, 1);
    }
    days.add(1, 1, 1);
    assertThat(days.lines()).hasSize(HitDays.MOST_DAYS).last().isEqualTo("50000 1 1");
  }

  @Test
  void aLineHasItsLeastAndItsMostLookups() {
    HitDays days = new HitDays();
    long most = 1L << 50;
    for (String good : List.of("1 0 0", "2 0 " + most, "3 " + most + " 0")) {
      days.add(good);
    }
    assertThat(days.lines()).hasSize(3);
    for (String bad : List.of("4 -1 0", "4 0 -1", "4 0 " + (most + 1), "4 " + (most + 1) + " 0")) {
      assertThatThrownBy(() -> days.add(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}

package io.landfall.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.node.log.LogBudget.LeftOut;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** So many lines of a kind, and a count of the rest. */
class LogBudgetTest {
  private static long written(LogBudget budget, String kind, int lines, long nowMillis) {
    return IntStream.range(0, lines).filter(i -> budget.take("overlay", kind, nowMillis)).count();
  }

  @Test
  void aBurstIsWrittenAndTheRestCounted() {
    LogBudget budget = new LogBudget();
    assertThat(written(budget, "refused", 3_345, 0)).isEqualTo(LogBudget.BURST);
    assertThat(budget.summary(0))
        .containsExactly(new LeftOut("overlay", "refused", 3_345 - LogBudget.BURST));
    assertThat(budget.summary(LogBudget.SUMMARY_MILLIS)).isEmpty();
  }

  @Test
  void aFloodOfOneKindHidesNoOther() {
    LogBudget budget = new LogBudget();
    written(budget, "refused", 10_000, 0);
    assertThat(budget.take("overlay", "adjacency down", 0)).isTrue();
  }

  @Test
  void afterABurstItIsTwoLinesASecond() {
    LogBudget budget = new LogBudget();
    written(budget, "refused", 10_000, 0);
    long later = 0;
    for (long now = 1; now <= 60_000; now++) {
      later += budget.take("overlay", "refused", now) ? 1 : 0;
    }
    assertThat(later).isEqualTo(60L * LogBudget.LINES_PER_SECOND);
  }

  @Test
  void afterSomeQuietABurstIsWrittenAgainAndNoMore() {
    LogBudget budget = new LogBudget();
    written(budget, "refused", 10_000, 0);
    assertThat(written(budget, "refused", 10_000, 3_600_000)).isEqualTo(LogBudget.BURST);
  }

  @Test
  void countsAreToldOncePerSpanAndAllOfThem() {
    LogBudget budget = new LogBudget();
    Random random = new Random(4);
    long now = 0;
    long denied = 0;
    long told = 0;
    int summaries = 0;
    for (int i = 0; i < 100_000; i++) {
      now += random.nextInt(3);
      denied += budget.take("overlay", "kind " + random.nextInt(4), now) ? 0 : 1;
      var summary = budget.summary(now);
      summaries += summary.isEmpty() ? 0 : 1;
      told += summary.stream().mapToLong(LeftOut::count).sum();
    }
    told += budget.summary(now + LogBudget.SUMMARY_MILLIS).stream().mapToLong(LeftOut::count).sum();
    assertThat(told).isEqualTo(denied);
    assertThat(summaries).isBetween(1, (int) (now / LogBudget.SUMMARY_MILLIS) + 1);
  }

  @Test
  void textsWithoutEndShareABudgetAndTakeNothingFromOtherSources() {
    LogBudget budget = new LogBudget();
    long written =
        IntStream.range(0, 100_000).filter(i -> budget.take("netty", "text " + i, 0)).count();
    assertThat(written).isEqualTo(LogBudget.MAX_TEXTS + LogBudget.BURST);
    assertThat(written(budget, "adjacency down", 1_000, 0)).isEqualTo(LogBudget.BURST);
  }
}

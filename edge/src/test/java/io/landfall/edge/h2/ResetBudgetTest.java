package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The resets that a connection may send stay below what its other end bears. */
class ResetBudgetTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void inNoWindowAreThereAsManyResetsAsEndTheConnectionHoweverTheyCome() {
    SplittableRandom random = new SplittableRandom(1709);
    for (int run = 0; run < 50; run++) {
      ResetBudget budget = new ResetBudget();
      long window = H2Profile.NODE.resetWindowSeconds() * SECOND;
      long now = random.nextLong() >> 1;
      Deque<Long> sent = new ArrayDeque<>();
      int most = 0;
      long meanNanos = 1 + random.nextLong(run % 2 == 0 ? 200_000L : 5_000_000L);
      for (int i = 0; i < 20_000; i++) {
        now += random.nextInt(1000) == 0 ? random.nextLong(8 * SECOND) : random.nextLong(meanNanos);
        if (budget.take(now)) {
          sent.add(now);
        }
        while (!sent.isEmpty() && now - sent.getFirst() >= window) {
          sent.removeFirst();
        }
        most = Math.max(most, sent.size());
      }
      assertThat(most)
          .isLessThanOrEqualTo(
              ResetBudget.BURST + H2Profile.NODE.resetWindowSeconds() * ResetBudget.PER_SECOND)
          .isLessThan(H2Profile.NODE.maxResets());
    }
  }

  @Test
  void aBurstIsSentAtOnceAndTheStoreFillsAgain() {
    ResetBudget budget = new ResetBudget();
    for (int i = 0; i < ResetBudget.BURST; i++) {
      assertThat(budget.take(0)).isTrue();
    }
    assertThat(budget.take(0)).isFalse();
    assertThat(budget.take(SECOND / ResetBudget.PER_SECOND)).isTrue();
    assertThat(budget.take(SECOND / ResetBudget.PER_SECOND)).isFalse();
    long full = SECOND * ResetBudget.BURST / ResetBudget.PER_SECOND;
    for (int i = 0; i < ResetBudget.BURST; i++) {
      assertThat(budget.take(2 * full)).isTrue();
    }
    assertThat(budget.take(2 * full)).isFalse();
  }
}

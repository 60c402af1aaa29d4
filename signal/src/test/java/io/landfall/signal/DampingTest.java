package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DampingTest {
  private static final long SECOND = 1_000_000_000L;
  private final Damping damping = new Damping(0);

  @Test
  void thePenaltyHalvesAndHasACeiling() {
    damping.withdrew(0);
    assertThat(damping.penalty(10 * SECOND)).isCloseTo(500, within(0.001));
    for (int i = 0; i < 100; i++) {
      damping.withdrew(10 * SECOND);
    }
    assertThat(damping.penalty(10 * SECOND)).isEqualTo(Damping.MAX_PENALTY);
  }

  @Test
  void theDecayOfThePenaltyDoesNotShortenTheHold() {
    damping.publishedGoodNews(0);
    damping.withdrew(1);
    assertThat(damping.heldUntilNanos(1)).isEmpty();
    damping.publishedGoodNews(2);
    damping.withdrew(3);
    assertThat(damping.heldUntilNanos(3)).hasValue(2 + Damping.HOLD_NANOS);
    assertThat(damping.penalty(49 * SECOND / 10)).isLessThan(Damping.HOLD_AT);
    assertThat(damping.heldUntilNanos(49 * SECOND / 10)).isPresent();
    assertThat(damping.heldUntilNanos(2 + Damping.HOLD_NANOS)).isEmpty();
  }

  @Test
  void oneWithdrawalEveryTwentySecondsIsNoFlap() {
    for (long now = 0; now < 600 * SECOND; now += 20 * SECOND) {
      damping.publishedGoodNews(now);
      damping.withdrew(now + SECOND);
      assertThat(damping.heldUntilNanos(now + SECOND)).isEmpty();
    }
  }

  @Test
  void aWithdrawalThatBringsThePenaltyToTheBoundIsAFlap() {
    damping.withdrew(0);
    damping.publishedGoodNews(9 * SECOND);
    damping.withdrew(10 * SECOND);
    assertThat(damping.penalty(10 * SECOND)).isEqualTo(Damping.HOLD_AT);
    assertThat(damping.heldUntilNanos(10 * SECOND)).isPresent();
  }
}

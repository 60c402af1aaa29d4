package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Backoff.Limits LIMITS = new Backoff.Limits(2, 10, 75);

  /** The longest wait that can be drawn, so that the ceilings are seen. */
  private final Backoff backoff = new Backoff(LIMITS, bound -> bound - 1);

  @Test
  void theCeilingDoublesWithEachFailureUpToTheHighest() {
    for (long ceiling : new long[] {10, 20, 40, 75, 75}) {
      assertThat(backoff.afterFailureNanos()).isEqualTo(ceiling - 1);
    }
    assertThat(backoff.failures()).isEqualTo(5);
  }

  @Test
  void theHighestCeilingHoldsAfterManyFailures() {
    backoff.atLeast(Integer.MAX_VALUE);
    assertThat(backoff.afterFailureNanos()).isEqualTo(74);
    assertThat(backoff.failures()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aDrawOfZeroStillWaits() {
    assertThat(new Backoff(LIMITS, bound -> 0).afterFailureNanos()).isEqualTo(2);
  }

  @Test
  void whatWentWellStartsAfresh() {
    backoff.afterFailureNanos();
    backoff.afterFailureNanos();
    backoff.reset();
    assertThat(backoff.afterFailureNanos()).isEqualTo(9);
  }

  @Test
  void anotherHighestCeilingMayBeHigherOrLower() {
    backoff.atLeast(5);
    assertThat(backoff.afterFailureNanos(12)).isEqualTo(11);
    backoff.atMost(1);
    assertThat(backoff.afterFailureNanos(1_000)).isEqualTo(19);
  }

  @Test
  void limitsOutOfOrderAreRefused() {
    assertThatThrownBy(() -> new Backoff.Limits(0, 1, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Backoff.Limits(1, 3, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void limitsMayBeEqual() {
    Backoff same = new Backoff(new Backoff.Limits(5, 5, 5), bound -> bound - 1);
    assertThat(same.afterFailureNanos()).isEqualTo(5);
    assertThatThrownBy(() -> new Backoff.Limits(2, 1, 2)).hasMessageContaining("not 2, 1, 2");
  }

  @Test
  void aCeilingThatDoublesToTheHighestIsTheHighest() {
    backoff.atLeast(2);
    assertThat(backoff.afterFailureNanos(40)).isEqualTo(39);
  }
}

package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTest {
  @Test
  void lastsUntilItsTimeIsUpAndNotANanosecondLonger() {
    Lease lease = new Lease(1, 1, 1_000, 500);
    assertThat(lease.isExpired(1_000)).isFalse();
    assertThat(lease.isExpired(1_499)).isFalse();
    assertThat(lease.isExpired(1_500)).isTrue();
    assertThat(lease.expiresAtNanos()).isEqualTo(1_500);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void lastsLongerThanZero(long ttlNanos) {
    assertThatThrownBy(() -> new Lease(1, 1, 0, ttlNanos))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("longer than zero");
  }

  @Test
  void aLaterGrantOfTheSameLifeIsNewer() {
    assertThat(new Lease(3, 8, 0, 1).isNewerThan(new Lease(3, 7, 0, 1))).isTrue();
    assertThat(new Lease(3, 7, 0, 1).isNewerThan(new Lease(3, 7, 0, 1))).isFalse();
  }

  @Test
  void aReplacedHolderCannotReviveItselfWhateverItsSequence() {
    Lease old = new Lease(3, 1_000_000, 0, 1);
    Lease replacement = new Lease(4, 1, 0, 1);
    assertThat(replacement.isNewerThan(old)).isTrue();
    assertThat(old.isNewerThan(replacement)).isFalse();
  }
}

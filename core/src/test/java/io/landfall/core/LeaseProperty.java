package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseProperty {
  /** The JDK's monotonic clock has an arbitrary origin, so it may pass Long.MAX_VALUE in use. */
  @Test
  void expiresAfterItsTtlEvenWhenTheClockWrapsAround() {
    Seeded.always(
        seeded -> {
          long ttl = 1 + (seeded.bits() >>> 16);
          long granted = seeded.flip() ? seeded.bits() : Long.MAX_VALUE - seeded.below(1_000);
          Lease lease = new Lease(1, 1, granted, ttl);
          assertThat(lease.isExpired(granted)).isFalse();
          assertThat(lease.isExpired(granted + ttl - 1)).isFalse();
          assertThat(lease.isExpired(granted + ttl)).isTrue();
          assertThat(lease.isExpired(granted + ttl + (seeded.bits() >>> 16))).isTrue();
        });
  }

  @Test
  void ofTwoGrantsAtMostOneIsNewerAndNeitherOnlyWhenTheFenceIsEqual() {
    Seeded.always(
        seeded -> {
          Lease one = new Lease(seeded.below(3), seeded.below(3), seeded.bits(), 1);
          Lease other = new Lease(seeded.below(3), seeded.below(3), seeded.bits(), 1);
          boolean same =
              one.incarnation() == other.incarnation() && one.sequence() == other.sequence();
          assertThat(one.isNewerThan(other) && other.isNewerThan(one)).isFalse();
          assertThat(!one.isNewerThan(other) && !other.isNewerThan(one)).isEqualTo(same);
        });
  }
}

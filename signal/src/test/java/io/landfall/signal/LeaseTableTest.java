package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.signal.LeaseTable.Grant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseTableTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ServiceName SHOP = new ServiceName("shop");

  private final LeaseTable leases = new LeaseTable(List.of(SHOP));

  private Grant grant(long incarnation, long sequence, long nowNanos) {
    return leases.grant(SHOP, incarnation, sequence, 5 * SECOND, nowNanos);
  }

  @Test
  void aServiceThatTookNoLeaseDependsOnNone() {
    assertThat(leases.isTaken(SHOP)).isFalse();
    assertThat(leases.isValid(SHOP, 1000 * SECOND)).isTrue();
    assertThat(leases.held(SHOP)).isEmpty();
  }

  @Test
  void silenceWithdrawsAtTheEndOfTheGrantAndNotBefore() {
    grant(1, 1, 0);
    assertThat(leases.endNanos(SHOP, 0)).hasValue(5 * SECOND);
    assertThat(leases.isValid(SHOP, 5 * SECOND - 1)).isTrue();
    assertThat(leases.isValid(SHOP, 5 * SECOND)).isFalse();
    assertThat(leases.endNanos(SHOP, 5 * SECOND)).isEmpty();
    assertThat(leases.held(SHOP)).isPresent();
  }

  @Test
  void theHolderStopsBeforeTheReader() {
    assertThat(grant(1, 1, 0))
        .isInstanceOfSatisfying(
            Grant.Granted.class,
            granted -> {
              assertThat(granted.stopAfterNanos()).isLessThan(granted.lease().ttlNanos());
              assertThat(granted.renewAfterNanos()).isLessThan(granted.stopAfterNanos());
            });
  }

  @Test
  void aRenewalExtendsFromWhenTheReaderSawIt() {
    grant(1, 1, 0);
    grant(1, 2, 3 * SECOND);
    assertThat(leases.isValid(SHOP, 8 * SECOND - 1)).isTrue();
    assertThat(leases.isValid(SHOP, 8 * SECOND)).isFalse();
  }

  @Test
  void aRenewalThatIsNotNewerIsIgnored() {
    grant(2, 5, 0);
    assertThat(grant(2, 5, SECOND)).isInstanceOf(Grant.Stale.class);
    assertThat(grant(2, 4, SECOND)).isInstanceOf(Grant.Stale.class);
    assertThat(grant(1, 99, SECOND)).isInstanceOf(Grant.Stale.class);
    assertThat(leases.held(SHOP))
        .hasValueSatisfying(held -> assertThat(held.expiresAtNanos()).isEqualTo(5 * SECOND));
    assertThat(grant(3, 0, SECOND)).isInstanceOf(Grant.Granted.class);
  }

  @Test
  void theFenceOutlivesTheLeaseAndItsRelease() {
    grant(2, 1, 0);
    assertThat(grant(1, 9, 60 * SECOND)).isInstanceOf(Grant.Stale.class);
    leases.release(SHOP);
    assertThat(leases.isValid(SHOP, 60 * SECOND)).isTrue();
    assertThat(grant(1, 9, 60 * SECOND)).isInstanceOf(Grant.Stale.class);
    assertThat(leases.isTaken(SHOP)).isFalse();
  }

  @Test
  void aLeaseForAnUnknownServiceOrOfAWrongLengthIsRefused() {
    assertThat(leases.grant(new ServiceName("other"), 1, 1, SECOND, 0))
        .isInstanceOf(Grant.Refused.class);
    assertThat(leases.grant(SHOP, 1, 1, LeaseTable.MIN_TTL_NANOS - 1, 0))
        .isInstanceOf(Grant.Refused.class);
    assertThat(leases.grant(SHOP, 1, 1, LeaseTable.MAX_TTL_NANOS + 1, 0))
        .isInstanceOf(Grant.Refused.class);
    assertThat(leases.newest(SHOP)).isEmpty();
  }

  @Test
  void aLeaseIsRenewedAfterAThirdOfItsTimeAndNotReliedOnInTheLastTenth() {
    Grant.Granted granted = (Grant.Granted) leases.grant(SHOP, 1, 1, 30 * SECOND, 0);
    assertThat(granted.renewAfterNanos()).isEqualTo(10 * SECOND);
    assertThat(granted.stopAfterNanos()).isEqualTo(27 * SECOND);
    assertThat(leases.isTaken(SHOP)).isTrue();
    leases.release(SHOP);
    assertThat(leases.isTaken(SHOP)).isFalse();
  }

  @Test
  void aLeaseHasItsShortestAndItsLongestTime() {
    long sequence = 1;
    for (long good : new long[] {LeaseTable.MIN_TTL_NANOS, LeaseTable.MAX_TTL_NANOS}) {
      assertThat(leases.grant(SHOP, 1, sequence++, good, 0)).isInstanceOf(Grant.Granted.class);
    }
    for (long bad : new long[] {LeaseTable.MIN_TTL_NANOS - 1, LeaseTable.MAX_TTL_NANOS + 1}) {
      assertThat(leases.grant(SHOP, 1, sequence++, bad, 0)).isInstanceOf(Grant.Refused.class);
    }
  }

  @Test
  void aLengthThatIsRefusedIsNamedWithItsBounds() {
    assertThat(leases.grant(SHOP, 1, 1, 50_000_000L, 0))
        .isEqualTo(new Grant.Refused("a lease lasts 100 ms to 86400000 ms, not 50"));
  }
}

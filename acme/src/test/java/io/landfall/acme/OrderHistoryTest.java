package io.landfall.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How often one certificate is ordered: a wait after failures, and a bound for each day. */
class OrderHistoryTest {
  private static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");

  @Test
  void theWaitDoublesWithEachFailureUpToHalfADay() {
    OrderHistory history = OrderHistory.NONE;
    assertThat(history.earliest(NOW)).isBefore(NOW);
    AcmeFailure failure = new AcmeFailure("no");
    for (long minutes : List.of(1L, 2L, 4L, 8L)) {
      history = history.failed(failure, NOW, 0);
      assertThat(history.earliest(NOW)).isEqualTo(NOW.plus(Duration.ofMinutes(minutes)));
    }
    for (int i = 0; i < 100; i++) {
      history = history.failed(failure, NOW, 0);
    }
    assertThat(history.earliest(NOW)).isEqualTo(NOW.plus(OrderHistory.LONGEST_WAIT));
    assertThat(history.failures()).isEqualTo(104);
    assertThat(OrderHistory.NONE.failed(failure, NOW, 1).earliest(NOW))
        .as("by chance half of it longer")
        .isEqualTo(NOW.plusSeconds(90));
    assertThat(history.issued().earliest(NOW)).isBefore(NOW);
  }

  @Test
  void theCaMayAskForALongerWaitButForNoShorterOne() {
    for (long seconds : List.of(0L, 3_600L)) {
      AcmeFailure limited =
          new AcmeFailure("later", "rateLimited", Optional.of(Duration.ofSeconds(seconds)));
      assertThat(OrderHistory.NONE.failed(limited, NOW, 0).earliest(NOW))
          .isEqualTo(NOW.plusSeconds(Math.max(60, seconds)));
    }
  }

  @Test
  void noMoreThanSoManyAreOrderedADayAlsoAfterARestart() {
    OrderHistory history = OrderHistory.NONE;
    for (int i = 0; i < OrderHistory.MAX_ORDERS_A_DAY; i++) {
      assertThat(history.earliest(NOW)).isBefore(NOW);
      history = history.begun(NOW.plusSeconds(i)).issued();
    }
    OrderHistory read = OrderHistory.parse(history.text());
    Instant later = NOW.plusSeconds(60);
    assertThat(read.earliest(later)).isEqualTo(NOW.plus(OrderHistory.DAY));
    Instant nextDay = NOW.plus(OrderHistory.DAY).plusSeconds(60);
    assertThat(read.earliest(nextDay)).isBefore(nextDay);
    assertThat(read.begun(nextDay).orders()).as("old ones are left out").hasSize(1);
  }

  @Test
  void aFileIsReadAsItWasWrittenAndADamagedLineIsAsNone() {
    OrderHistory history =
        OrderHistory.NONE.begun(NOW).failed(new AcmeFailure("bad\nthing"), NOW, 0);
    OrderHistory read = OrderHistory.parse(history.text());
    assertThat(read.orders()).containsExactly(NOW);
    assertThat(read.failures()).isEqualTo(1);
    assertThat(read.notBefore()).isEqualTo(history.notBefore());
    assertThat(read.why()).isEqualTo("bad thing");
    assertThat(
            OrderHistory.parse("order x\nfailures -3\nnot-before 99999999999999999999\n\u0000\n"))
        .isEqualTo(OrderHistory.NONE);
  }

  @Test
  void whatAWrongClockHasWrittenDoesNotCountForEver() {
    Instant wrong = NOW.plus(Duration.ofDays(3_650));
    OrderHistory history = OrderHistory.NONE;
    for (int i = 0; i < OrderHistory.MAX_ORDERS_A_DAY; i++) {
      history = history.begun(wrong).failed(new AcmeFailure("no"), wrong, 0);
    }
    assertThat(history.earliest(NOW)).isBefore(NOW);
  }

  @Test
  void aClockThatIsSetByAnHourMovesTheNextTryByThatHourAtMost() {
    OrderHistory failed = OrderHistory.NONE.begun(NOW).failed(new AcmeFailure("no"), NOW, 0);
    Instant next = NOW.plus(OrderHistory.FIRST_WAIT);
    assertThat(failed.earliest(NOW)).isEqualTo(next);
    assertThat(failed.earliest(NOW.minus(Duration.ofHours(1)))).as("back").isEqualTo(next);
    Instant forward = NOW.plus(Duration.ofHours(1));
    assertThat(failed.earliest(forward)).as("forward").isBeforeOrEqualTo(forward);
  }
}

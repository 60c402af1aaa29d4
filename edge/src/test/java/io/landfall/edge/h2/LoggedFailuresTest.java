package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which of many failures are logged. */
class LoggedFailuresTest {
  private final LoggedFailures failures = new LoggedFailures();

  @Test
  void oneASecondIsLoggedWithTheNumberOfThoseBeforeItThatWereNot() {
    long second = LoggedFailures.LOG_NANOS;
    assertThat(failures.take(second)).hasValue(0);
    assertThat(failures.take(second)).isEmpty();
    assertThat(failures.take(second + 1)).isEmpty();
    assertThat(failures.take(2 * second - 1)).isEmpty();
    assertThat(failures.take(2 * second)).hasValue(3);
    assertThat(failures.take(3 * second)).hasValue(0);
  }

  @Test
  void aQuietTimeSavesUpNoLines() {
    assertThat(failures.take(0)).hasValue(0);
    assertThat(failures.take(100 * LoggedFailures.LOG_NANOS)).hasValue(0);
    assertThat(failures.take(100 * LoggedFailures.LOG_NANOS)).isEmpty();
  }
}

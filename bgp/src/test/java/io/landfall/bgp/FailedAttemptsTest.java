package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionEffect.DownReason;
import org.junit.jupiter.api.Test;

/** The last attempt does not hide why all of them fail. */
class FailedAttemptsTest {
  private static final DownReason BAD_AS = new DownReason(DownReason.By.US, 2, 2, "Bad Peer AS");
  private static final DownReason IDLE =
      new DownReason(DownReason.By.PEER, 6, 5, "the session is idle");

  private final FailedAttempts failures = new FailedAttempts();

  @Test
  void aNotificationIsKeptBeforeWhatFollowsItWithoutACause() {
    String first = failures.failed(BAD_AS);
    assertThat(first).contains("Bad Peer AS");
    assertThat(failures.failed("connection refused"))
        .isEqualTo(first + "; since then: connection refused");
    assertThat(failures.failed(IDLE)).isEqualTo(first + "; since then: " + IDLE.described());
    assertThat(failures.failed(new DownReason(DownReason.By.PEER, 0, 0, "closed by the router")))
        .isEqualTo(first + "; since then: closed by the router");
  }

  @Test
  void theSameCauseAgainIsNoNews() {
    failures.failed(BAD_AS);
    String both = failures.failed(IDLE);
    assertThat(failures.failed(BAD_AS)).isEqualTo(both);
    assertThat(failures.failed(IDLE)).isEqualTo(both);
  }

  @Test
  void anotherCauseReplacesTheFirst() {
    failures.failed(BAD_AS);
    DownReason role = new DownReason(DownReason.By.US, 2, 11, "Role Mismatch");
    assertThat(failures.failed(role)).isEqualTo(role.described());
  }

  @Test
  void withoutACauseTheLastAttemptIsAllThereIs() {
    assertThat(failures.failed("timed out")).isEqualTo("timed out");
    assertThat(failures.failed(IDLE)).isEqualTo(IDLE.described());
  }

  @Test
  void anEstablishedSessionIsAFreshStart() {
    failures.failed(BAD_AS);
    failures.forget();
    assertThat(failures.failed("connection refused")).isEqualTo("connection refused");
  }
}

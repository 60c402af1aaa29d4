package io.landfall.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.trust.AdmissionResult.Refused;
import org.junit.jupiter.api.Test;

/** TLS libraries wrap the exception of a trust manager in their own. */
class AdmissionRefusedTest {
  private static final int MOST_CAUSES = 16;
  private static final Refused REFUSED = new Refused(AdmissionRule.REVOKED, "nyc is revoked");

  private static Throwable wrapped(int times) {
    Throwable failure = new AdmissionRefused(REFUSED);
    for (int i = 0; i < times; i++) {
      failure = new IllegalStateException(failure);
    }
    return failure;
  }

  @Test
  void aRefusalIsFoundUnderTheExceptionsOfALibrary() {
    assertThat(AdmissionRefused.in(wrapped(0))).contains(REFUSED);
    assertThat(AdmissionRefused.in(wrapped(MOST_CAUSES - 1))).contains(REFUSED);
  }

  @Test
  void theSearchEndsWhereverACauseLeads() {
    assertThat(AdmissionRefused.in(wrapped(MOST_CAUSES))).isEmpty();
    Throwable one = new IllegalStateException("one");
    Throwable other = new IllegalStateException("other", one);
    one.initCause(other);
    assertThat(AdmissionRefused.in(one)).isEmpty();
  }
}

package io.landfall.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PortRefusalsTest {
  private final PortRefusals refusals = new PortRefusals();

  private int logged(String rule, int times, long wallMillis) {
    int logged = 0;
    for (int i = 0; i < times; i++) {
      logged += refusals.add(rule, "203.0.113.66:" + i, wallMillis).now() ? 1 : 0;
    }
    return logged;
  }

  @Test
  void ofOneRuleTwentyCasesAreLoggedInTenSecondsAndAllAreCounted() {
    assertThat(logged("silent", 500, 0)).isEqualTo(20);
    assertThat(logged("expired", 5, 0)).as("another rule has lines of its own").isEqualTo(5);
    assertThat(logged("silent", 500, 9_999)).isZero();
    assertThat(refusals.add("silent", "203.0.113.66:1", 10_000))
        .isEqualTo(new PortRefusals.Logging(true, 980));
    assertThat(refusals.total()).isEqualTo(1_006);
    assertThat(refusals.rows())
        .extracting(row -> row.rule() + " " + row.count())
        .containsExactly("expired 5", "silent 1001");
  }

  @Test
  void rulesWithoutEndShareOneCounter() {
    for (int i = 0; i < 1_000; i++) {
      refusals.add("rule" + i, "what", 0);
    }
    assertThat(refusals.rows()).hasSizeLessThanOrEqualTo(PortRefusals.MAX_RULES + 1);
    assertThat(refusals.total()).isEqualTo(1_000);
  }
}

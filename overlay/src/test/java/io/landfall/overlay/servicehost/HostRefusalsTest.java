package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.RefusalRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However many rules and attributes a host breaks, what is kept of it is bounded. */
class HostRefusalsTest {
  private static final int MOST = 64;
  private static final String OTHER = RefusalRule.Uncounted.OTHER.label();

  private final HostRefusals refusals = new HostRefusals();

  private long count(String rule) {
    return refusals.view().stream()
        .filter(each -> each.rule().equals(rule))
        .mapToLong(ServiceHostView.Refused::count)
        .sum();
  }

  @Test
  void rulesBeyondTheMostShareOneCounter() {
    for (int i = 0; i < MOST; i++) {
      assertThat(refusals.add("what", "rule-" + i, 1)).isEqualTo(1);
    }
    assertThat(refusals.view()).hasSize(MOST).noneMatch(each -> each.rule().equals(OTHER));
    assertThat(refusals.add("what", "more", 1)).isEqualTo(1);
    assertThat(refusals.add("what", "still-more", 1)).isEqualTo(2);
    assertThat(refusals.add("what", "rule-0", 1)).as("one that is counted").isEqualTo(2);
    assertThat(count(OTHER)).isEqualTo(2);
    assertThat(refusals.total()).isEqualTo(MOST + 3);
  }

  @Test
  void subjectsBeyondTheMostShareOneCounter() {
    refusals.add("what", "rule", 1);
    for (int i = 0; i < MOST; i++) {
      refusals.countSubject("rule", "subject-" + i);
    }
    assertThat(subjects()).hasSize(MOST).allMatch(each -> each.endsWith("=1"));
    refusals.countSubject("rule", "more");
    refusals.countSubject("rule", "still-more");
    refusals.countSubject("rule", "subject-0");
    refusals.countSubject("rule", "");
    assertThat(subjects()).hasSize(MOST + 1).contains(OTHER + "=2", "subject-0=2");
  }

  private List<String> subjects() {
    return refusals.view().getFirst().subjects().stream()
        .map(each -> each.subject() + "=" + each.count())
        .toList();
  }
}

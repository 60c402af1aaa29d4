package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.RefusalRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However many rules and attributes a peer breaks, what is kept of it is bounded. */
class RefusalsTest {
  private static final int MOST_RULES = 64;
  private static final int MOST_SUBJECTS = 128;
  private static final String OTHER = RefusalRule.Uncounted.OTHER.label();

  private final Refusals refusals = new Refusals(4);

  @Test
  void rulesBeyondTheMostShareOneCounter() {
    for (int i = 0; i < MOST_RULES; i++) {
      refusals.add("what", "rule-" + i, 1);
    }
    assertThat(rules()).hasSize(MOST_RULES).doesNotContain(OTHER + "=1");
    refusals.add("what", "more", 1);
    refusals.add("what", "still-more", 1);
    refusals.add("what", "rule-0", 1);
    assertThat(rules()).hasSize(MOST_RULES + 1).contains(OTHER + "=2", "rule-0=2");
  }

  private List<String> rules() {
    return refusals.rules().stream().map(each -> each.rule() + "=" + each.count()).toList();
  }

  private List<String> subjects() {
    return refusals.subjects().stream()
        .map(each -> each.rule() + " " + each.subject() + "=" + each.count())
        .toList();
  }

  @Test
  void subjectsBeyondTheMostShareOneCounterOfTheirRule() {
    for (int i = 0; i < MOST_SUBJECTS; i++) {
      refusals.countSubject("rule", "subject-" + i);
    }
    assertThat(subjects()).hasSize(MOST_SUBJECTS).allMatch(each -> each.endsWith("=1"));
    refusals.countSubject("rule", "more");
    refusals.countSubject("rule", "still-more");
    refusals.countSubject("rule", "subject-0");
    refusals.countSubject("another", "more");
    assertThat(subjects())
        .hasSize(MOST_SUBJECTS + 2)
        .contains("rule " + OTHER + "=2", "rule subject-0=2", OTHER + " " + OTHER + "=1");
  }

  @Test
  void rulesWithSubjectsBeyondTheMostShareOneToo() {
    for (int i = 0; i < MOST_RULES; i++) {
      refusals.countSubject("rule-" + i, "subject");
    }
    refusals.countSubject("more", "subject");
    assertThat(subjects()).hasSize(MOST_RULES + 1).contains(OTHER + " " + OTHER + "=1");
  }
}

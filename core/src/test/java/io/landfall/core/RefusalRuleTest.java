package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalRuleTest {
  @Test
  void whatIsNoRuleOfItsOwnHasANumberThatStays() {
    assertThat(RefusalRule.Uncounted.OTHER.number()).isEqualTo(99);
    assertThat(RefusalRule.Uncounted.OTHER.label()).isEqualTo("other");
    assertThat(RefusalRule.Uncounted.OTHER.meaning()).isNotEmpty();
  }

  @Test
  void theSideThatDialledIsTheOutgoingOne() {
    assertThat(Direction.OUTGOING.isOutgoing()).isTrue();
    assertThat(Direction.INCOMING.isOutgoing()).isFalse();
  }
}

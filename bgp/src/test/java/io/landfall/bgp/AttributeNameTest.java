package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** An error is counted under the attribute that it is about, and under no longer name's end. */
class AttributeNameTest {
  @Test
  void theAttributeThatADetailIsAboutIsFound() {
    assertThat(AttributeType.namedIn("MULTI_EXIT_DISC (4), 3 bytes")).isEqualTo(4);
    assertThat(AttributeType.namedIn("AS4_AGGREGATOR (18), 3 bytes")).isEqualTo(18);
    assertThat(AttributeType.namedIn("LARGE_COMMUNITIES (32), 5 bytes")).isEqualTo(32);
    assertThat(AttributeType.namedIn("MP_REACH_NLRI, next hop 0.0.0.0")).isEqualTo(14);
    assertThat(AttributeType.namedIn("ORIGIN is missing")).isEqualTo(1);
    assertThat(AttributeType.namedIn("nothing of the kind")).isZero();
  }
}

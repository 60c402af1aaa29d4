package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 9687 section 3: the send hold time must exceed the hold time, and is twice it here. */
class SendHoldTest {
  @Test
  void theSendHoldTimeIsTwiceTheHoldTime() {
    assertThat(OverlayLimits.sendHoldFor(9)).isEqualTo(18);
    OverlayLimits usual = OverlayLimits.usual();
    assertThat(usual.sendHoldTimeSeconds()).isEqualTo(2 * usual.holdTimeSeconds());
  }
}

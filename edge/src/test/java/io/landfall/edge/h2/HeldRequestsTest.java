package io.landfall.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeldRequestsTest {
  private final HeldRequests held = new HeldRequests();

  @Test
  void aRequestThatWaitsNoMoreMakesRoomForAnother() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < HeldRequests.MAX_REQUESTS; i++) {
        assertThat(held.enter()).isTrue();
      }
      assertThat(held.enter()).isFalse();
      for (int i = 0; i < HeldRequests.MAX_REQUESTS; i++) {
        held.leave(0);
      }
    }
  }

  @Test
  void theBodyOfARequestThatWaitsNoMoreMakesRoomForAnother() {
    for (int round = 0; round < 3; round++) {
      assertThat(held.enter()).isTrue();
      assertThat(held.grow(HeldRequests.MAX_BODY_BYTES)).isTrue();
      assertThat(held.grow(1)).isFalse();
      held.leave(HeldRequests.MAX_BODY_BYTES);
    }
  }
}

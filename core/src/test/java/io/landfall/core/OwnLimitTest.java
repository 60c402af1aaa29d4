package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class OwnLimitTest {
  @Test
  void anOwnLimitIsToldFromWhatAnotherDid() {
    IOException netty =
        new IOException("newSocketStream(..) failed with error(-24): Too many open files");
    assertThat(OwnLimit.isReached(netty)).isTrue();
    assertThat(OwnLimit.isReached(new IllegalStateException("Unable to create Channel", netty)))
        .isTrue();
    assertThat(OwnLimit.isReached(new IOException("Cannot run program: error=24, Zu viele")))
        .isTrue();
    assertThat(OwnLimit.isReached(new IOException("Cannot assign requested address"))).isFalse();
    assertThat(OwnLimit.isReached(new IOException("Connection refused"))).isFalse();
    assertThat(OwnLimit.isReached(new IOException((String) null))).isFalse();
  }
}

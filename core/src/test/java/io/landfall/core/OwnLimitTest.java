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

  @Test
  void causesAreLookedAtToABound() {
    assertThat(OwnLimit.isReached(under(15))).isTrue();
    assertThat(OwnLimit.isReached(under(16))).isFalse();
  }

  /** The limit beneath so many failures with other messages. */
  private static Throwable under(int failures) {
    Throwable failure = new IOException("Too many open files");
    for (int i = 0; i < failures; i++) {
      failure = new IOException("no channel", failure);
    }
    return failure;
  }
}

package io.landfall.edge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A listener whose connections cannot be accepted. */
class LateAcceptTest {
  private static final int MORE_THAN_A_PAUSE_SECONDS = 2;

  private final EmbeddedChannel listener = new EmbeddedChannel(LateAccept.INSTANCE);

  @Test
  void withoutDescriptorsItPausesAndGoesOn() {
    listener.freezeTime();
    listener
        .pipeline()
        .fireExceptionCaught(new IOException("accept4(..) failed with error(-24): Too many open"));
    assertThat(listener.config().isAutoRead()).isFalse();
    listener.checkException();

    listener.advanceTimeBy(MORE_THAN_A_PAUSE_SECONDS, TimeUnit.SECONDS);
    listener.runScheduledPendingTasks();
    assertThat(listener.config().isAutoRead()).isTrue();
    listener.finishAndReleaseAll();
  }

  @Test
  void anythingElseIsLeftToThoseBehindIt() {
    listener.pipeline().fireExceptionCaught(new IllegalStateException("a bug"));
    assertThat(listener.config().isAutoRead()).isTrue();
    assertThatThrownBy(listener::checkException).hasMessageContaining("a bug");
    listener.finishAndReleaseAll();
  }
}

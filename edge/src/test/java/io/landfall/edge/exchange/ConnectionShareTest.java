package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** The share of the process's descriptors that connections to backends have. */
class ConnectionShareTest {
  private final ConnectionShare share = new ConnectionShare(2);

  @Test
  void thereAreNoMoreThanThatAndAPlaceIsFreeWhenAConnectionIsClosed() {
    EmbeddedChannel connection = new EmbeddedChannel();
    assertThat(share.take()).isTrue();
    assertThat(share.take()).isTrue();
    assertThat(share.take()).isFalse();
    share.giveBack(connection.newSucceededFuture());
    assertThat(share.take()).as("it is open").isFalse();
    connection.close();
    assertThat(share.take()).isTrue();
    assertThat(share.take()).isFalse();
    connection.finishAndReleaseAll();
  }

  @Test
  void oneThatDidNotComeAboutHoldsNone() {
    EmbeddedChannel connection = new EmbeddedChannel();
    assertThat(share.take()).isTrue();
    assertThat(share.take()).isTrue();
    share.giveBack(connection.newFailedFuture(new IllegalStateException("refused")));
    assertThat(share.take()).isTrue();
    assertThat(share.take()).isFalse();
    connection.finishAndReleaseAll();
  }
}

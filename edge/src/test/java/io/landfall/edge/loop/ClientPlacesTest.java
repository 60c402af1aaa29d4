package io.landfall.edge.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** How a client that only holds a place makes room for a new one. */
class ClientPlacesTest {
  private final LongAdder evicted = new LongAdder();
  private final ClientPlaces places = new ClientPlaces(1, new LongAdder(), evicted);

  /** What TLS and HTTP/2 do: they say goodbye, and wait for that to leave. */
  private static final class Patient extends ChannelOutboundHandlerAdapter {
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {}
  }

  @Test
  void theOldestWithoutARequestIsClosedAtOnce() {
    EmbeddedChannel old = new EmbeddedChannel(new Patient());
    places.enter(old);
    assertThat(places.hasRoom()).isTrue();
    old.runPendingTasks();
    assertThat(old.isOpen()).isFalse();
    assertThat(evicted.sum()).isEqualTo(1);
  }

  @Test
  void aClientThatHasAskedKeepsItsPlace() {
    EmbeddedChannel old = new EmbeddedChannel();
    places.enter(old);
    places.asks(old);
    assertThat(places.hasRoom()).isFalse();
    assertThat(evicted.sum()).isZero();
    assertThat(old.isOpen()).isTrue();
    old.finishAndReleaseAll();
  }
}

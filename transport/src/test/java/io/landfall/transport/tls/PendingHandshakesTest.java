package io.landfall.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bounds of the overlay port itself; how places are given is HandshakeSlotsTest's. */
class PendingHandshakesTest {
  private static final int PER_SOURCE = 64;
  private static final int STRANGERS = 512 - 128;
  private final PendingHandshakes pending = new PendingHandshakes();

  private static InetAddress source(int number) {
    return InetAddress.ofLiteral("203.0.113." + number);
  }

  /** A connection that has sent its first byte; the rule under which it was turned away. */
  private Optional<String> enter(int source) {
    Channel channel = new EmbeddedChannel();
    Optional<String> rule =
        pending.enter(channel, source(source)).map(PendingHandshakes.Full::rule);
    pending.began(channel);
    return rule;
  }

  @Test
  void oneSourceHasSixtyFourHandshakesAndAnotherIsNotTouched() {
    for (int i = 0; i < PER_SOURCE; i++) {
      assertThat(enter(1)).isEmpty();
    }
    assertThat(enter(1)).contains("too-many-from-source");
    assertThat(enter(2)).isEmpty();
  }

  @Test
  void strangersLeaveAHundredAndTwentyEightPlacesToAddressesOfNodes() {
    for (int i = 0; i < STRANGERS; i++) {
      assertThat(enter(1 + i / PER_SOURCE)).isEmpty();
    }
    assertThat(enter(100)).contains("too-many-handshakes");

    pending.dialled(new InetSocketAddress(source(200), 8443));
    pending.dialled(new InetSocketAddress(source(201), 8443));
    for (int i = 0; i < 128; i++) {
      assertThat(enter(200 + i / PER_SOURCE)).isEmpty();
    }
  }
}

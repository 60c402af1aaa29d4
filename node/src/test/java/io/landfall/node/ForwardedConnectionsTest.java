package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Connections to other nodes end with the certificate that answered on them. */
class ForwardedConnectionsTest {
  private static final long NOW = 1_795_000_000_000L;

  private final ForwardedConnections connections = new ForwardedConnections();
  private final EmbeddedChannel old = connection("0a", NOW);
  private final EmbeddedChannel renewed = connection("0b", NOW + 1_000);

  private EmbeddedChannel connection(String serial, long notAfterMillis) {
    EmbeddedChannel channel = new EmbeddedChannel();
    connections.add(
        channel,
        new PeerIdentity(
            new NodeName("nyc"),
            TestWorld.identity(2),
            new TreeSet<>(),
            serial.repeat(32),
            List.of(),
            notAfterMillis,
            serial));
    return channel;
  }

  @Test
  void thoseOfARevokedCertificateAreClosedAndNoOther() {
    Revocations list =
        new Revocations(new TreeSet<>(List.of("0a")), new TreeSet<>(), new TreeSet<>());
    assertThat(connections.cut(list, NOW)).containsExactly(new NodeName("nyc"));
    assertThat(old.isOpen()).isFalse();
    assertThat(renewed.isOpen()).isTrue();
    assertThat(connections.cut(list, NOW)).isEmpty();
  }

  @Test
  void thoseOfACertificateThatHasRunOutAreClosed() {
    assertThat(connections.cut(Revocations.NONE, NOW)).isEmpty();
    assertThat(connections.cut(Revocations.NONE, NOW + 1)).containsExactly(new NodeName("nyc"));
    assertThat(old.isOpen()).isFalse();
    assertThat(renewed.isOpen()).isTrue();
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.control.RequestAdmission.Verdict;
import io.landfall.core.NodeName;
import io.landfall.testkit.Await;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many connections for requests one node may have. */
class RequestChannelsTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final ControlLoop control = new ControlLoop(loop, () -> {});
  private final List<String> refused = new CopyOnWriteArrayList<>();

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static PeerIdentity peer(int n) {
    return new PeerIdentity(
        new NodeName("n" + n),
        TestWorld.identity(n),
        new TreeSet<>(),
        "ab".repeat(32),
        List.of(),
        Long.MAX_VALUE,
        "5e");
  }

  private boolean add(RequestChannels channels, int node, String what) {
    RequestChannels.Door door =
        new RequestChannels.Door() {
          @Override
          public void open() {}

          @Override
          public void refuse() {}

          @Override
          public void refused(String rule, String sentence) {
            refused.add(what + " " + rule);
          }
        };
    return channels.add(new EmbeddedChannel(), peer(node), door);
  }

  /** Which was refused first. */
  private String firstRefused() {
    Await.until("one is refused", () -> !refused.isEmpty(), () -> refused);
    return refused.getFirst();
  }

  @Test
  void aNodeMayHaveSoManyConnectionsAndNoMore() {
    RequestChannels channels = new RequestChannels(control, (peer, from) -> new Verdict.Live());
    for (int i = 0; i < RequestChannels.MAX_PER_PEER; i++) {
      assertThat(add(channels, 2, "good")).isTrue();
    }
    assertThat(add(channels, 2, "one more")).isFalse();
    assertThat(firstRefused()).isEqualTo("one more " + RequestChannels.TOO_MANY_CHANNELS);
    assertThat(add(channels, 3, "of another")).isTrue();
  }
}

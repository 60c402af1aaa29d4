package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.control.RequestAdmission.Verdict;
import io.landfall.core.NodeName;
import io.landfall.testkit.Await;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    return add(channels, new EmbeddedChannel(), node, what);
  }

  private boolean add(RequestChannels channels, EmbeddedChannel channel, int node, String what) {
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
    return channels.add(channel, peer(node), door);
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

  @Test
  void aConnectionThatIsGoneOrWasOneTooManyMakesRoom() {
    RequestChannels channels = new RequestChannels(control, (peer, from) -> new Verdict.Live());
    List<EmbeddedChannel> open = new ArrayList<>();
    for (int i = 0; i < RequestChannels.MAX_PER_PEER; i++) {
      open.add(new EmbeddedChannel());
      assertThat(add(channels, open.getLast(), 2, "good")).isTrue();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(add(channels, 2, "one more")).isFalse();
    }
    assertThat(channels.size()).isEqualTo(RequestChannels.MAX_PER_PEER);
    open.getFirst().close();
    assertThat(add(channels, 2, "in its place")).isTrue();
    assertThat(add(channels, 2, "one more")).isFalse();
  }

  @Test
  void whatIsDoneWithConnectionsIsNotDoneWithThoseThatAreGone() {
    List<String> doors = new CopyOnWriteArrayList<>();
    AtomicBoolean live = new AtomicBoolean(true);
    RequestChannels channels =
        new RequestChannels(
            control,
            (peer, from) ->
                live.get() ? new Verdict.Live() : new Verdict.Refused("no-session", "", true));
    EmbeddedChannel gone = new EmbeddedChannel();
    EmbeddedChannel left = new EmbeddedChannel();
    channels.add(gone, peer(2), door("gone", doors));
    channels.add(left, peer(2), door("left", doors));
    Await.until("both are served", () -> doors.size() == 2, () -> doors);
    gone.close();
    live.set(false);
    control.execute(() -> channels.changed(peer(2).identity()));
    Await.until("the other is refused", () -> doors.contains("left refused"), () -> doors);
    assertThat(doors).containsExactly("gone served", "left served", "left refused");
  }

  private static RequestChannels.Door door(String what, List<String> doors) {
    return new RequestChannels.Door() {
      @Override
      public void open() {
        doors.add(what + " served");
      }

      @Override
      public void refuse() {
        doors.add(what + " refused");
      }

      @Override
      public void refused(String rule, String sentence) {
        doors.add(what + " " + rule);
      }
    };
  }
}

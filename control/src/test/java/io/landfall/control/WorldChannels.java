package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.trust.PeerIdentity;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The channels for requests that one node of a {@link World} dialled and that are open. */
final class WorldChannels {
  /** How long PINGs take to notice that nothing arrives any more. */
  private static final long PINGS_NOTICE_NANOS = 9_000_000_000L;

  private final World world;
  private final WorldNode node;
  private final TreeMap<Long, Channel> channels = new TreeMap<>();

  /** Whether the channel that was reached last is held; null before that is decided. */
  private @Nullable Boolean held;

  private @Nullable PeerIdentity impostor;

  /** A channel to another node, in one life of it. */
  private record Channel(WorldNode to, int life) {}

  WorldChannels(World world, WorldNode node) {
    this.world = world;
    this.node = node;
  }

  /** From now on another certificate answers where others forward to; null: the node's own. */
  void areAnsweredBy(@Nullable PeerIdentity other) {
    impostor = other;
  }

  private PeerIdentity answering() {
    PeerIdentity other = impostor;
    return other == null ? node.certificate() : other;
  }

  /** The node itself was killed. */
  void clear() {
    channels.clear();
  }

  /** The dial of the channel to another node. */
  long dialOf(WorldNode to) {
    return channels.entrySet().stream()
        .filter(channel -> channel.getValue().to() == to)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  /** The other end's kernel resets what it had. */
  void peerKilled(WorldNode peer) {
    channels.forEach(
        (dial, channel) -> {
          if (channel.to() == peer) {
            ends(dial, world.latencyNanos());
          }
        });
  }

  /** Nothing arrives from there any more: PINGs notice that, in their time. */
  void pathLost(WorldNode peer) {
    channels.forEach(
        (dial, channel) -> {
          if (channel.to() == peer) {
            ends(dial, PINGS_NOTICE_NANOS);
          }
        });
  }

  private void ends(long dial, long delayNanos) {
    int now = node.life();
    world.in(
        delayNanos,
        () -> {
          if (node.life() == now && channels.remove(dial) != null) {
            node.step(new ControlEvent.ChannelOver(dial, "it does not answer"));
          }
        });
  }

  void reached(long dial, WorldNode to) {
    channels.put(dial, new Channel(to, to.life()));
    held = null;
    node.step(new ControlEvent.ChannelReached(dial, to.channels().answering()));
    assertThat(held).as("a channel that was reached is held or closed at once").isNotNull();
  }

  void close(long dial) {
    held = false;
    channels.remove(dial);
  }

  void hold(long dial) {
    held = true;
    int now = node.life();
    world.in(
        2 * world.latencyNanos(),
        () -> {
          Channel channel = channels.get(dial);
          if (node.life() != now || channel == null) {
            return;
          }
          if (channel.to().life() != channel.life()
              || world.isBroken(node.place(), channel.to().place())) {
            channels.remove(dial);
            node.step(new ControlEvent.ChannelOver(dial, "it does not answer"));
          } else {
            node.step(new ControlEvent.ChannelUp(dial));
          }
        });
  }
}

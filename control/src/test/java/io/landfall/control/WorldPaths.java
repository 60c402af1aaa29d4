package io.landfall.control;

import io.landfall.bfd.PathLiveness;
import io.landfall.core.HostAddress;
import java.net.InetSocketAddress;
import java.util.OptionalInt;

/** BFD of one node of a {@link World}: a machine of its own beside plane two. */
final class WorldPaths {
  private final World world;
  private final WorldNode node;
  private final WorldTimer timer;
  private PathMonitor paths;

  WorldPaths(World world, WorldNode node) {
    this.world = world;
    this.node = node;
    this.timer = new WorldTimer(world, node);
    this.paths = fresh();
  }

  private PathMonitor fresh() {
    return new PathMonitor(world.bfd, OptionalInt.empty(), bound -> world.seeded.nextLong(bound));
  }

  /** The node starts once more, and knows of no path. */
  void restart() {
    paths = fresh();
  }

  /** The node was killed. */
  void clear() {
    timer.clear();
  }

  void step(PathEvent event) {
    if (!node.isRunning()) {
      return;
    }
    for (PathEffect effect : paths.step(event, node.now())) {
      switch (effect) {
        case PathEffect.Send(byte[] datagram, InetSocketAddress to) ->
            world.send(node, datagram, to);
        case PathEffect.Proved(HostAddress to, PathLiveness path) -> {
          world.traced(node.place() + " proved " + to + path);
          node.step(new ControlEvent.PathProved(to, path));
        }
        case PathEffect.Log line -> world.traced(LogField.text(line.message(), line.fields()));
      }
    }
    timer.arm(paths.deadlineNanos(), () -> step(new PathEvent.Tick()));
  }
}

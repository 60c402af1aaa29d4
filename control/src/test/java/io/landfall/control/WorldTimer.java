package io.landfall.control;

import java.util.OptionalLong;

/** The one timer that a machine of a {@link WorldNode} has. */
final class WorldTimer {
  private final World world;
  private final WorldNode node;
  private long wakeNanos = Long.MAX_VALUE;

  WorldTimer(World world, WorldNode node) {
    this.world = world;
    this.node = node;
  }

  /** Runs this at the deadline, unless the timer is set to an earlier time. */
  void arm(OptionalLong deadlineNanos, Runnable tick) {
    if (deadlineNanos.isEmpty()) {
      return;
    }
    long at = node.worldNanos(deadlineNanos.getAsLong());
    if (at < wakeNanos) {
      wakeNanos = at;
      int now = node.life();
      world.in(
          at - world.nowNanos(),
          () -> {
            if (node.life() == now && wakeNanos == at) {
              wakeNanos = Long.MAX_VALUE;
              tick.run();
            }
          });
    }
  }

  void clear() {
    wakeNanos = Long.MAX_VALUE;
  }
}

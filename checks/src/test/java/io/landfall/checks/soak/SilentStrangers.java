package io.landfall.checks.soak;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;

/** One host that holds as many connections to the overlay's port as it gets, and sends nothing. */
final class SilentStrangers extends Attacker {
  /** What was refused counts too, until it is old enough to have been timed out. */
  private static final int MOST = 2_400;

  private static final int A_ROUND = 40;
  private static final long PAUSE_MILLIS = 100;

  private final SoakWorld world;
  private final ArrayDeque<Socket> held = new ArrayDeque<>();

  SilentStrangers(SoakWorld world) {
    super("connections");
    this.world = world;
  }

  @Override
  void start() {
    repeat(
        PAUSE_MILLIS,
        () -> {
          for (int i = 0; i < A_ROUND; i++) {
            one();
          }
        });
  }

  /** Connects once more; the oldest makes room, which the node has closed long since. */
  private void one() throws IOException {
    held.add(keep(Connections.plain(world.address(40, 6), world.overlay(1))));
    tally.add("connections");
    if (held.size() > MOST) {
      drop(held.removeFirst());
    }
  }
}

package io.landfall.checks.soak;

import java.io.IOException;
import java.net.Socket;

/**
 * One host that holds as many connections to the overlay's port as it gets and sends nothing; each
 * that was held is opened again at once, each that was refused after a quarter of a second.
 */
final class SilentStrangers extends Attacker {
  /** More than the port has handshakes, by a few, which wait for their turn. */
  private static final int CONNECTIONS = 540;

  private static final long PAUSE_MILLIS = 250;
  private static final long HELD_NANOS = 500_000_000L;

  private final SoakWorld world;

  SilentStrangers(SoakWorld world) {
    super("connections");
    this.world = world;
  }

  @Override
  void start() {
    for (int i = 0; i < CONNECTIONS; i++) {
      repeat(PAUSE_MILLIS, this::hold);
    }
  }

  /** Opens connections for as long as they are held, and lets the next try wait otherwise. */
  private void hold() throws IOException {
    long opened;
    do {
      opened = System.nanoTime();
      Socket socket = keep(Connections.plain(world.address(40, 6), world.overlay(1)));
      tally.add("connections");
      try {
        while (socket.getInputStream().read() >= 0) {
          // Nothing is expected.
        }
      } finally {
        drop(socket);
      }
    } while (System.nanoTime() - opened > HELD_NANOS);
  }
}

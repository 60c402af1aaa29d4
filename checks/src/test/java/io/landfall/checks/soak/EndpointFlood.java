package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A node that names more endpoints for itself than are kept of all nodes, none of which answers.
 */
final class EndpointFlood extends Attacker {
  private static final int ENDPOINTS = 1_100;
  private static final int FIRST_PORT = 20_000;
  private static final int KIND = 99;
  private static final int A_PIECE = 50;
  private static final long PIECE_MILLIS = 20;
  private static final long PAUSE_MILLIS = 10_000;

  private final SoakWorld world;
  private final HostileNode node;

  EndpointFlood(SoakWorld world) {
    super("endpoints");
    this.world = world;
    this.node = HostileNode.of(world, "everywhere", SoakWorld.HOSTILE + 7);
  }

  @Override
  void start() {
    repeat(PAUSE_MILLIS, this::round);
  }

  private void round() throws IOException, InterruptedException {
    int address = ByteBuffer.wrap(world.address(KIND, 1).getAddress()).getInt();
    try (BgpPeer peer = node.session(this, false).behave(_ -> {})) {
      for (int i = 0; i < ENDPOINTS && !peer.ended(); i++) {
        byte[] attributes =
            BgpBytes.attributes(node.identity(), BgpMessages.endpoint(address, FIRST_PORT + i));
        peer.send(BgpMessages.announce(attributes, BgpMessages.host(node.identity())));
        tally.add("endpoints");
        if (i % A_PIECE == 0 && pause(PIECE_MILLIS)) {
          return;
        }
      }
      // It leaves, and comes back.
    }
  }
}

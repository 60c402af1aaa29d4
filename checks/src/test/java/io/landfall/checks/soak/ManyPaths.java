package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Two nodes that name one host under as many path identifiers as the table takes of one peer,
 * 80,000 a second.
 */
final class ManyPaths extends Attacker {
  private static final int PATHS = 60_000;
  private static final int A_MESSAGE = 400;
  private static final long MESSAGE_MILLIS = 5;
  private static final long PAUSE_MILLIS = 4_000;
  private static final int ROUNDS = 2;

  private final HostileNode[] nodes;

  ManyPaths(SoakWorld world) {
    super("paths");
    this.nodes =
        new HostileNode[] {
          HostileNode.of(world, "many", SoakWorld.HOSTILE + 4, "bulk"),
          HostileNode.of(world, "more", SoakWorld.HOSTILE + 5, "bulk")
        };
  }

  @Override
  void start() {
    for (HostileNode node : nodes) {
      repeat(PAUSE_MILLIS, () -> round(node));
    }
  }

  /** Says all of it a few times, each time with other attributes, and goes. */
  private void round(HostileNode node) throws IOException, InterruptedException {
    try (BgpPeer peer = node.session(this, true).behave(_ -> {})) {
      for (int round = 0; round < ROUNDS && !peer.ended(); round++) {
        byte[] attributes =
            BgpBytes.attributes(node.identity(), BgpBytes.largeCommunities(1, round));
        for (int first = 1; first <= PATHS; first += A_MESSAGE) {
          ByteBuffer nlri = ByteBuffer.allocate(9 * A_MESSAGE);
          for (int path = first; path < first + A_MESSAGE; path++) {
            nlri.put(BgpBytes.host(Octets.ipv4(SoakWorld.BULK), path));
          }
          peer.send(BgpMessages.announce(attributes, nlri.array()));
          tally.add("paths", A_MESSAGE);
          if (pause(MESSAGE_MILLIS)) {
            return;
          }
        }
        pause(PAUSE_MILLIS);
      }
    }
  }
}

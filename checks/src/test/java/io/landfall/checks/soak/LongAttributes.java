package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.IOException;

/**
 * A node whose paths have as many large communities each as a path may have, all of them its own:
 * 1,000 paths and 1.6 MB a second.
 */
final class LongAttributes extends Attacker {
  private static final int PATHS = 24_000;

  /** As many as the import policy lets through. */
  private static final int COMMUNITIES = 128;

  private static final int A_PIECE = 20;
  private static final long PIECE_MILLIS = 20;
  private static final long PAUSE_MILLIS = 2_000;

  /** How long it stays with all that it sent. */
  private static final long STAY_MILLIS = 15_000;

  private final HostileNode node;

  LongAttributes(SoakWorld world) {
    super("paths");
    this.node = HostileNode.of(world, "verbose", SoakWorld.HOSTILE + 6, "bulk");
  }

  @Override
  void start() {
    repeat(PAUSE_MILLIS, this::round);
  }

  private void round() throws IOException, InterruptedException {
    try (BgpPeer peer = node.session(this, true).behave(_ -> {})) {
      for (int path = 1; path <= PATHS && !peer.ended(); path++) {
        peer.send(
            BgpMessages.announce(
                BgpBytes.attributes(node.identity(), BgpBytes.largeCommunities(COMMUNITIES, path)),
                BgpBytes.host(Octets.ipv4(SoakWorld.BULK), path)));
        tally.add("paths");
        if (path % A_PIECE == 0 && pause(PIECE_MILLIS)) {
          return;
        }
      }
      pause(STAY_MILLIS);
    }
  }
}

package io.landfall.checks.soak;

import io.landfall.testkit.Octets;
import java.io.IOException;
import java.util.List;

/**
 * Nodes whose last messages arrive in one segment. One is a fellow reflector of fra, which is asked
 * for a refresh whenever another node goes: it answers two at once, and ends the session with the
 * same segment.
 */
final class JoinedByNodes extends Attacker {
  private static final long PAUSE_MILLIS = 1_200;
  private static final int END_MILLIS = 2_000;
  private static final int COMINGS = 2;

  private final HostileNode fellow;
  private final HostileNode comer;

  JoinedByNodes(SoakWorld world) {
    super("segments");
    this.fellow = HostileNode.of(world, SoakWorld.FELLOW, SoakWorld.HOSTILE + 1);
    this.comer = HostileNode.of(world, "comer", SoakWorld.HOSTILE + 2);
  }

  @Override
  void start() {
    List<byte[]> enders = BgpBytes.enders(fellow.open(false));
    int[] number = {0};
    repeat(
        PAUSE_MILLIS,
        () -> {
          // Mostly an administrator's word, after which the session may come back at once.
          int round = number[0]++;
          round(enders.get(round % 4 < 3 ? round % 2 : round / 4 % enders.size()), round % 2 == 0);
        });
  }

  private void round(byte[] ender, boolean refreshes) throws IOException {
    try (BgpPeer peer = fellow.session(this, false)) {
      for (int i = 0; i < COMINGS; i++) {
        // A node that comes and goes makes fra ask its fellow for all routes again.
        comer.session(this, false).close();
        tally.add("comings");
      }
      peer.awaitRefresh(END_MILLIS);
      byte[] asking =
          refreshes
              ? Octets.join(BgpBytes.END_OF_REFRESH, BgpBytes.END_OF_REFRESH)
              : BgpBytes.ROUTE_REFRESH;
      peer.send(Octets.join(asking, ender));
      tally.add("segments");
      peer.awaitEnd(END_MILLIS);
    }
  }
}

package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.IOException;
import java.util.List;

/**
 * Service hosts whose last two messages arrive in one segment: one that asks for something, and one
 * that ends the session.
 */
final class JoinedByHosts extends Attacker {
  /** The first of the hosts, and how many: each waits longer after each error. */
  private static final int FIRST = 1;

  private static final int HOSTS = 6;
  private static final long PAUSE_MILLIS = 1_500;
  private static final int END_MILLIS = 2_000;

  private final SoakWorld world;

  JoinedByHosts(SoakWorld world) {
    super("segments");
    this.world = world;
  }

  @Override
  void start() {
    for (int host = FIRST; host < FIRST + HOSTS; host++) {
      int number = host;
      repeat(PAUSE_MILLIS, new Rounds(number)::run);
    }
  }

  /** The rounds of one host, which begin with an ender of its own. */
  private final class Rounds {
    private final int host;
    private final byte[] open;
    private final List<byte[]> enders;
    private int number;

    Rounds(int host) {
      this.host = host;
      this.open = BgpBytes.open(BgpMessages.OVERLAY_ASN, 1 + host, false);
      this.enders = BgpBytes.enders(open);
      this.number = host;
    }

    void run() throws IOException {
      BgpPeer peer =
          keep(new BgpPeer(Connections.plain(world.address(10, 1 + host), world.hostPort())));
      try {
        // The KEEPALIVE that establishes the session is one of the two at times.
        boolean atOnce = number % 2 == 0;
        byte[] ender = enders.get(number / 2 % enders.size());
        number++;
        if (atOnce) {
          peer.opened(open);
          peer.send(Octets.join(BgpBytes.KEEPALIVE, ender));
        } else {
          peer.establish(open);
          peer.send(Octets.join(BgpBytes.ROUTE_REFRESH, ender));
        }
        tally.add("segments");
        peer.awaitEnd(END_MILLIS);
      } finally {
        drop(peer);
      }
    }
  }
}

package io.landfall.checks.soak;

import io.landfall.testkit.Octets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/**
 * Upstream routers whose last two messages arrive in one segment, as those of a router that
 * refreshes and is shut down.
 */
final class JoinedByUpstreams extends Attacker {
  private static final int FIRST = 2;
  private static final int ROUTERS = 2;
  private static final int END_MILLIS = 2_000;

  private final SoakWorld world;
  private final byte[] open =
      BgpBytes.open(SoakWorld.UPSTREAM_ASN, Octets.ipv4("192.0.2.2"), false);

  JoinedByUpstreams(SoakWorld world) {
    super("segments");
    this.world = world;
  }

  @Override
  void start() {
    List<byte[]> enders = BgpBytes.enders(open);
    for (int router = FIRST; router < FIRST + ROUTERS; router++) {
      InetSocketAddress at = new InetSocketAddress(world.address(20, router), SoakWorld.BGP_PORT);
      int[] number = {router};
      repeat(
          1,
          () -> {
            try (ServerSocket server = keep(new ServerSocket())) {
              server.setReuseAddress(true);
              server.bind(at, 1);
              while (!isStopped()) {
                converse(
                    server.accept(), number[0] % 2 == 0, enders.get(number[0] / 2 % enders.size()));
                number[0]++;
              }
            }
          });
    }
  }

  private void converse(Socket socket, boolean atOnce, byte[] ender) {
    try (BgpPeer peer = keep(new BgpPeer(socket))) {
      if (atOnce) {
        peer.opened(open);
        peer.send(Octets.join(BgpBytes.KEEPALIVE, ender));
      } else {
        peer.establish(open);
        peer.send(Octets.join(BgpBytes.ROUTE_REFRESH, ender));
      }
      tally.add("segments");
      peer.awaitEnd(END_MILLIS);
    } catch (IOException e) {
      tally.add("rounds cut short");
    }
  }
}

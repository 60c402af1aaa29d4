package io.landfall.checks.soak;

import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Collections;

/**
 * A service host, an upstream and a node that ask for a refresh without end and read no answer. As
 * much is sent as the node takes, up to 50,000 a second of each, whose answers would be more than
 * 500 MiB in 40 s.
 */
final class RefreshFlood extends Attacker {
  private static final int HOST = 7;
  private static final int ROUTER = 4;
  private static final int A_WRITE = 1_000;
  private static final long PAUSE_MILLIS = 20;
  private static final long AFTERWARDS_MILLIS = 1_000;
  private static final int RECEIVE_BUFFER = 4_096;

  /** How many messages each sends at most on one connection: what answers 92 bytes to each. */
  private static final int MOST_REQUESTS = 2_500_000;

  private static final byte[] REQUESTS =
      Octets.join(Collections.nCopies(A_WRITE, BgpBytes.ROUTE_REFRESH).toArray(new byte[0][]));

  private final SoakWorld world;
  private final HostileNode node;

  RefreshFlood(SoakWorld world) {
    super("by a service host");
    this.world = world;
    this.node = HostileNode.of(world, "refresher", SoakWorld.HOSTILE + 3);
  }

  @Override
  void start() {
    repeat(
        AFTERWARDS_MILLIS,
        () ->
            flood(
                "by a service host",
                new BgpPeer(
                    keep(
                        Connections.plain(
                            world.address(10, 1 + HOST), world.hostPort(), RECEIVE_BUFFER))),
                BgpBytes.open(BgpMessages.OVERLAY_ASN, 1 + HOST, false)));
    repeat(AFTERWARDS_MILLIS, this::listen);
    repeat(
        AFTERWARDS_MILLIS,
        () -> flood("by a node", node.bgp(this, RECEIVE_BUFFER), node.open(false)));
  }

  private void listen() throws IOException, InterruptedException {
    try (ServerSocket server = keep(new ServerSocket())) {
      server.setReuseAddress(true);
      server.setReceiveBufferSize(RECEIVE_BUFFER);
      server.bind(new InetSocketAddress(world.address(20, ROUTER), SoakWorld.BGP_PORT), 1);
      flood(
          "by an upstream",
          new BgpPeer(keep(server.accept())),
          BgpBytes.open(SoakWorld.UPSTREAM_ASN, Octets.ipv4("192.0.2.4"), false));
    }
  }

  private void flood(String who, BgpPeer peer, byte[] open)
      throws IOException, InterruptedException {
    try (peer) {
      peer.establish(open);
      for (int sent = 0; sent < MOST_REQUESTS && !pause(PAUSE_MILLIS); sent += A_WRITE) {
        peer.send(REQUESTS);
        tally.add(who, A_WRITE);
      }
    }
  }
}

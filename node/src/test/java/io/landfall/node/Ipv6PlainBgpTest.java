package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import io.landfall.node.peering.PlainNeighbor;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.PeerInfo.Relation;
import io.landfall.testkit.Await;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** /128 host routes through a Landfall reflector over real TCP, IPv4 and IPv6. */
class Ipv6PlainBgpTest {
  private static final Block BLOCK = Block.parse("fd00:32::/112");
  private static final int SERVICE = 300;
  private static final HostAddress REFLECTOR = BLOCK.host(250);
  private static final HostAddress FRA = BLOCK.host(1);
  private static final HostAddress NYC = BLOCK.host(2);
  private static final int HOLD_SECONDS = 9;

  private final List<PlainOverlay> overlays = new ArrayList<>();

  private PlainOverlay owned(PlainOverlay overlay) {
    overlays.add(overlay);
    return overlay;
  }

  @AfterEach
  void close() {
    overlays.forEach(PlainOverlay::close);
  }

  private PlainOverlay client(HostAddress identity, InetAddress reflector, int port) {
    PlainNeighbor up =
        PlainOverlay.neighbor(REFLECTOR, reflector, Relation.REFLECTOR, Optional.of(port));
    return owned(new PlainOverlay(identity, false, HOLD_SECONDS, List.of(up)));
  }

  @Test
  void aServicesHostRouteGoesThroughTheReflectorAndIsWithdrawnOverIpv4Transport() {
    // A neighbour is known by its address, so fra and nyc connect from one each: 127.0.0.1 is what
    // a socket to 127.63.0.1 gets, and the second one is dialled by the reflector.
    InetAddress here = InetAddress.ofLiteral("127.63.0.1");
    InetAddress there = InetAddress.ofLiteral("127.63.0.2");
    PlainNeighbor toReflector =
        PlainOverlay.neighbor(
            REFLECTOR, InetAddress.ofLiteral("127.0.0.1"), Relation.REFLECTOR, Optional.empty());
    PlainOverlay nyc =
        owned(new PlainOverlay(NYC, false, HOLD_SECONDS, List.of(toReflector))).start();
    int nycPort = nyc.listen(there);
    PlainOverlay reflector =
        owned(
            new PlainOverlay(
                REFLECTOR,
                true,
                HOLD_SECONDS,
                List.of(
                    PlainOverlay.neighbor(
                        FRA, InetAddress.ofLiteral("127.0.0.1"), Relation.CLIENT, Optional.empty()),
                    PlainOverlay.neighbor(NYC, there, Relation.CLIENT, Optional.of(nycPort)))));
    int port = reflector.listen(here);
    reflector.start();
    PlainOverlay fra = client(FRA, here, port).start();
    announceAndWithdraw(fra, nyc);
    assertThat(nyc.refused()).isEqualTo("[]");
    assertThat(reflector.refused()).isEqualTo("[]");
  }

  @Test
  void theSameOverIpv6Transport() {
    InetAddress loopback = InetAddress.ofLiteral("::1");
    PlainNeighbor peer = PlainOverlay.neighbor(FRA, loopback, Relation.CLIENT, Optional.empty());
    PlainOverlay reflector = owned(new PlainOverlay(REFLECTOR, true, HOLD_SECONDS, List.of(peer)));
    int port = reflector.listen(loopback);
    reflector.start();
    PlainOverlay fra = client(FRA, loopback, port).start();
    announceAndWithdraw(fra, reflector);
    assertThat(reflector.peer(FRA).counters().refused()).isZero();
    assertThat(fra.peer(REFLECTOR).endOfRibReceived()).isTrue();
  }

  private static void announceAndWithdraw(PlainOverlay from, PlainOverlay to) {
    HostAddress service = BLOCK.host(SERVICE);
    from.apply(new OverlayEvent.Originate(service, Signal.UP, 3));
    Await.until(
        "the /128 of the service arrives",
        () -> to.nextHops(BLOCK, SERVICE).equals(List.of(FRA.toString())),
        () -> to.nextHops(BLOCK, SERVICE) + " refused " + to.refused());
    from.apply(new OverlayEvent.Originate(service, Signal.DOWN, 0));
    Await.until(
        "it is withdrawn",
        () -> to.nextHops(BLOCK, SERVICE).isEmpty(),
        () -> to.nextHops(BLOCK, SERVICE));
  }
}

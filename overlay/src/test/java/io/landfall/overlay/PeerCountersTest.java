package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import org.junit.jupiter.api.Test;

/** What was exchanged with a peer is counted over all its sessions. */
class PeerCountersTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress API = OverlayNet.host("10.32.1.11");

  private final OverlayNet net = new OverlayNet().entitled(SHOP, API);
  private final Node fra = net.add("fra", "10.32.0.1");
  private final Node nyc = net.add("nyc", "10.32.0.2");

  private static PeerView.Counters counters(Node at) {
    return at.overlay.peers().getFirst().counters();
  }

  private void counted(long announcements, long withdrawals) {
    assertThat(counters(fra).sent().announcements()).isEqualTo(announcements);
    assertThat(counters(fra).sent().withdrawals()).isEqualTo(withdrawals);
    assertThat(counters(nyc).received().announcements()).isEqualTo(announcements);
    assertThat(counters(nyc).received().withdrawals()).isEqualTo(withdrawals);
  }

  private void announceTwoAndWithdrawThem() {
    fra.originate(SHOP, Signal.UP, 0);
    fra.originate(API, Signal.UP, 0);
    net.settle();
    fra.originate(SHOP, Signal.DOWN, 0);
    fra.originate(API, Signal.DOWN, 0);
    net.settle();
  }

  @Test
  void routesThatAreAnnouncedAndWithdrawnAreCountedAtBothEnds() {
    long link = net.join(fra, nyc);
    net.settle();
    counted(1, 0);
    long before = counters(nyc).updatesReceived();
    announceTwoAndWithdrawThem();
    counted(3, 2);
    assertThat(counters(nyc).updatesReceived()).isGreaterThan(before);
    net.cut(link);
    counted(3, 2);
    net.join(fra, nyc);
    net.settle();
    announceTwoAndWithdrawThem();
    counted(6, 4);
  }

  @Test
  void asManyHostsAreCountedAsHaveARoute() {
    FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).connect();
    assertThat(one.overlay.hostCount()).as("its own identity").isEqualTo(1);
    for (int id = 1; id <= 2; id++) {
      one.announce(FedOverlay.attributes(0), FedOverlay.service(0), id);
      assertThat(one.overlay.hostCount()).isEqualTo(2);
    }
    assertThat(one.overlay.queries().pathCount(FedOverlay.service(0))).isEqualTo(2);
    assertThat(one.overlay.queries().pathCount(FedOverlay.service(1))).isZero();
    assertThat(one.overlay.pathCount()).isEqualTo(3);
    assertThat(one.overlay.monitor().pathCount()).isEqualTo(3);
    one.withdraw(FedOverlay.service(0), 1);
    assertThat(one.overlay.hostCount()).isEqualTo(2);
    one.withdraw(FedOverlay.service(0), 2);
    assertThat(one.overlay.hostCount()).isEqualTo(1);
    assertThat(one.overlay.queries().pathCount(FedOverlay.service(0))).isZero();
  }

  /** A daemon that only reflects takes no requests. */
  @Test
  void aNodeWithoutARouteOfItsOwnAdvertisesNone() {
    OverlaySettings usual =
        OverlayNet.meshMember(
            new NodeName("rr"), OverlayNet.host("10.32.0.9"), new Asn(OverlayNet.ASN));
    Node rr =
        net.add(
            new OverlaySettings(
                usual.name(),
                usual.identity(),
                usual.asn(),
                OverlaySettings.Reflection.REFLECTOR,
                usual.limits(),
                usual.costs(),
                usual.directory(),
                OverlaySettings.OwnRoute.NONE));
    net.join(rr, fra, PeerInfo.Relation.CLIENT, PeerInfo.Relation.REFLECTOR);
    net.settle();
    assertThat(rr.overlay.routes()).extracting(RouteView::host).containsExactly(fra.identity);
    assertThat(fra.overlay.route(rr.identity)).isEmpty();
  }
}

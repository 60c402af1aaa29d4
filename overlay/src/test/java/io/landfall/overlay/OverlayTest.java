package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionState;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import io.landfall.overlay.RouteView.PathView;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole overlays, back to back over real BGP bytes. */
class OverlayTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress MEDIA = OverlayNet.host("10.32.1.11");

  private final OverlayNet net = new OverlayNet().entitled(SHOP, MEDIA);
  private Node fra;
  private Node nyc;
  private Node sin;

  @BeforeEach
  void threeSites() {
    fra = net.add("fra", "10.32.0.1");
    nyc = net.add("nyc", "10.32.0.2");
    sin = net.add("sin", "10.32.0.3");
  }

  private static List<PathView> paths(Node node, HostAddress host) {
    return node.overlay.route(host).map(RouteView::paths).orElse(List.of());
  }

  @Test
  void aMeshConvergesOnIdentitiesAndServices() {
    fra.originate(SHOP, Signal.UP, 0);
    nyc.originate(SHOP, Signal.COLD, 5);
    net.mesh();
    assertThat(fra.table()).isEqualTo(nyc.table()).isEqualTo(sin.table());
    assertThat(sin.table())
        .containsOnlyKeys("10.32.0.1", "10.32.0.2", "10.32.0.3", "10.32.1.10")
        .containsEntry("10.32.1.10", List.of("10.32.0.1 UP tier 0", "10.32.0.2 COLD tier 5"));
    assertThat(sin.overlay.route(fra.identity).orElseThrow().nodeIdentity()).isTrue();
    assertThat(sin.overlay.route(SHOP).orElseThrow().nodeIdentity()).isFalse();
  }

  @Test
  void theLowerTierIsBestAndOnlyOnePathIs() {
    fra.originate(SHOP, Signal.UP, 7);
    nyc.originate(SHOP, Signal.UP, 5);
    net.mesh();
    assertThat(paths(sin, SHOP)).extracting(PathView::best).containsExactly(true, false);
    assertThat(paths(sin, SHOP).getFirst().nextHop()).isEqualTo(nyc.identity);
  }

  @Test
  void aWithdrawalReachesEveryNodeInTheStepsThatCarryIt() {
    fra.originate(SHOP, Signal.UP, 0);
    net.mesh();
    fra.originate(SHOP, Signal.DOWN, 0);
    net.settle();
    assertThat(paths(fra, SHOP)).isEmpty();
    assertThat(paths(nyc, SHOP)).isEmpty();
    assertThat(paths(sin, SHOP)).isEmpty();
  }

  @Test
  void aRouteLearnedInTheMeshIsNeverToldOn() {
    fra.originate(SHOP, Signal.UP, 0);
    net.join(fra, nyc);
    net.join(nyc, sin);
    net.settle();
    assertThat(paths(nyc, SHOP)).hasSize(1);
    assertThat(paths(sin, SHOP)).isEmpty();
    assertThat(sin.overlay.refused()).isEmpty();
  }

  @Test
  void sayingTheSameAgainChangesNothingAndSendsNothing() {
    fra.originate(SHOP, Signal.UP, 0);
    net.mesh();
    fra.seen.clear();
    fra.originate(SHOP, Signal.UP, 0);
    assertThat(fra.seen).isEmpty();
  }

  @Test
  void aLostSessionTakesItsRoutesWithItAtOnceAndKeepsTheReason() {
    fra.originate(SHOP, Signal.UP, 0);
    long link = net.join(fra, nyc);
    net.settle();
    nyc.seen.clear();
    net.cut(link);
    assertThat(paths(nyc, SHOP)).isEmpty();
    assertThat(paths(nyc, fra.identity)).isEmpty();
    assertThat(nyc.seen(OverlayEffect.PeerDown.class)).hasSize(1);
    assertThat(nyc.seen(OverlayEffect.RoutesChanged.class).getFirst().cause())
        .isEqualTo(OverlayEffect.Cause.SESSION_LOST);
    net.join(fra, nyc);
    net.settle();
    assertThat(paths(nyc, SHOP)).hasSize(1);
    PeerView peer = nyc.overlay.peers().getFirst();
    assertThat(peer.state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(peer.lastDown().orElseThrow().text()).contains("cut");
    assertThat(peer.counters().established()).isEqualTo(2);
  }

  @Test
  void silenceEndsASessionAfterTheHoldTime() {
    fra.originate(SHOP, Signal.UP, 0);
    net.join(fra, nyc);
    net.settle();
    // Only one side's clock runs, so that it hears nothing.
    net.nowNanos += 9_100_000_000L;
    nyc.step(new OverlayEvent.Tick());
    assertThat(paths(nyc, SHOP)).isEmpty();
    assertThat(nyc.overlay.peers().getFirst().lastDown().orElseThrow().code()).isEqualTo(4);
  }

  @Test
  void sessionsStayUpAsLongAsKeepalivesFlow() {
    net.mesh();
    net.run(60_000_000_000L);
    assertThat(fra.overlay.peers())
        .extracting(PeerView::state)
        .containsExactly(SessionState.ESTABLISHED, SessionState.ESTABLISHED);
  }

  @Test
  void endOfRibWaitsUntilLocalServicesWereEvaluated() {
    net.mesh();
    assertThat(nyc.overlay.peers().getFirst().endOfRibReceived()).isFalse();
    fra.step(new OverlayEvent.LocalServicesEvaluated());
    net.settle();
    assertThat(nyc.overlay.peers().getFirst().endOfRibReceived()).isTrue();
    assertThat(fra.overlay.peers().getFirst().endOfRibSent()).isTrue();
    assertThat(nyc.overlay.peers().getFirst().endOfRibSent()).isFalse();
  }

  @Test
  void aNodeThatIsNotEntitledIsRefusedAndStaysConnected() {
    net.services.remove(MEDIA);
    fra.originate(MEDIA, Signal.UP, 0);
    fra.originate(SHOP, Signal.UP, 0);
    net.mesh();
    assertThat(paths(nyc, MEDIA)).isEmpty();
    assertThat(paths(nyc, SHOP)).hasSize(1);
    RefusedView refused = nyc.overlay.refused().getFirst();
    assertThat(refused.rules()).containsExactly(new RefusedView.RuleCount("not-entitled", 1));
    assertThat(refused.recent().getFirst().what()).isEqualTo("10.32.1.11");
    assertThat(nyc.overlay.peers().getFirst().state()).isEqualTo(SessionState.ESTABLISHED);
    assertThat(nyc.seen(OverlayEffect.Note.class))
        .anyMatch(note -> note.warning() && note.text().contains("not-entitled"));
  }

  @Test
  void anEntitlementThatShrinksDropsAndOneThatGrowsAsksAgain() {
    fra.originate(SHOP, Signal.UP, 0);
    net.mesh();
    net.renew(nyc, fra);
    assertThat(paths(nyc, SHOP)).isEmpty();
    net.renew(nyc, fra, SHOP);
    net.settle();
    assertThat(paths(nyc, SHOP)).hasSize(1);
    assertThat(paths(sin, SHOP)).hasSize(1);
  }

  @Test
  void aDrainSaysDrainingThenWithdrawsThenProvesIt() {
    fra.originate(SHOP, Signal.UP, 3);
    nyc.originate(SHOP, Signal.UP, 9);
    net.mesh();
    fra.step(new OverlayEvent.DrainBegin());
    net.settle();
    assertThat(paths(sin, SHOP))
        .extracting(PathView::signal)
        .containsExactly(Signal.UP, Signal.DRAINING);
    assertThat(paths(sin, SHOP).getFirst().nextHop()).isEqualTo(nyc.identity);
    fra.step(new OverlayEvent.DrainWithdraw(42));
    assertThat(fra.seen(OverlayEffect.BarrierDone.class)).isEmpty();
    net.settle();
    assertThat(paths(sin, SHOP)).hasSize(1);
    assertThat(paths(sin, fra.identity)).hasSize(1);
    assertThat(fra.seen(OverlayEffect.BarrierDone.class))
        .containsExactly(new OverlayEffect.BarrierDone(42, 2, 0));
    fra.step(new OverlayEvent.DrainEnd());
    net.settle();
    assertThat(paths(sin, SHOP)).extracting(PathView::signal).containsExactly(Signal.UP, Signal.UP);
    assertThat(paths(sin, SHOP).getFirst().tier()).isEqualTo(3);
  }

  @Test
  void aBarrierWithoutPeersIsDoneAtOnceAndOneThatIsNotAnsweredEnds() {
    fra.step(new OverlayEvent.DrainWithdraw(1));
    assertThat(fra.seen(OverlayEffect.BarrierDone.class))
        .containsExactly(new OverlayEffect.BarrierDone(1, 0, 0));
    net.mesh();
    fra.step(new OverlayEvent.DrainWithdraw(2));
    net.nowNanos += 2_100_000_000L;
    fra.step(new OverlayEvent.Tick());
    assertThat(fra.seen(OverlayEffect.BarrierDone.class))
        .contains(new OverlayEffect.BarrierDone(2, 0, 2));
  }

  @Test
  void aDeadNextHopIsNotUsedWhileItsSessionIsStillUp() {
    fra.originate(SHOP, Signal.UP, 0);
    nyc.originate(SHOP, Signal.UP, 9);
    net.mesh();
    sin.seen.clear();
    sin.step(new OverlayEvent.NextHop(fra.identity, OverlayEvent.Reachability.DOWN));
    assertThat(paths(sin, SHOP)).extracting(PathView::usable).containsExactly(true, false);
    assertThat(paths(sin, SHOP).getFirst().nextHop()).isEqualTo(nyc.identity);
    assertThat(sin.seen(OverlayEffect.RoutesChanged.class).getFirst().offsets())
        .containsExactly(fra.identity.offset(), SHOP.offset());
    sin.step(new OverlayEvent.NextHop(fra.identity, OverlayEvent.Reachability.UNKNOWN));
    assertThat(paths(sin, SHOP).getFirst().nextHop()).isEqualTo(fra.identity);
  }

  @Test
  void aNewcomerWithALiveIdentityIsRefusedAndBothAreNamed() {
    net.mesh();
    PeerInfo twin =
        new PeerInfo(new NodeName("rogue"), nyc.identity, new TreeSet<>(), Relation.MESH);
    assertThat(fra.overlay.admit(twin, "fp-other"))
        .isInstanceOfSatisfying(
            PeerAdmission.Refused.class,
            refused -> {
              assertThat(refused.rule()).isEqualTo("duplicate-identity");
              assertThat(refused.text()).contains("rogue").contains("nyc").contains("10.32.0.2");
            });
    fra.seen.clear();
    fra.step(new OverlayEvent.LinkUp(twin, "fp-other", 999, Direction.INCOMING));
    assertThat(fra.seen(OverlayEffect.CloseLink.class)).hasSize(1);
    assertThat(fra.seen(OverlayEffect.PeerDown.class)).isEmpty();
    // Late news about the refused stream is about nobody.
    fra.step(new OverlayEvent.LinkClosed(twin.identity(), 999, "closed"));
    assertThat(paths(fra, nyc.identity)).hasSize(1);
  }

  @Test
  void theSameNodeMayComeAgainAndAStrangerMayComeOnceItIsGone() {
    long link = net.join(fra, nyc);
    net.settle();
    PeerInfo again = nyc.info(Relation.MESH);
    assertThat(fra.overlay.admit(again, "fp-nyc")).isInstanceOf(PeerAdmission.Admitted.class);
    assertThat(fra.overlay.admit(again, "fp-new")).isInstanceOf(PeerAdmission.Refused.class);
    net.cut(link);
    assertThat(fra.overlay.admit(again, "fp-new")).isInstanceOf(PeerAdmission.Admitted.class);
  }

  @Test
  void aNewcomerWithOurOwnNameOrIdentityOrALiveNameIsRefused() {
    net.mesh();
    HostAddress free = OverlayNet.host("10.32.0.9");
    assertThat(refusal("fra", free)).isEqualTo("duplicate-name");
    assertThat(refusal("new", fra.identity)).isEqualTo("duplicate-identity");
    assertThat(refusal("nyc", free)).isEqualTo("duplicate-name");
    assertThat(refusal("new", free)).isEqualTo("admitted");
  }

  private String refusal(String name, HostAddress identity) {
    PeerInfo info = new PeerInfo(new NodeName(name), identity, new TreeSet<>(), Relation.MESH);
    return fra.overlay.admit(info, "fp-x") instanceof PeerAdmission.Refused refused
        ? refused.rule()
        : "admitted";
  }

  @Test
  void nothingIsSentWhileTheStreamIsFullAndOnlyTheLastWordAfterwards() {
    long link = net.join(fra, nyc);
    net.settle();
    fra.step(new OverlayEvent.LinkFull(nyc.identity, link));
    fra.seen.clear();
    fra.originate(SHOP, Signal.UP, 0);
    fra.originate(SHOP, Signal.UP, 1);
    fra.originate(SHOP, Signal.UP, 2);
    assertThat(fra.seen(OverlayEffect.Write.class)).isEmpty();
    fra.step(new OverlayEvent.LinkWritable(nyc.identity, link));
    net.settle();
    assertThat(paths(nyc, SHOP)).extracting(PathView::tier).containsExactly(2L);
    // Its identity, and the service once.
    assertThat(fra.overlay.peers().getFirst().counters().sent().announcements()).isEqualTo(2);
  }

  @Test
  void whatComesAndGoesWhileTheStreamIsFullIsNeverTold() {
    long link = net.join(fra, nyc);
    net.settle();
    fra.step(new OverlayEvent.LinkFull(nyc.identity, link));
    fra.seen.clear();
    fra.originate(SHOP, Signal.UP, 0);
    fra.originate(SHOP, Signal.DOWN, 0);
    fra.step(new OverlayEvent.LinkWritable(nyc.identity, link));
    assertThat(fra.seen(OverlayEffect.Write.class)).isEmpty();
  }

  @Test
  void aPeerThatNeverReadsIsCutByTheSendHoldTimer() {
    OverlayLimits limits =
        new OverlayLimits(
            new OverlayLimits.HoldTimes(9, 5),
            new OverlayLimits.PathLimits(100, 100),
            10,
            10,
            100,
            100,
            100);
    Node ams =
        net.add(
            new OverlaySettings(
                new NodeName("ams"),
                OverlayNet.host("10.32.0.4"),
                new Asn(OverlayNet.ASN),
                OverlaySettings.Reflection.NONE,
                limits,
                NodeCosts.equal(),
                NodeDirectory.empty()));
    long link = net.join(ams, nyc);
    net.settle();
    ams.step(new OverlayEvent.LinkFull(nyc.identity, link));
    net.run(6_000_000_000L);
    assertThat(ams.seen(OverlayEffect.PeerDown.class)).hasSize(1);
    assertThat(ams.overlay.peers().getFirst().lastDown().orElseThrow().code()).isEqualTo(8);
    assertThat(paths(ams, nyc.identity)).isEmpty();
  }

  @Test
  void shutdownTellsPeersWhy() {
    net.mesh();
    fra.step(new OverlayEvent.Shutdown("kernel update"));
    net.settle();
    assertThat(nyc.overlay.peers().getFirst().lastDown().orElseThrow())
        .satisfies(
            reason -> {
              assertThat(reason.byPeer()).isTrue();
              assertThat(reason.code()).isEqualTo(6);
              assertThat(reason.isResetByPeer()).as("it does not begin anew").isFalse();
              assertThat(reason.text()).contains("kernel update");
            });
    assertThat(nyc.table()).doesNotContainKey("10.32.0.1");
  }

  @Test
  void aStoppedPeerMayComeBack() {
    net.join(fra, nyc);
    net.settle();
    fra.step(new OverlayEvent.StopPeer(nyc.identity, 3, "revoked"));
    net.settle();
    assertThat(paths(fra, nyc.identity)).isEmpty();
    net.join(fra, nyc);
    net.run(120_000_000_000L);
    net.join(fra, nyc);
    net.settle();
    assertThat(paths(fra, nyc.identity)).hasSize(1);
  }

  @Test
  void onlySoManyPeersAreRememberedAndLiveOnesAreNeverForgotten() {
    OverlayLimits two =
        new OverlayLimits(
            new OverlayLimits.HoldTimes(9, 9),
            new OverlayLimits.PathLimits(100, 100),
            2,
            10,
            100,
            100,
            100);
    Node ams =
        net.add(
            new OverlaySettings(
                new NodeName("ams"),
                OverlayNet.host("10.32.0.4"),
                new Asn(OverlayNet.ASN),
                OverlaySettings.Reflection.NONE,
                two,
                NodeCosts.equal(),
                NodeDirectory.empty()));
    long first = net.join(ams, fra);
    net.join(ams, nyc);
    net.settle();
    assertThat(ams.overlay.admit(sin.info(Relation.MESH), "fp-sin"))
        .isInstanceOf(PeerAdmission.Refused.class);
    net.cut(first);
    net.join(ams, sin);
    net.settle();
    assertThat(ams.overlay.peers())
        .extracting(peer -> peer.info().name().value())
        .containsExactly("nyc", "sin");
  }
}

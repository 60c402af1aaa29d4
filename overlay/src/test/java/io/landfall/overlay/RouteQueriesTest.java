package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.RouteDetail.PathDetail;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator sees when looking closely: why a path is the best, why a session ended. */
class RouteQueriesTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");

  private final OverlayNet net = new OverlayNet().entitled(SHOP);
  private Node fra;
  private Node nyc;
  private Node sin;

  @BeforeEach
  void threeSites() {
    fra = net.add("fra", "10.32.0.1");
    nyc = net.add("nyc", "10.32.0.2");
    sin = net.add("sin", "10.32.0.3");
  }

  /** Writes down what it hears, a line each. */
  private static final class Written implements OverlayListener {
    final List<String> lines = new ArrayList<>();

    @Override
    public void routeChanged(RouteChange change) {
      lines.add(
          change.host()
              + " "
              + change.before().map(Written::hops).orElse("none")
              + " -> "
              + change.after().map(Written::hops).orElse("none")
              + " "
              + change.cause()
              + change.peer().map(peer -> " " + peer).orElse(""));
    }

    private static String hops(RouteView route) {
      return String.join(
          ",",
          route.paths().stream()
              .map(path -> (path.best() ? "*" : "") + path.nextHop() + "=" + path.signal())
              .toList());
    }

    @Override
    public void peerUp(PeerInfo peer) {
      lines.add("up " + peer.name());
    }

    @Override
    public void peerDown(PeerInfo peer, DownReason reason) {
      lines.add("down " + peer.name() + " " + (reason.byPeer() ? "peer" : "us"));
    }

    @Override
    public void refused(PeerInfo peer, String what, String rule, long count) {
      lines.add("refused " + peer.name() + " " + what + " " + rule + " " + count);
    }
  }

  private static List<PathDetail> paths(Node node, HostAddress host) {
    return node.overlay.queries().route(host).orElseThrow().paths();
  }

  private static List<String> why(Node node) {
    return paths(node, SHOP).stream().map(path -> path.rank().sentence()).toList();
  }

  @Test
  void aRouteIsShownWithTheAttributesThatCame() {
    fra.originate(SHOP, Signal.DRAINING, 7);
    net.join(fra, nyc);
    net.settle();
    PathDetail path = paths(nyc, SHOP).getFirst();
    assertThat(path.fromIdentity()).isEqualTo(fra.identity);
    assertThat(path.originator()).isEqualTo(BgpIdentifier.of(fra.identity));
    assertThat(path.attributes().med()).hasValue(7);
    assertThat(path.attributes().localPref()).hasValue(0);
    assertThat(path.attributes().communities().large()).hasToString("[4200000000:1:2]");
    assertThat(path.rank().sentence()).isEqualTo("best: the only path");
    assertThat(nyc.overlay.queries().route(OverlayNet.host("10.32.1.99"))).isEmpty();
  }

  @Test
  void theStepThatDecidedIsNamedWithWhatItCompared() {
    fra.originate(SHOP, Signal.UP, 7);
    nyc.originate(SHOP, Signal.UP, 5);
    net.mesh();
    assertThat(why(sin))
        .containsExactly(
            "best by lower tier (MED): 5, the second has 7",
            "not best: lower tier (MED) wins; the best has 5, this 7");
    fra.originate(SHOP, Signal.UP, 5);
    net.settle();
    assertThat(why(sin))
        .containsExactly(
            "best by lower originator: 10.32.0.1, the second has 10.32.0.2",
            "not best: lower originator wins; the best has 10.32.0.1, this 10.32.0.2");
    fra.originate(SHOP, Signal.DRAINING, 0);
    net.settle();
    assertThat(paths(sin, SHOP).get(1).rank().step()).isEqualTo(DecisionStep.LOCAL_PREF);
  }

  @Test
  void aPathWithADeadNextHopSaysSo() {
    fra.originate(SHOP, Signal.UP, 0);
    nyc.originate(SHOP, Signal.UP, 5);
    net.mesh();
    sin.step(new OverlayEvent.NextHop(fra.identity, OverlayEvent.Reachability.DOWN));
    assertThat(why(sin))
        .containsExactly(
            "best: the only path with a usable next hop",
            "not usable: no live adjacency with its next hop 10.32.0.1");
  }

  @Test
  void theReasonOfTheLastResetSurvivesTheReconnectAndSaysWhoseItWas() {
    net.join(fra, nyc);
    net.settle();
    fra.step(new OverlayEvent.StopPeer(nyc.identity, 2, "maintenance until noon"));
    net.settle();
    net.join(fra, nyc);
    net.settle();

    PeerDetail atNyc = nyc.overlay.queries().peers().getFirst();
    assertThat(atNyc.session().negotiated()).isPresent();
    assertThat(atNyc.session().theirs()).isPresent();
    assertThat(atNyc.session().stats().timesEstablished()).isEqualTo(2);
    DownReason reset = atNyc.session().stats().lastDown().orElseThrow();
    assertThat(reset.byPeer()).isTrue();
    assertThat(reset.text()).isEqualTo("Cease/Administrative Shutdown: maintenance until noon");
    assertThat(atNyc.session().stats().lastNotificationReceived().orElseThrow().text())
        .isEqualTo(reset.text());
    assertThat(atNyc.session().stats().lastNotificationSent()).isEmpty();

    PeerDetail atFra = fra.overlay.queries().peers().getFirst();
    assertThat(atFra.session().stats().lastDown().orElseThrow().byPeer()).isFalse();
    assertThat(atFra.session().stats().lastNotificationSent().orElseThrow().subcode()).isEqualTo(2);
    assertThat(atFra.session().stats().lastNotificationReceived()).isEmpty();
  }

  @Test
  void aCollisionIsNotRememberedAsANotification() {
    net.join(fra, nyc);
    net.settle();
    net.join(nyc, fra);
    net.settle();
    for (Node node : List.of(fra, nyc)) {
      PeerDetail peer = node.overlay.queries().peers().getFirst();
      assertThat(peer.session().stats().lastNotificationSent()).isEmpty();
      assertThat(peer.session().stats().lastNotificationReceived()).isEmpty();
      assertThat(peer.session().stats().lastDown()).isEmpty();
    }
  }

  @Test
  void aPeerIsShownWithBothOpens() {
    net.join(fra, nyc);
    net.settle();
    PeerDetail peer = fra.overlay.queries().peers().getFirst();
    assertThat(peer.session().ours().holdTimeSeconds()).isEqualTo(9);
    assertThat(peer.session().ours().capabilities())
        .isEqualTo(
            nyc.overlay
                .queries()
                .peers()
                .getFirst()
                .session()
                .theirs()
                .orElseThrow()
                .capabilities());
    assertThat(peer.session().prefixesHeld()).isEqualTo(1);
  }

  @Test
  void aWatcherHearsEveryChangeInOrderWithItsCause() {
    nyc.originate(SHOP, Signal.UP, 0);
    long link = net.join(fra, nyc);
    net.settle();
    Written watch = new Written();
    fra.overlay.queries().watch(watch);

    nyc.originate(SHOP, Signal.COLD, 0);
    net.settle();
    fra.originate(SHOP, Signal.UP, 0);
    fra.step(new OverlayEvent.NextHop(nyc.identity, OverlayEvent.Reachability.DOWN));
    net.cut(link);
    assertThat(watch.lines)
        .containsExactly(
            "10.32.1.10 *10.32.0.2=UP -> *10.32.0.2=COLD UPDATE nyc",
            "10.32.1.10 *10.32.0.2=COLD -> *10.32.0.1=UP,10.32.0.2=COLD LOCAL",
            "10.32.0.2 *10.32.0.2=UP -> 10.32.0.2=UP NEXT_HOP nyc",
            "10.32.1.10 *10.32.0.1=UP,10.32.0.2=COLD -> *10.32.0.1=UP,10.32.0.2=COLD NEXT_HOP nyc",
            "down nyc peer",
            "10.32.0.2 10.32.0.2=UP -> none SESSION_LOST nyc",
            "10.32.1.10 *10.32.0.1=UP,10.32.0.2=COLD -> *10.32.0.1=UP SESSION_LOST nyc");

    watch.lines.clear();
    fra.overlay.queries().unwatch();
    net.join(fra, nyc);
    net.settle();
    assertThat(watch.lines).isEmpty();
  }

  @Test
  void aWatcherHearsOfPeersAndRefusals() {
    Written watch = new Written();
    fra.overlay.queries().watch(watch);
    nyc.originate(OverlayNet.host("10.32.1.77"), Signal.UP, 0);
    net.join(fra, nyc);
    net.settle();
    assertThat(watch.lines)
        .contains("up nyc", "refused nyc 10.32.1.77 not-entitled 1")
        .contains("10.32.0.2 none -> *10.32.0.2=UP UPDATE nyc");
  }

  @Test
  void aNewWatchForgetsWhatTheOneBeforeHasSeen() {
    nyc.originate(SHOP, Signal.UP, 0);
    net.join(fra, nyc);
    net.settle();
    fra.overlay.queries().watch(new Written());
    fra.overlay.queries().unwatch();
    nyc.originate(SHOP, Signal.COLD, 0);
    net.settle();
    Written watch = new Written();
    fra.overlay.queries().watch(watch);
    nyc.originate(SHOP, Signal.DOWN, 0);
    net.settle();
    assertThat(watch.lines).containsExactly("10.32.1.10 *10.32.0.2=COLD -> none UPDATE nyc");
  }

  @Test
  void theBestPathIsMarkedAndANodesIdentityIsShown() {
    fra.originate(SHOP, Signal.UP, 7);
    nyc.originate(SHOP, Signal.UP, 5);
    net.mesh();
    assertThat(paths(sin, SHOP))
        .extracting(path -> path.path().best())
        .containsExactly(true, false);
    assertThat(sin.overlay.queries().route(SHOP).orElseThrow().nodeIdentity()).isFalse();
    assertThat(sin.overlay.queries().route(fra.identity).orElseThrow().nodeIdentity()).isTrue();
    assertThat(sin.overlay.route(SHOP).orElseThrow().nodeIdentity()).isFalse();
    assertThat(sin.overlay.route(fra.identity).orElseThrow().nodeIdentity()).isTrue();
    assertThat(sin.overlay.route(SHOP).orElseThrow().paths())
        .extracting(path -> path.learned().from().orElseThrow().value())
        .containsExactly("nyc", "fra");
    assertThat(fra.overlay.route(fra.identity).orElseThrow().paths().getFirst().learned().from())
        .as("its own")
        .isEmpty();
    assertThat(sin.overlay.offers(SHOP)).extracting(ServicePath::tier).containsExactly(5L, 7L);
    assertThat(sin.overlay.offers(OverlayNet.host("10.32.1.99"))).isEmpty();
  }
}

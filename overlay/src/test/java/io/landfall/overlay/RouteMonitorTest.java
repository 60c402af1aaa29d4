package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a watcher hears and reads of an overlay. */
class RouteMonitorTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress SECRET = OverlayNet.host("10.32.1.11");

  private final OverlayNet net = new OverlayNet().entitled(SHOP);
  private final OverlayNet.Node fra = net.add("fra", "10.32.0.1");
  private final OverlayNet.Node nyc = net.add("nyc", "10.32.0.2");

  private List<MonitoringEvent> heard() {
    return fra.seen(OverlayEffect.Monitored.class).stream()
        .map(OverlayEffect.Monitored::what)
        .toList();
  }

  private <T extends MonitoringEvent> List<T> heard(Class<T> type) {
    return heard().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private List<String> table() {
    List<String> lines = new ArrayList<>();
    RouteMonitor.Walk walk = fra.overlay.monitor().walk();
    while (walk.hasMore()) {
      walk.slice(
          1,
          (host, paths) ->
              paths.forEach(
                  path ->
                      lines.add(
                          host
                              + " from "
                              + path.from().map(HostAddress::toString).orElse("-")
                              + (path.usable() ? "" : " unusable"))));
    }
    return lines;
  }

  @Test
  void aClosedTapSaysNothing() {
    net.mesh();
    nyc.originate(SHOP, Signal.UP, 0);
    net.settle();
    assertThat(heard()).isEmpty();
  }

  @Test
  void itHearsTheSessionComeUpSpeakAndEndInThisOrder() {
    fra.overlay.monitor().open();
    fra.overlay.monitor().wantUpdates(true);
    net.mesh();
    nyc.originate(SHOP, Signal.UP, 0);
    net.settle();
    nyc.step(new OverlayEvent.Shutdown("bye"));
    net.settle();

    assertThat(heard().getFirst()).isInstanceOf(MonitoringEvent.PeerUp.class);
    assertThat(heard().getLast()).isInstanceOf(MonitoringEvent.PeerDown.class);
    MonitoringEvent.PeerUp up = heard(MonitoringEvent.PeerUp.class).getFirst();
    assertThat(up.peer().name()).hasToString("nyc");
    assertThat(up.sentOpen()[18]).as("type OPEN").isEqualTo((byte) 1);
    assertThat(up.receivedOpen()[18]).isEqualTo((byte) 1);
    // Its identity, the service, and End-of-RIB once its services were evaluated (not here).
    assertThat(heard(MonitoringEvent.Update.class)).hasSize(2);
    MonitoringEvent.PeerDown down = heard(MonitoringEvent.PeerDown.class).getFirst();
    assertThat(down.reason().byPeer()).isTrue();
    assertThat(down.notification()).startsWith(new byte[] {(byte) 0xff}).hasSizeGreaterThan(21);
  }

  @Test
  void anOpenTapThatWantsNoUpdatesHearsOnlyOfSessions() {
    fra.overlay.monitor().open();
    net.mesh();
    nyc.originate(SHOP, Signal.UP, 0);
    net.settle();
    assertThat(heard()).hasSize(1);
  }

  @Test
  void itHearsARouteThatIsRefusedAndReadsOnlyWhatWasAccepted() {
    fra.overlay.monitor().open();
    fra.overlay.monitor().wantUpdates(true);
    net.mesh();
    int before = heard(MonitoringEvent.Update.class).size();
    nyc.originate(SECRET, Signal.UP, 0);
    nyc.originate(SHOP, Signal.UP, 0);
    net.settle();

    assertThat(heard(MonitoringEvent.Update.class)).hasSize(before + 2);
    assertThat(table())
        .containsExactly(
            "10.32.0.1 from -", "10.32.0.2 from 10.32.0.2", "10.32.1.10 from 10.32.0.2");
    RouteMonitor.PeerCounts counts = fra.overlay.monitor().counts(nyc.identity).orElseThrow();
    assertThat(counts.rejected()).isEqualTo(1);
    assertThat(counts.prefixesReceived()).isEqualTo(3);
    assertThat(counts.clusterLoops() + counts.originatorLoops()).isZero();
  }

  @Test
  void aPathWhoseNextHopIsProvedDeadIsThereAndNotUsable() {
    net.mesh();
    fra.step(new OverlayEvent.NextHop(nyc.identity, OverlayEvent.Reachability.DOWN));
    assertThat(table()).contains("10.32.0.2 from 10.32.0.2 unusable");
  }

  /** However many paths a host has, a slice shows no more than it may, and none is left out. */
  @Test
  void aWalkMayPauseInsideAHost() {
    FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).connect();
    for (int id = 1; id <= OverlayLimits.PATHS_PER_HOST_OF_A_NODE; id++) {
      one.announce(FedOverlay.attributes(id), FedOverlay.service(0), id);
    }
    List<Integer> shown = new ArrayList<>();
    RouteMonitor.Walk walk = one.overlay.monitor().walk();
    for (int slice = 0; walk.hasMore(); slice++) {
      int before = shown.size();
      walk.slice(5, (host, paths) -> paths.forEach(path -> shown.add(path.receivedPathId())));
      assertThat(shown.size() - before).isLessThanOrEqualTo(5);
      if (slice == 1) {
        one.withdraw(FedOverlay.service(0), 1);
        one.withdraw(FedOverlay.service(0), OverlayLimits.PATHS_PER_HOST_OF_A_NODE);
      }
    }
    assertThat(shown).as("the node's own, and what was there all the time").contains(0).contains(8);
    assertThat(shown).doesNotHaveDuplicates();
  }

  @Test
  void changedPathsAreNamedWhileTheyAreWantedAndOneByOne() {
    FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).connect();
    RouteMonitor monitor = one.overlay.monitor();
    for (int id = 1; id <= OverlayLimits.PATHS_PER_HOST_OF_A_NODE; id++) {
      one.announce(FedOverlay.attributes(id), FedOverlay.service(0), id);
    }
    assertThat(changed(one)).isEmpty();
    monitor.wantChanges(true);
    one.announce(FedOverlay.attributes(99), FedOverlay.service(0), 3);
    assertThat(changed(one))
        .singleElement()
        .satisfies(
            id -> {
              RouteMonitor.MonitoredPath path = monitor.path(id).orElseThrow();
              assertThat(path.receivedPathId()).isEqualTo(3);
              assertThat(path.attributes().med()).hasValue(99);
            });
    one.withdraw(FedOverlay.service(0), 3);
    assertThat(changed(one)).singleElement().matches(id -> monitor.path(id).isEmpty());
    one.lose();
    assertThat(changed(one)).hasSize(OverlayLimits.PATHS_PER_HOST_OF_A_NODE - 1);
    monitor.wantChanges(false);
    one.connect();
    one.announce(FedOverlay.attributes(1), FedOverlay.service(0), 1);
    assertThat(changed(one)).isEmpty();
  }

  private static List<Integer> changed(FedOverlay one) {
    List<Integer> ids = new ArrayList<>();
    for (OverlayEffect effect : one.effects) {
      if (effect instanceof OverlayEffect.PathsChanged paths) {
        for (int id : paths.ownPathIds()) {
          ids.add(id);
        }
      }
    }
    one.effects.clear();
    return ids;
  }

  @Test
  void whatIsCountedAsRejectedByPolicyNamesPrefixesAndNotAttributes() {
    assertThat(ImportRule.isLabel("not-entitled")).isTrue();
    assertThat(HostRouteCodec.isRule(HostRouteCodec.OUTSIDE_BLOCK)).isTrue();
    assertThat(ImportRule.isLabel("unwanted-attribute")).isFalse();
    assertThat(HostRouteCodec.isRule("unwanted-attribute")).isFalse();
  }

  @Test
  void whatAPeerSendsComesWithWhatItIsEntitledToByThen() {
    FedWorld world = new FedWorld(Backlog.SLICE_PATHS);
    world.overlay.monitor().open();
    world.overlay.monitor().wantUpdates(true);
    FedPeer peer = world.connect(world.add(1, PeerInfo.Relation.CLIENT, true));
    TreeSet<HostAddress> one = new TreeSet<>(List.of(FedWorld.service(0)));
    world.renew(peer, one);
    world.effects.clear();
    peer.announce(
        FedWorld.attributes(peer.info.identity(), 0, OptionalInt.empty()),
        List.of(new Nlri<>(FedWorld.service(0), 1)));
    assertThat(world.effects)
        .filteredOn(OverlayEffect.Monitored.class::isInstance)
        .extracting(effect -> ((OverlayEffect.Monitored) effect).what())
        .filteredOn(MonitoringEvent.Update.class::isInstance)
        .singleElement()
        .satisfies(
            update ->
                assertThat(((MonitoringEvent.Update) update).peer().services()).isEqualTo(one));
  }
}

package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What it costs to advertise the best of many paths: counted, since time proves nothing. */
class ManyPathsOutTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final HostAddress FRA = OverlayNet.host("10.32.0.1");
  private static final HostAddress NYC = OverlayNet.host("10.32.0.2");
  private static final int PATHS = 4_000;
  private static final int BUDGET = 100;

  private final OverlaySettings config =
      new OverlaySettings(
          new NodeName("rr"),
          OverlayNet.host("10.32.0.250"),
          new Asn(OverlayNet.ASN),
          OverlaySettings.Reflection.REFLECTOR,
          OverlayLimits.usual(),
          NodeCosts.equal(),
          NodeDirectory.empty());
  private final Rib rib = new Rib(config, bound -> 0);
  private final UsableNextHops nextHops = new UsableNextHops(config.identity().offset());
  private final AdjRibOut.Shared shared =
      new AdjRibOut.Shared(
          rib, nextHops, BgpIdentifier.of(config.identity()), true, Family.IPV4_UNICAST);
  private final Source relay = session(FRA, Relation.RELAY);
  private int updates;
  private int routes;

  private final Outbox outbox =
      new Outbox() {
        @Override
        public void update(UpdateMessage<HostAddress> update) {
          updates += update.endOfRib().isPresent() ? 0 : 1;
          routes += update.announced().size();
        }

        @Override
        public void refreshMarker(int subtype) {}
      };

  private static Source session(HostAddress node, Relation relation) {
    NodeName name = new NodeName("n" + node.offset());
    return Source.session(new PeerInfo(name, node, new TreeSet<>(), relation), 100_000);
  }

  private void say(HostAddress host, int pathId, int tier) {
    AttributeSet set =
        rib.intern(
            relay, FedOverlay.attributes(tier), FedOverlay.PEER, BgpIdentifier.of(FedOverlay.PEER));
    assertThat(rib.announce(relay, host, pathId, set, 1)).isNull();
    rib.done(set);
    rib.takeChanges();
  }

  private AdjRibOut out(HostAddress to, boolean addPath, int pathsLimit) {
    return new AdjRibOut(
        shared, session(to, Relation.CLIENT), addPath, pathsLimit, config.block().size());
  }

  private void drainAll(AdjRibOut out) {
    for (int i = 0; out.hasPending(true); i++) {
      assertThat(i).as("a drain makes progress").isLessThan(10 * PATHS);
      out.drain(outbox, BUDGET, true);
    }
  }

  /** The best path stays, and others change one by one. */
  private long costOfEachChange(AdjRibOut out) {
    for (int id = 1; id <= PATHS; id++) {
      say(SHOP, id, id == 1 ? 1 : 7);
    }
    drainAll(out);
    long before = out.pathsLookedAt();
    for (int id = 2; id <= PATHS; id++) {
      say(SHOP, id, 8);
      drainAll(out);
    }
    return out.pathsLookedAt() - before;
  }

  @Test
  void aChangeOfOnePathCostsALookAtTheBest() {
    // NYC is the originator, so the client is another.
    AdjRibOut out = out(OverlayNet.host("10.32.0.3"), false, 0);
    assertThat(costOfEachChange(out)).isLessThanOrEqualTo(PATHS);
    assertThat(routes).as("sent once").isEqualTo(1);
  }

  @Test
  void aPeerThatNamesALargeLimitGetsNoMoreThanTheMost() {
    AdjRibOut out = out(OverlayNet.host("10.32.0.3"), true, 60_000);
    assertThat(costOfEachChange(out)).isLessThanOrEqualTo((long) PATHS * AdvertisedPaths.MOST);
    assertThat(routes).isGreaterThanOrEqualTo(AdvertisedPaths.MOST);
  }

  @Test
  void pathsThatMayNotGoUseUpTheTurnOfWhoeverLooksAtThem() {
    for (int id = 1; id <= PATHS; id++) {
      say(SHOP, id, 7);
    }
    // All of them were originated by the client itself.
    AdjRibOut out = out(NYC, false, 0);
    out.drain(outbox, BUDGET, true);
    assertThat(out.pathsLookedAt()).as("one host is looked at as a whole").isEqualTo(PATHS);
    say(OverlayNet.host("10.32.1.11"), 1, 7);
    out.drain(outbox, 1, true);
    drainAll(out);
    assertThat(updates).isZero();
  }

  @Test
  void nextHopsThatChangeAreReconsideredInTurnsAndNothingIsLeftOut() {
    nextHops.setEstablished(NYC.offset(), true);
    int hosts = 150;
    for (int i = 0; i < hosts; i++) {
      say(FedOverlay.service(i), 1, 7);
    }
    AdjRibOut out = out(OverlayNet.host("10.32.0.3"), false, 0);
    drainAll(out);
    long before = out.pathsLookedAt();
    out.reconsider();
    out.drain(outbox, BUDGET, true);
    assertThat(out.pathsLookedAt() - before).as("one turn").isEqualTo(BUDGET);
    assertThat(out.hasPending(true)).isTrue();
    out.reconsider();
    drainAll(out);
    assertThat(out.pathsLookedAt() - before)
        .as("all that the second change concerns, after the first turn")
        .isEqualTo(BUDGET + hosts);
    assertThat(routes).isEqualTo(hosts);
  }
}

package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Family;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Asn;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The order and the packing of what leaves. */
class AdjRibOutTest {
  private static final int BUDGET = 1_000;

  private final OverlaySettings config =
      OverlayNet.meshMember(
          new NodeName("fra"), OverlayNet.host("10.32.0.1"), new Asn(OverlayNet.ASN));
  private final Rib rib = new Rib(config, bound -> 0);
  private final LocalServices services = new LocalServices(config, rib);
  private final AdjRibOut.Shared shared =
      new AdjRibOut.Shared(
          rib,
          new UsableNextHops(config.identity().offset()),
          BgpIdentifier.of(config.identity()),
          false,
          Family.IPV4_UNICAST);

  /** Writes down what leaves, one line for each message. */
  private static final class Log implements Outbox {
    final List<String> lines = new ArrayList<>();

    @Override
    public void update(UpdateMessage<HostAddress> update) {
      if (update.endOfRib().isPresent()) {
        lines.add("EoR");
      } else if (update.attributes().isPresent()) {
        lines.add(
            "+"
                + update.announced().stream().map(n -> n.prefix().offset() - 256).toList()
                + " tier "
                + update.attributes().get().med().getAsLong());
      } else {
        lines.add("-" + update.withdrawn().stream().map(n -> n.prefix().offset() - 256).toList());
      }
    }

    @Override
    public void refreshMarker(int subtype) {
      lines.add(subtype == BEGIN_OF_REFRESH ? "BoRR" : "EoRR");
    }

    List<String> take() {
      List<String> taken = List.copyOf(lines);
      lines.clear();
      return taken;
    }
  }

  private final Log log = new Log();

  private AdjRibOut reader() {
    PeerInfo peer =
        new PeerInfo(
            new NodeName("nyc"), OverlayNet.host("10.32.0.2"), new TreeSet<>(), Relation.MESH);
    return new AdjRibOut(shared, Source.session(peer, 10), false, 0, config.block().size());
  }

  private void say(int service, Signal signal, int tier) {
    services.set(OverlayNet.BLOCK.host(256 + service), signal, tier, 1);
  }

  private List<String> drain(AdjRibOut out, int budget, boolean evaluated) {
    out.drain(log, budget, evaluated);
    return log.take();
  }

  @Test
  void routesWithTheSameAttributesLeaveInOneMessage() {
    say(1, Signal.UP, 0);
    say(2, Signal.UP, 7);
    say(3, Signal.UP, 0);
    say(4, Signal.UP, 7);
    assertThat(drain(reader(), BUDGET, false)).containsExactly("+[1, 3] tier 0", "+[2, 4] tier 7");
  }

  @Test
  void whatIsLeftOfABudgetIsForTheNextPeer() {
    for (int service = 1; service <= 3; service++) {
      say(service, Signal.UP, 0);
    }
    AdjRibOut out = reader();
    assertThat(out.drain(log, BUDGET, false)).isEqualTo(BUDGET - 3);
    assertThat(out.announcementsSent()).isEqualTo(3);
    say(1, Signal.DOWN, 0);
    say(2, Signal.DOWN, 0);
    assertThat(out.drain(log, 1, false)).isZero();
    assertThat(out.withdrawalsSent()).isEqualTo(1);
    assertThat(out.drain(log, BUDGET, false)).isEqualTo(BUDGET - 1);
    assertThat(out.withdrawalsSent()).isEqualTo(2);
    say(3, Signal.DOWN, 0);
    rib.setHolding(true);
    assertThat(out.drain(log, BUDGET, false)).as("announcements wait").isEqualTo(BUDGET - 1);
  }

  @Test
  void withdrawalsLeaveBeforeAnnouncementsThatWereThereEarlier() {
    say(1, Signal.UP, 0);
    AdjRibOut out = reader();
    assertThat(drain(out, BUDGET, false)).containsExactly("+[1] tier 0");
    say(2, Signal.UP, 0);
    say(1, Signal.DOWN, 0);
    assertThat(drain(out, BUDGET, false)).containsExactly("-[1]", "+[2] tier 0");
  }

  @Test
  void theLastWordOfEachRouteIsAllThatLeaves() {
    AdjRibOut out = reader();
    say(1, Signal.UP, 0);
    assertThat(drain(out, BUDGET, false)).containsExactly("+[1] tier 0");
    say(1, Signal.DOWN, 0);
    say(1, Signal.UP, 3);
    say(2, Signal.UP, 0);
    say(2, Signal.DOWN, 0);
    assertThat(drain(out, BUDGET, false)).containsExactly("+[1] tier 3");
    assertThat(out.hasPending(false)).isFalse();
  }

  @Test
  void aDrainStopsAtItsBudgetAndTheNextGoesOnThere() {
    for (int i = 0; i < 5; i++) {
      say(i, Signal.UP, 0);
    }
    AdjRibOut out = reader();
    assertThat(drain(out, 2, true)).containsExactly("+[0, 1] tier 0");
    say(0, Signal.DOWN, 0);
    say(3, Signal.UP, 9);
    assertThat(out.hasPending(true)).isTrue();
    assertThat(drain(out, 3, true)).containsExactly("-[0]", "+[2, 4] tier 0");
    assertThat(drain(out, 3, true)).containsExactly("+[3] tier 9", "EoR");
    assertThat(drain(out, 3, true)).isEmpty();
    assertThat(out.hasPending(true)).isFalse();
  }

  @Test
  void endOfRibFollowsTheInitialRoutesOnceAndOnlyWhenServicesWereEvaluated() {
    say(1, Signal.UP, 0);
    AdjRibOut out = reader();
    assertThat(drain(out, BUDGET, false)).containsExactly("+[1] tier 0");
    assertThat(out.hasPending(false)).isFalse();
    assertThat(drain(out, BUDGET, true)).containsExactly("EoR");
    say(2, Signal.UP, 0);
    assertThat(drain(out, BUDGET, true)).containsExactly("+[2] tier 0");
  }

  @Test
  void aRefreshIsEverythingBetweenItsMarkers() {
    say(1, Signal.UP, 0);
    say(2, Signal.UP, 0);
    AdjRibOut out = reader();
    drain(out, BUDGET, true);
    say(1, Signal.DOWN, 0);
    out.askRefresh();
    assertThat(drain(out, 1, true)).containsExactly("BoRR", "-[1]");
    assertThat(drain(out, BUDGET, true)).containsExactly("+[2] tier 0", "EoRR");
    assertThat(out.hasPending(true)).isFalse();
  }

  @Test
  void withdrawnRoutesAreKeptOnlyUntilEveryReaderHasReadThem() {
    AdjRibOut fast = reader();
    AdjRibOut slow = reader();
    say(1, Signal.UP, 0);
    drain(fast, BUDGET, true);
    drain(slow, BUDGET, true);
    for (int i = 0; i < 100; i++) {
      say(1, Signal.DOWN, 0);
      say(1, Signal.UP, i);
      drain(fast, BUDGET, true);
    }
    say(1, Signal.DOWN, 0);
    drain(fast, BUDGET, true);
    rib.takeChanges();
    rib.reclaim(Math.min(fast.withdrawnRead(), slow.withdrawnRead()), Integer.MAX_VALUE);
    assertThat(rib.journal().withdrawnEntries()).isEqualTo(1);
    assertThat(drain(slow, BUDGET, true)).containsExactly("-[1]");
    rib.reclaim(Math.min(fast.withdrawnRead(), slow.withdrawnRead()), Integer.MAX_VALUE);
    assertThat(rib.journal().withdrawnEntries()).isZero();
    assertThat(rib.host(257)).isNull();
  }

  @Test
  void aStepDropsNoMoreReadWithdrawalsThanItIsGiven() {
    for (int i = 1; i <= 5; i++) {
      say(i, Signal.UP, 0);
    }
    for (int i = 1; i <= 5; i++) {
      say(i, Signal.DOWN, 0);
    }
    long all = rib.journal().lastSequence();

    assertThat(rib.reclaim(all, 3)).as("there are more").isTrue();
    assertThat(rib.journal().withdrawnEntries()).isEqualTo(2);
    assertThat(rib.reclaim(all, 3)).isFalse();
    assertThat(rib.journal().withdrawnEntries()).isZero();
  }
}

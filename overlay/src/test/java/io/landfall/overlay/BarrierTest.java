package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayEffect.BarrierDone;
import io.landfall.overlay.OverlayNet.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The proof that peers have processed a withdrawal, and what becomes of those that cannot give it.
 */
class BarrierTest {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final long MILLI = 1_000_000;

  private final OverlayNet net = new OverlayNet().entitled(SHOP);
  private final Node fra = net.add("fra", "10.32.0.1");
  private final Node nyc = net.add("nyc", "10.32.0.2");
  private final Node sin = net.add("sin", "10.32.0.3");

  private List<BarrierDone> done() {
    return fra.seen(BarrierDone.class);
  }

  private void tick() {
    fra.step(new OverlayEvent.Tick());
  }

  @Test
  void whoDoesNotAnswerIsSkippedWhenTheTimeIsOverAndNotBefore() {
    net.mesh();
    fra.step(new OverlayEvent.DrainWithdraw(7));
    long millis = OverlayLimits.usual().barrierMillis();
    net.nowNanos += millis * MILLI - 1;
    tick();
    assertThat(done()).isEmpty();
    assertThat(fra.overlay.deadlineNanos().orElseThrow()).isLessThanOrEqualTo(net.nowNanos + 1);
    net.nowNanos += 1;
    tick();
    assertThat(done()).containsExactly(new BarrierDone(7, 0, 2));
    net.settle();
    assertThat(done()).as("an answer that comes later").hasSize(1);
  }

  @Test
  void whoGoesAwayIsSkippedAtOnce() {
    long toNyc = net.join(fra, nyc);
    net.join(fra, sin);
    net.settle();
    fra.originate(SHOP, Signal.UP, 0);
    net.settle();
    fra.step(new OverlayEvent.DrainWithdraw(7));
    net.cut(toNyc);
    assertThat(done()).as("the other one is waited for").isEmpty();
    net.settle();
    assertThat(done()).containsExactly(new BarrierDone(7, 1, 1));
  }

  @Test
  void theLastOneThatGoesAwayEndsIt() {
    long link = net.join(fra, nyc);
    net.settle();
    fra.step(new OverlayEvent.DrainWithdraw(7));
    net.cut(link);
    assertThat(done()).containsExactly(new BarrierDone(7, 0, 1));
  }

  /** The peer's OPEN has no Enhanced Route Refresh (RFC 7313). */
  @Test
  void whoDoesNotMarkItsRefreshesCannotBeAsked() {
    FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).withoutEnhancedRouteRefresh().connect();
    one.effects.clear();
    one.step(new OverlayEvent.DrainWithdraw(7));
    assertThat(one.effects).contains(new BarrierDone(7, 0, 1));
  }

  @Test
  void aNewerBarrierTakesTheOldersPlace() {
    net.mesh();
    fra.step(new OverlayEvent.DrainWithdraw(7));
    fra.step(new OverlayEvent.DrainWithdraw(8));
    net.settle();
    assertThat(done()).containsExactly(new BarrierDone(8, 2, 0));
  }
}

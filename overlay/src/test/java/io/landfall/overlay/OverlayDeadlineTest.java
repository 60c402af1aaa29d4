package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.core.Now;
import io.landfall.overlay.OverlayEffect.Cause;
import io.landfall.overlay.OverlayNet.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an overlay wants its next tick, and in which order it reports what happened in one step. */
class OverlayDeadlineTest {
  private static final long MILLI = 1_000_000;

  @Test
  void nothingIsDueBeforeTheDeadlineAndSomethingIsAtIt() {
    OverlayNet net = new OverlayNet();
    Node fra = net.add("fra", "10.32.0.1");
    assertThat(fra.overlay.deadlineNanos()).isEmpty();
    for (String peer : List.of("2", "3", "4", "5")) {
      net.join(fra, net.add("n" + peer, "10.32.0." + peer));
      net.settle();
      net.nowNanos += 137 * MILLI;
    }
    for (int i = 0; i < 12; i++) {
      long due = fra.overlay.deadlineNanos().orElseThrow();
      assertThat(fra.overlay.step(new OverlayEvent.Tick(), due - 1)).isEmpty();
      assertThat(fra.overlay.deadlineNanos()).hasValue(due);
      assertThat(fra.overlay.step(new OverlayEvent.Tick(), new Now(due, 0))).isNotEmpty();
    }
  }

  @Test
  void whatChangedBeforeASessionIsLostIsReportedAsThat() {
    FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).connect();
    HostAddress service = FedOverlay.service(0);
    one.effects.clear();
    one.announceAndCease(FedOverlay.attributes(0), service, 1);
    List<Cause> causes = new ArrayList<>();
    for (OverlayEffect effect : one.effects) {
      if (effect instanceof OverlayEffect.RoutesChanged change
          && Arrays.stream(change.offsets()).anyMatch(offset -> offset == service.offset())) {
        causes.add(change.cause());
      }
    }
    assertThat(causes).containsExactly(Cause.UPDATE, Cause.SESSION_LOST);
    assertThat(one.overlay.route(service)).isEmpty();
  }
}

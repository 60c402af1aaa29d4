package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.overlay.RouteMonitor.MonitoredPath;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The walk over all paths by their identifiers, and what becomes of an identifier. */
class PathWalkTest {
  private static final int PATHS = 40;

  private final FedOverlay one = new FedOverlay(PeerInfo.Relation.MESH).connect();
  private final RouteMonitor monitor = one.overlay.monitor();

  private void fill() {
    for (int i = 0; i < PATHS; i++) {
      one.announce(FedOverlay.attributes(i), FedOverlay.service(i), 1);
    }
  }

  @Test
  void everyPathIsShownOnceHoweverOftenTheVisitorPauses() {
    fill();
    for (int atATime : new int[] {1, 3, PATHS + 1, 1_000}) {
      List<Integer> shown = new ArrayList<>();
      OptionalInt next = OptionalInt.of(1);
      int calls = 0;
      while (next.isPresent()) {
        int[] left = {atATime};
        next =
            monitor.walkPaths(
                next.getAsInt(),
                path -> {
                  shown.add(path.ownPathId());
                  return --left[0] > 0;
                });
        calls++;
      }
      assertThat(shown).hasSize(PATHS + 1).doesNotHaveDuplicates().isSorted();
      assertThat(calls).isBetween((PATHS + 1 + atATime - 1) / atATime, PATHS / atATime + 2);
    }
  }

  @Test
  void pathsThatAreGoneAreLeftOutAndBehindTheLastThereIsNone() {
    fill();
    for (int i = 0; i < PATHS; i += 2) {
      one.withdraw(FedOverlay.service(i), 1);
    }
    List<MonitoredPath> shown = new ArrayList<>();
    assertThat(monitor.walkPaths(1, shown::add)).isEmpty();
    assertThat(shown).hasSize(PATHS / 2 + 1);
    assertThat(shown.stream().filter(path -> path.from().isPresent()))
        .allMatch(path -> (path.host().offset() - FedOverlay.FIRST_SERVICE) % 2 == 1);
    assertThat(monitor.walkPaths(10_000, shown::add)).isEmpty();
    assertThat(shown).hasSize(PATHS / 2 + 1);
    for (int id = -1; id <= 200; id++) {
      assertThat(monitor.path(id).map(MonitoredPath::ownPathId).orElse(id)).isEqualTo(id);
    }
  }

  @Test
  void theIdentifierOfAPathThatIsGoneIsGivenAgain() {
    for (int i = 0; i < 1_000; i++) {
      one.announce(FedOverlay.attributes(0), FedOverlay.service(0), 1 + i);
      one.withdraw(FedOverlay.service(0), 1 + i);
    }
    one.announce(FedOverlay.attributes(0), FedOverlay.service(0), 1);
    List<Integer> ids = new ArrayList<>();
    monitor.walkPaths(1, path -> ids.add(path.ownPathId()));
    assertThat(ids).hasSize(2).allMatch(id -> id < 10);
  }

  @Test
  void asManyPathsAsChangeInOneStepAreNamed() {
    fill();
    monitor.wantChanges(true);
    one.effects.clear();
    one.lose();
    int named = 0;
    for (OverlayEffect effect : one.effects) {
      named +=
          effect instanceof OverlayEffect.PathsChanged changed ? changed.ownPathIds().length : 0;
    }
    assertThat(named).isEqualTo(PATHS);
  }
}

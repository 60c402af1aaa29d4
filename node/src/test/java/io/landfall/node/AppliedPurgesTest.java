package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.fleet.FleetPurge;
import io.landfall.cache.fleet.LogId;
import io.landfall.cache.fleet.PurgeMessage;
import io.landfall.cache.fleet.Segment;
import io.landfall.core.NodeName;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.PurgeOrder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What leaves before a disk has taken a purge down, and what does not. */
class AppliedPurgesTest {
  private static final PurgeMessage.Request COMPARE = new PurgeMessage.Compare(List.of(), false);
  private static final PurgeMessage.Request PUSH =
      new PurgeMessage.Push(
          new Segment(
              new LogId(new NodeName("fra"), 1),
              1,
              true,
              List.of(new FleetPurge(FleetPurge.Kind.TAG, "a", false))));

  private final CompletableFuture<Void> inMemory = new CompletableFuture<>();
  private final CompletableFuture<Void> onDisk = new CompletableFuture<>();
  private final AppliedPurges applied = new AppliedPurges();

  @Test
  void aPurgeGoesToOthersOnceItIsAppliedInMemoryWhateverTheDiskDoes() {
    applied.begin(new PurgeOrder.Batch(1, inMemory, onDisk));
    CompletableFuture<Boolean> push = applied.before(PUSH);
    CompletableFuture<Boolean> compare = applied.before(COMPARE);
    assertThat(push).isNotDone();
    inMemory.complete(null);
    assertThat(push).isCompletedWithValue(true);
    assertThat(compare).isNotDone();
    onDisk.completeExceptionally(new PurgeNotDurable("it fails"));
    assertThat(compare).isCompletedWithValue(false);
  }

  @Test
  void whatADiskTakesDownLaterEndsItsFailure() {
    applied.begin(new PurgeOrder.Batch(1, inMemory, onDisk));
    onDisk.completeExceptionally(new PurgeNotDurable("it fails"));
    assertThat(applied.durable()).isCompletedExceptionally();
    applied.follow(CompletableFuture.completedFuture(null));
    assertThat(applied.before(COMPARE)).isCompletedWithValue(true);
  }
}

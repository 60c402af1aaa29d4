package io.landfall.node;

import io.landfall.cache.fleet.PurgeMessage;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.PurgeOrder;
import java.util.concurrent.CompletableFuture;

/**
 * How far the purges are applied that were given to the edge: in memory, and so that a restart does
 * not undo it. On the control thread.
 */
final class AppliedPurges {
  private CompletableFuture<Void> inMemory = CompletableFuture.completedFuture(null);
  private CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);

  /** These were given to the edge. */
  void begin(PurgeOrder.Batch batch) {
    inMemory = CompletableFuture.allOf(inMemory, batch.inMemory());
    follow(batch.done());
  }

  /** What a disk takes down covers what it could not take down before: that failure is over. */
  void follow(CompletableFuture<Void> next) {
    durable = CompletableFuture.allOf(durable.exceptionally(failure -> null), next);
  }

  /** Nothing is given to the edge any more: what its disk has outlives it. */
  void fail(PurgeNotDurable why) {
    durable = CompletableFuture.failedFuture(why);
  }

  /** Done when all by now is applied; failed if a restart might undo it. */
  CompletableFuture<Void> durable() {
    return durable;
  }

  /**
   * When a message may leave. What a node was given itself goes to others as soon as its own event
   * loops have applied it: they count on that. They do not wait for its disk, which may hang: if it
   * loses the purge with a restart, it gets it back from them.
   *
   * @return completes with whether a restart cannot undo what is applied, as far as that matters
   */
  CompletableFuture<Boolean> before(PurgeMessage.Request message) {
    return switch (message) {
      case PurgeMessage.Push _ -> inMemory.thenApply(done -> true);
      case PurgeMessage.Compare _ -> durable.handle((done, failure) -> failure == null);
    };
  }
}

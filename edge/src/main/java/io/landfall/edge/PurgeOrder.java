package io.landfall.edge;

import io.landfall.cache.Purge;
import java.util.concurrent.CompletableFuture;

/**
 * A purge that is to be applied.
 *
 * @param soft whether responses become stale instead of gone
 */
public record PurgeOrder(Purge purge, boolean soft) {
  /**
   * Purges that are being applied.
   *
   * @param firstEpoch the epoch of the first of them
   * @param inMemory completes when no request is answered with what was purged any more
   * @param done completes when that holds over a restart too; fails if it may not
   */
  public record Batch(
      long firstEpoch, CompletableFuture<Void> inMemory, CompletableFuture<Void> done) {}
}

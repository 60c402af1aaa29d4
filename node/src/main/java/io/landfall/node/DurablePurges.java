package io.landfall.node;

import io.landfall.cache.fleet.KnownLog;
import io.landfall.cache.fleet.PurgeMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What other nodes may know that this one has: while a disk takes nothing down, no more than it had
 * before. So they send what it may lack, which counts in memory at once, and they do not take it
 * for applied. On the control thread.
 */
final class DurablePurges {
  private List<KnownLog> last = List.of();

  /**
   * A request with what may be known.
   *
   * @param durable whether all that this node has outlives it
   */
  PurgeMessage.Request in(PurgeMessage.Request message, boolean durable) {
    return switch (message) {
      case PurgeMessage.Compare(List<KnownLog> known, boolean adopts) ->
          new PurgeMessage.Compare(of(known, durable), adopts);
      case PurgeMessage.Push push -> push;
    };
  }

  /** An answer with what may be known. */
  PurgeMessage.Have in(PurgeMessage.Have message, boolean durable) {
    return new PurgeMessage.Have(of(message.known(), durable), message.entries());
  }

  private List<KnownLog> of(List<KnownLog> known, boolean durable) {
    if (durable) {
      last = known;
    }
    return last;
  }

  /** Answers when purges are applied, and not that they are if a restart might undo them. */
  static <T> void finish(CompletableFuture<T> answer, T value, CompletableFuture<Void> purges) {
    var _ =
        purges.whenComplete(
            (done, failure) -> {
              if (failure == null) {
                answer.complete(value);
              } else {
                answer.completeExceptionally(failure);
              }
            });
  }
}

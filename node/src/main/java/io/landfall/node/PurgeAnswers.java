package io.landfall.node;

import io.landfall.cache.fleet.PurgeEffect.NodeAnswer;
import io.landfall.edge.PurgeNotDurable;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers those who gave purges here: when other nodes have answered, and then when the disks of
 * this node have taken the purge down. A disk that hangs is not waited for: the answer has what
 * holds by then. On the control thread.
 */
final class PurgeAnswers {
  /** How long that is usually, once the other nodes have answered. */
  static final long DISK_WAIT_NANOS = 2_000_000_000L;

  private record Asked(CompletableFuture<GivenPurge> answer, boolean knowsAll) {}

  private record Late(long untilNanos, Runnable gives, CompletableFuture<GivenPurge> answer) {}

  private final ControlLoop control;

  /** Purges that are waited for; the machine bounds them. */
  private final Map<Long, Asked> waiting = new LinkedHashMap<>();

  /** Those for which disks are waited for, in the order of their time; bounded by that time. */
  private final ArrayDeque<Late> late = new ArrayDeque<>();

  private boolean watches;

  private final long diskWaitNanos;

  /**
   * None yet.
   *
   * @param diskWaitNanos how long the disks of this node are waited for
   */
  PurgeAnswers(ControlLoop control, long diskWaitNanos) {
    this.control = control;
    this.diskWaitNanos = diskWaitNanos;
  }

  /** A purge is given. */
  void wait(long ticket, CompletableFuture<GivenPurge> answer, boolean knowsAll) {
    waiting.put(ticket, new Asked(answer, knowsAll));
  }

  /** The node stops: nothing is known of what is waited for. */
  void cancel() {
    waiting.values().forEach(each -> each.answer().cancel(false));
    waiting.clear();
  }

  /**
   * Other nodes have answered, or are not waited for any more.
   *
   * @param applied completes when the purge is applied here; fails if a restart might undo it
   * @param kept completes when the log on disk has it, with true, or will not have it
   */
  void reached(
      long ticket,
      List<NodeAnswer> nodes,
      CompletableFuture<Void> applied,
      CompletableFuture<Boolean> kept) {
    Asked asked = waiting.remove(ticket);
    if (asked == null) {
      return;
    }
    var _ =
        applied
            .thenCombine(kept, (done, isKept) -> isKept)
            .whenComplete((isKept, failure) -> give(asked, nodes, isKept, failure));
    if (!asked.answer().isDone()) {
      Runnable gives =
          () ->
              give(
                  asked,
                  nodes,
                  false,
                  applied.isDone()
                      ? applied.handle((done, failure) -> failure).join()
                      : new PurgeNotDurable("its disk does not answer"));
      late.add(new Late(control.monotonicNanos() + diskWaitNanos, gives, asked.answer()));
      watch();
    }
  }

  private static void give(
      Asked asked, List<NodeAnswer> nodes, @Nullable Boolean isKept, @Nullable Throwable failure) {
    if (failure == null) {
      asked.answer().complete(new GivenPurge(nodes, asked.knowsAll(), Boolean.TRUE.equals(isKept)));
    } else {
      asked.answer().completeExceptionally(failure);
    }
  }

  private void watch() {
    while (!late.isEmpty() && late.element().answer().isDone()) {
      late.remove();
    }
    if (!watches && !late.isEmpty()) {
      watches = true;
      long nanos = Math.max(0, late.element().untilNanos() - control.monotonicNanos());
      var _ = control.schedule(nanos, this::look);
    }
  }

  private void look() {
    watches = false;
    long now = control.monotonicNanos();
    while (!late.isEmpty() && late.element().untilNanos() - now <= 0) {
      late.remove().gives().run();
    }
    watch();
  }
}

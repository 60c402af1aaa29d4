package io.landfall.node;

import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.edge.purges.PurgeLogFile;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What is kept of the logs of purges over a restart. A change goes to the disk when the purges
 * before it are applied so that a restart does not undo them, and behind all changes before it:
 * what is kept counts as applied. On the control thread.
 */
final class KeptPurges {
  /** Changes that wait for purges to be applied; beyond that they go together, later. */
  private static final int MOST_WAITING = 65_536;

  /** The most bytes of them, but for those that are all that counts. */
  static final long MOST_WAITING_BYTES = 32 << 20;

  /** How often is looked whether the disk still answers, while it is waited for. */
  private static final long WATCH_NANOS = 1_000_000_000L;

  private final PurgeLogFile file;
  private final ControlLoop control;
  private final Supplier<List<PurgeRecord>> all;
  private final Supplier<CompletableFuture<Void>> applied;
  private final ArrayDeque<Item> waiting = new ArrayDeque<>();
  private int wholes;
  private long waitingBytes;
  private boolean watches;

  /** What the disk has not taken down yet, of all that was handed over the last. */
  private CompletableFuture<Boolean> handed = CompletableFuture.completedFuture(true);

  private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);

  private record Item(
      List<PurgeRecord> changes,
      boolean whole,
      CompletableFuture<Void> applied,
      CompletableFuture<Boolean> done) {

    /** What it counts: of all that counts there is one at most, which is bounded. */
    long bytes() {
      return whole ? 0 : changes.stream().mapToLong(PurgeRecord::bytes).sum();
    }
  }

  /**
   * Nothing is kept yet.
   *
   * @param all all that counts now
   * @param applied completes when all that was to be applied by now is; fails if a restart might
   *     undo it
   */
  KeptPurges(
      PurgeLogFile file,
      ControlLoop control,
      Supplier<List<PurgeRecord>> all,
      Supplier<CompletableFuture<Void>> applied) {
    this.file = file;
    this.control = control;
    this.all = all;
    this.applied = applied;
  }

  /**
   * Begins.
   *
   * @param atOnce whether a file is made though there is nothing to keep yet
   */
  void start(boolean atOnce) {
    file.start(() -> control.execute(this::keepAll));
    if (atOnce) {
      keepAll();
    }
  }

  private void keepAll() {
    if (wholes == 0) {
      add(all.get(), true, applied.get());
    }
  }

  /**
   * Keeps changes.
   *
   * @param purges completes when the purges before them are applied; fails if a restart might undo
   *     them
   */
  void keep(List<PurgeRecord> changes, CompletableFuture<Void> purges) {
    boolean whole = wholes == 0 && !file.isBased();
    if (whole && !file.mayTake()) {
      // It asks for all that counts when its disk answers, if ever.
      last = CompletableFuture.completedFuture(false);
      return;
    }
    add(whole ? all.get() : changes, whole, purges);
  }

  private void add(List<PurgeRecord> changes, boolean whole, CompletableFuture<Void> purges) {
    Item item = new Item(changes, whole, purges, new CompletableFuture<>());
    last = item.done();
    waiting.add(item);
    wholes += whole ? 1 : 0;
    waitingBytes += item.bytes();
    if (waiting.size() > MOST_WAITING || waitingBytes > MOST_WAITING_BYTES) {
      breakOff();
    } else if (waiting.size() == 1) {
      awaitFirst();
    }
  }

  private void awaitFirst() {
    if (!waiting.isEmpty()) {
      var _ =
          waiting
              .element()
              .applied()
              .whenComplete((done, failure) -> control.hereOrLater(this::hand));
    }
  }

  private void hand() {
    while (!waiting.isEmpty() && waiting.element().applied().isDone()) {
      if (waiting.element().applied().isCompletedExceptionally()) {
        breakOff();
        return;
      }
      Item item = waiting.remove();
      wholes -= item.whole() ? 1 : 0;
      waitingBytes -= item.bytes();
      CompletableFuture<Boolean> kept =
          item.whole() ? file.replace(item.changes()) : file.append(item.changes());
      var _ = kept.thenAccept(item.done()::complete);
      handed = kept;
    }
    watch();
    awaitFirst();
  }

  /** Who waits for the disk does not wait for one that hangs. */
  private void watch() {
    if (!watches && !handed.isDone()) {
      watches = true;
      var _ =
          control.schedule(
              WATCH_NANOS,
              () -> {
                watches = false;
                file.giveUpIfHung();
                watch();
              });
    }
  }

  /** What follows is of no use without what is not kept: it is asked for all, later. */
  private void breakOff() {
    waiting.forEach(each -> each.done().complete(false));
    waiting.clear();
    wholes = 0;
    waitingBytes = 0;
    file.breaksOff();
  }

  /** Completes with true when all changes by now are kept, with false if they will not be. */
  CompletableFuture<Boolean> last() {
    return last;
  }
}

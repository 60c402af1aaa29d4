package io.landfall.node.watch;

import io.landfall.node.ControlLoop;
import io.landfall.overlay.RouteMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Dumps of the table, one at a time, made in slices between which the control thread does its work.
 *
 * <p>Those who ask while one is made share the next, which begins when that one ends: none of them
 * gets a table older than its question, and however many ask, one dump runs and one waits.
 */
final class TableDumps {
  /** The largest dump that is held in memory. */
  static final long MAX_BYTES = 256L << 20;

  /** How many may wait for one dump: each of them copies it for its own answer. */
  static final int MAX_WAITING = 4;

  private final RouteMonitor monitor;
  private final MonitoredPeers peers;
  private final ControlLoop control;
  private final long maxBytes;
  private List<CompletableFuture<List<byte[]>>> waiting = new ArrayList<>();
  private boolean running;

  TableDumps(RouteMonitor monitor, MonitoredPeers peers, ControlLoop control, long maxBytes) {
    this.monitor = monitor;
    this.peers = peers;
    this.control = control;
    this.maxBytes = maxBytes;
  }

  /** Why there is no dump. */
  static final class NoDump extends Exception {
    private static final long serialVersionUID = 1L;

    NoDump(String message) {
      super(message);
    }
  }

  /**
   * The records of the table at some moment after now; fails with {@link NoDump}. Whoever does not
   * want to wait any longer cancels it. From any thread.
   */
  CompletableFuture<List<byte[]>> dump() {
    CompletableFuture<List<byte[]>> result = new CompletableFuture<>();
    control.execute(
        () -> {
          waiting.removeIf(CompletableFuture::isDone);
          if (waiting.size() >= MAX_WAITING) {
            result.completeExceptionally(
                new NoDump(MAX_WAITING + " dumps are waited for already; try again"));
            return;
          }
          waiting.add(result);
          beginWhenFree();
        });
    return result;
  }

  private void beginWhenFree() {
    waiting.removeIf(CompletableFuture::isDone);
    if (running || waiting.isEmpty()) {
      return;
    }
    running = true;
    List<CompletableFuture<List<byte[]>>> askers = waiting;
    waiting = new ArrayList<>();
    MrtTable.DumpTime now =
        new MrtTable.DumpTime(
            TimeUnit.MILLISECONDS.toMicros(control.wallMillis()), control.monotonicNanos());
    goOn(new MrtTable(monitor, peers, now), new ArrayList<>(), 0, askers);
  }

  private void goOn(
      MrtTable table,
      List<byte[]> records,
      long before,
      List<CompletableFuture<List<byte[]>>> askers) {
    long bytes = before;
    for (byte[] record : table.slice()) {
      records.add(record);
      bytes += record.length;
    }
    if (bytes > maxBytes) {
      NoDump tooLarge =
          new NoDump("the table needs more than " + maxBytes + " bytes; use watch.bmp instead");
      askers.forEach(asker -> asker.completeExceptionally(tooLarge));
    } else if (table.hasMore()) {
      long sum = bytes;
      control.execute(() -> goOn(table, records, sum, askers));
      return;
    } else {
      List<byte[]> all = List.copyOf(records);
      askers.forEach(asker -> asker.complete(all));
    }
    running = false;
    beginWhenFree();
  }
}

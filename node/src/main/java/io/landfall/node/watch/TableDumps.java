package io.landfall.node.watch;

import io.landfall.node.ControlLoop;
import io.landfall.overlay.Tap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Dumps of the table, one at a time, made in slices between which the control thread does its work.
 */
final class TableDumps {
  /** The largest dump that is held in memory. */
  static final long MAX_BYTES = 256L << 20;

  private final Tap tap;
  private final WatchedPeers peers;
  private final ControlLoop control;
  private boolean running;

  TableDumps(Tap tap, WatchedPeers peers, ControlLoop control) {
    this.tap = tap;
    this.peers = peers;
    this.control = control;
  }

  /** Why there is no dump. */
  static final class NoDump extends Exception {
    private static final long serialVersionUID = 1L;

    NoDump(String message) {
      super(message);
    }
  }

  /** The records of the table as it is now; fails with {@link NoDump}. From any thread. */
  CompletableFuture<List<byte[]>> dump() {
    CompletableFuture<List<byte[]>> result = new CompletableFuture<>();
    control.execute(
        () -> {
          if (running) {
            result.completeExceptionally(new NoDump("another dump is being made; try again"));
            return;
          }
          running = true;
          MrtTable.Moment now =
              new MrtTable.Moment(
                  TimeUnit.MILLISECONDS.toMicros(control.wallMillis()), control.monotonicNanos());
          goOn(new MrtTable(tap, peers, now), new ArrayList<>(), 0, result);
        });
    return result;
  }

  private void goOn(
      MrtTable table, List<byte[]> records, long before, CompletableFuture<List<byte[]>> result) {
    long bytes = before;
    for (byte[] record : table.slice()) {
      records.add(record);
      bytes += record.length;
    }
    if (bytes > MAX_BYTES) {
      running = false;
      result.completeExceptionally(
          new NoDump("the table needs more than " + MAX_BYTES + " bytes; use watch.bmp instead"));
    } else if (table.hasMore()) {
      long sum = bytes;
      control.execute(() -> goOn(table, records, sum, result));
    } else {
      running = false;
      result.complete(records);
    }
  }
}

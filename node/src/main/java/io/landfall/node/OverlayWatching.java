package io.landfall.node;

import io.landfall.admin.NotNow;
import io.landfall.admin.metrics.Version;
import io.landfall.config.WatchConfig;
import io.landfall.node.watch.RouteMonitoring;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets those whom the config names watch the overlay, and whoever asks for a dump. */
final class OverlayWatching {
  /** How long a dump is waited for: less than the command line waits for an answer. */
  static final long DUMP_MILLIS = 9_000;

  private OverlayWatching() {}

  /** Everyone who watches; starts nothing. Before the overlay has its first link. */
  static RouteMonitoring of(WatchConfig config, ControlDriver driver, ControlLoop control) {
    RouteMonitoring watching =
        new RouteMonitoring(
            config, driver.overlay().monitor(), control, "Landfall " + Version.text() + " overlay");
    driver.watch(watching);
    return watching;
  }

  /**
   * The table as the bytes of an MRT file; waits for it, so never on the control thread.
   *
   * @param dump the dump that was asked for
   * @param millis how long to wait for it
   * @throws NotNow when there is none, or none in time
   */
  static byte[] mrtDump(CompletableFuture<List<byte[]>> dump, long millis) throws NotNow {
    try {
      return joined(dump.get(millis, TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      throw new NotNow(String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()));
    } catch (TimeoutException e) {
      dump.cancel(false);
      throw new NotNow("the dump was not ready in time; try again");
    } catch (InterruptedException e) {
      dump.cancel(false);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the dump", e);
    }
  }

  private static byte[] joined(List<byte[]> records) {
    int length = 0;
    for (byte[] record : records) {
      length += record.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    records.forEach(all::put);
    return all.array();
  }
}

package io.landfall.node;

import io.landfall.node.config.WatchConfig;
import io.landfall.node.metrics.Version;
import io.landfall.node.watch.Watching;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets those whom the config names watch the overlay, and whoever asks for a dump. */
final class OverlayWatching {
  private static final long DUMP_MILLIS = 9_000;

  private OverlayWatching() {}

  /** Everyone who watches; starts nothing. Before the overlay has its first link. */
  static Watching of(WatchConfig config, OverlayDriver driver, ControlLoop control) {
    Watching watching =
        new Watching(
            config, driver.overlay().tap(), control, "Landfall " + Version.text() + " overlay");
    driver.watch(watching);
    return watching;
  }

  /**
   * The table as the bytes of an MRT file; waits for it, so never on the control thread.
   *
   * @throws IllegalStateException with a sentence for people
   */
  static byte[] mrtDump(Watching watching) {
    try {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] record : watching.tableDump().get(DUMP_MILLIS, TimeUnit.MILLISECONDS)) {
        all.writeBytes(record);
      }
      return all.toByteArray();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException(String.valueOf(cause.getMessage()), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the dump was not ready in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the dump", e);
    }
  }
}

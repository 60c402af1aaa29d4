package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.fleet.FleetPurge;
import io.landfall.cache.fleet.LogId;
import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.cache.fleet.Segment;
import io.landfall.core.NodeName;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.purges.PurgeLogFile;
import io.landfall.testkit.Await;
import io.landfall.transport.Sockets;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the log is never ahead of what is applied for good. */
class KeptPurgesTest {
  private static final LogId LOG = new LogId(new NodeName("fra"), 7);

  @TempDir Path folder;
  private final EventLoopGroup loops = Sockets.loops(1, "kept-purges-test");
  private final ControlLoop control = new ControlLoop(loops.next(), () -> {});
  private final AtomicLong nonces = new AtomicLong();
  private PurgeLogFile file;

  /** All that counts, as the node has it. */
  private volatile List<PurgeRecord> all = List.of();

  private CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
  private KeptPurges kept;

  private PurgeLogFile read() {
    return PurgeLogFile.read(
        folder.resolve("log"), "fra", "", WallClock.INSTANCE, nonces::incrementAndGet);
  }

  private static PurgeRecord record(int number) {
    FleetPurge purge = new FleetPurge(FleetPurge.Kind.TAG, "t" + number, false);
    return new PurgeRecord.Entries(new Segment(LOG, number, false, List.of(purge)), true);
  }

  private void onControl(Runnable task) {
    control
        .ask(
            () -> {
              task.run();
              return true;
            })
        .join();
  }

  private void keep(int number, CompletableFuture<Void> applied) {
    onControl(() -> kept.keep(List.of(record(number)), applied));
  }

  @BeforeEach
  void starts() {
    file = read();
    kept = new KeptPurges(file, control, () -> all, () -> durable);
    onControl(() -> kept.start(true));
    onControl(() -> kept.last().join());
  }

  @AfterEach
  void stop() {
    file.close();
    loops.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  /** What a start now would find. */
  private List<PurgeRecord> restored() {
    file.close();
    file = read();
    return file.restored().orElseThrow();
  }

  @Test
  void whatIsAppliedLaterIsKeptLaterAndSoIsWhatCameBehindIt() {
    CompletableFuture<Void> applied = new CompletableFuture<>();
    keep(1, CompletableFuture.completedFuture(null));
    keep(2, applied);
    keep(3, CompletableFuture.completedFuture(null));
    CompletableFuture<Void> last = control.ask(kept::last).join();
    assertThat(last).isNotDone();
    assertThat(restored()).containsExactly(record(1));
    file.close();
    assertThat(last).isNotDone();
    applied.complete(null);
    // The file is closed: what would have been kept then does not hold up who waits.
    last.orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Test
  void inTheirOrderOnceTheyAreApplied() {
    CompletableFuture<Void> applied = new CompletableFuture<>();
    keep(1, applied);
    keep(2, CompletableFuture.completedFuture(null));
    applied.complete(null);
    control.ask(kept::last).join().join();
    assertThat(restored()).containsExactly(record(1), record(2));
  }

  @Test
  void whatADiskCouldNotTakeDownIsNotKeptNorWhatCameBehindItUntilAllIs() {
    CompletableFuture<Void> applied = new CompletableFuture<>();
    keep(1, CompletableFuture.completedFuture(null));
    keep(2, applied);
    keep(3, CompletableFuture.completedFuture(null));
    CompletableFuture<Void> last = control.ask(kept::last).join();
    onControl(
        () -> {
          all = List.of(record(1), record(2), record(3));
          durable = new CompletableFuture<>();
        });
    applied.completeExceptionally(new PurgeNotDurable("the disk fails"));
    last.orTimeout(10, TimeUnit.SECONDS).join();
    Await.until("all that counts is asked for", () -> !control.ask(kept::last).join().isDone());
    onControl(() -> durable.complete(null));
    control.ask(kept::last).join().join();
    assertThat(restored()).containsExactly(record(1), record(2), record(3));
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.fleet.FleetPurge;
import io.landfall.cache.fleet.LogId;
import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.cache.fleet.Segment;
import io.landfall.core.Clock;
import io.landfall.core.NodeName;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.purges.PurgeLogBeside;
import io.landfall.edge.purges.PurgeLogFile;
import io.landfall.testkit.Await;
import io.landfall.transport.Sockets;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the log is never ahead of what is applied for good. */
class KeptPurgesTest {
  private static final LogId LOG = new LogId(new NodeName("fra"), 7);

  /** After so long a disk counts as one that hangs. */
  private static final long HUNG_NANOS = 10_000_000_000L;

  @TempDir Path folder;
  private final EventLoopGroup loops = Sockets.loops(1, "kept-purges-test");
  private final ControlLoop control = new ControlLoop(loops.next(), () -> {});
  private final AtomicLong nonces = new AtomicLong();
  private PurgeLogFile file;

  /** All that counts, as the node has it. */
  private volatile List<PurgeRecord> all = List.of();

  private CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
  private KeptPurges kept;

  private final AtomicLong skippedNanos = new AtomicLong();

  /** While there is one, a log that begins anew waits for it. */
  private volatile @Nullable CountDownLatch hangs;

  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return WallClock.INSTANCE.monotonicNanos() + skippedNanos.get();
        }

        @Override
        public long wallMillis() {
          return WallClock.INSTANCE.wallMillis();
        }
      };

  private long nonce() {
    CountDownLatch waits = hangs;
    if (waits != null) {
      assertThat(waits).satisfies(CountDownLatch::await);
    }
    return nonces.incrementAndGet();
  }

  private PurgeLogFile read() {
    return PurgeLogFile.read(folder.resolve("log"), "fra", PurgeLogBeside.NONE, clock, this::nonce);
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
    CompletableFuture<Boolean> last = control.ask(kept::last).join();
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
    CompletableFuture<Boolean> last = control.ask(kept::last).join();
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

  @Test
  void whatWaitsToBeAppliedIsBoundedInBytes() {
    List<PurgeRecord> changes = Collections.nCopies(4_096, record(1));
    long bytes = changes.stream().mapToLong(PurgeRecord::bytes).sum();
    CompletableFuture<Void> applied = new CompletableFuture<>();
    onControl(() -> kept.keep(changes, applied));
    CompletableFuture<Boolean> first = control.ask(kept::last).join();
    for (long sum = bytes; sum <= KeptPurges.MOST_WAITING_BYTES; sum += bytes) {
      assertThat(first).isNotDone();
      onControl(() -> kept.keep(changes, applied));
    }
    assertThat(first).isDone();
    assertThat(file.isBased()).isFalse();
  }

  @Test
  void whoPurgesDoesNotWaitForALogWhoseDiskHangs() {
    CountDownLatch answers = new CountDownLatch(1);
    hangs = answers;
    onControl(
        () -> {
          file.breaksOff();
          all = List.of(record(1));
        });
    keep(1, CompletableFuture.completedFuture(null));
    CompletableFuture<Boolean> last = control.ask(kept::last).join();
    assertThat(last).isNotDone();
    skippedNanos.addAndGet(HUNG_NANOS);
    last.orTimeout(20, TimeUnit.SECONDS).join();
    // Nor does the next one.
    keep(2, CompletableFuture.completedFuture(null));
    assertThat(control.ask(kept::last).join()).isDone();
    all = List.of(record(1), record(2));
    hangs = null;
    answers.countDown();
    Await.until("it begins anew", () -> control.ask(file::isBased).join());
    control.ask(kept::last).join().join();
    assertThat(restored()).containsExactly(record(1), record(2));
  }
}

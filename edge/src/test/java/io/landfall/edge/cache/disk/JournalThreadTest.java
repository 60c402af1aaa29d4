package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.core.Clock;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.SystemClock;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each purge is answered, whatever the medium does. */
class JournalThreadTest {
  @TempDir Path folder;
  private final AtomicLong skippedNanos = new AtomicLong();
  private final CountDownLatch answers = new CountDownLatch(1);
  private FaultyFiles files = new FaultyFiles(new FolderFiles(Path.of("unused"), "test"));

  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return SystemClock.INSTANCE.monotonicNanos() + skippedNanos.get();
        }

        @Override
        public long wallMillis() {
          return SystemClock.INSTANCE.wallMillis();
        }
      };

  @BeforeEach
  void makesTheFolder() {
    files = new FaultyFiles(new FolderFiles(folder, "test"));
  }

  private DiskStore store() {
    return new DiskStore(
        new DiskSettings("a disk", DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES),
        files,
        clock,
        PooledByteBufAllocator.DEFAULT);
  }

  private static Throwable failure(CompletableFuture<Void> purge) {
    return purge.handle((done, failure) -> failure).orTimeout(20, TimeUnit.SECONDS).join();
  }

  private void hangs() {
    files.writeBegins = new CountDownLatch(1);
    files.writesWait = answers;
  }

  private void awaitHanging() {
    TestSite.await("it hangs", () -> files.writeBegins.getCount() == 0);
  }

  private void answersAgain() {
    files.writesWait = null;
    answers.countDown();
  }

  @Test
  void aPurgeDoesNotWaitForADiskThatHangsAsItIsOpened() {
    try (DiskStore store = store()) {
      hangs();
      store.start();
      awaitHanging();
      CompletableFuture<Void> purge = store.purged(new Purge.Everything(), false, 1);
      skippedNanos.addAndGet(GroupCommit.HUNG_NANOS);
      assertThat(failure(purge))
          .isInstanceOf(PurgeNotDurable.class)
          .hasMessageContaining("does not answer");
      assertThat(failure(store.purged(new Purge.Everything(), false, 2)))
          .isInstanceOf(PurgeNotDurable.class);
      answersAgain();
      TestSite.await("it is open", store::isReady);
      store.purged(new Purge.OfTag("shop", "a"), false, 3).exceptionally(e -> null).join();
      store.purged(new Purge.OfTag("shop", "b"), false, 4).join();
    }
  }

  @Test
  void aPurgeDoesNotWaitForADiskThatHangsAsItIsTriedOnceMore() {
    try (DiskStore store = DiskThings.ready(store())) {
      files.writesFail = true;
      store.purged(new Purge.Everything(), false, 1).join();
      hangs();
      files.writesFail = false;
      awaitHanging();
      CompletableFuture<Void> purge = store.purged(new Purge.OfTag("shop", "a"), false, 2);
      skippedNanos.addAndGet(GroupCommit.HUNG_NANOS);
      assertThat(failure(purge))
          .isInstanceOf(PurgeNotDurable.class)
          .hasMessageContaining("does not answer");
      answersAgain();
      store.purged(new Purge.OfTag("shop", "b"), false, 3).exceptionally(e -> null).join();
    }
  }

  private JournalThread notOpened() {
    return new JournalThread(files, new DiskHealth("a disk"), new Forgotten(), clock);
  }

  /** More purges than may wait: the last one of them goes together with all. */
  private static CompletableFuture<Void> tooMany(JournalThread journal) {
    for (int i = 0; i < GroupCommit.MOST_WAITING; i++) {
      var _ = journal.purged(new Purge.OfTag("shop", "a"), false, i + 1L);
    }
    return journal.purged(new Purge.OfTag("shop", "b"), false, GroupCommit.MOST_WAITING + 1L);
  }

  @Test
  void whatIsBeyondWhatMayWaitIsAnsweredWhenTheDiskCannotBeOpened() {
    JournalThread journal = notOpened();
    CompletableFuture<Void> last = tooMany(journal);
    journal.unusable("it cannot be opened", false);
    assertThat(failure(last)).hasMessageContaining("it cannot be opened");
    // It is open now: who asks from now on waits for what is taken down.
    journal.unusable(null, false);
    assertThat(journal.purged(new Purge.Everything(), false, 1L << 20)).isNotDone();
  }

  @Test
  void whatIsBeyondWhatMayWaitIsAnsweredWhenTheDiskIsClosedUnopened() {
    JournalThread journal = notOpened();
    CompletableFuture<Void> last = tooMany(journal);
    journal.close();
    assertThat(failure(last)).isInstanceOf(PurgeNotDurable.class);
  }

  @Test
  void aDiskThatIsEmptiedUnlessItIsOpenedFailsNoPurgeBeforeThat() {
    JournalThread journal = notOpened();
    CompletableFuture<Void> waiting = journal.purged(new Purge.OfTag("shop", "a"), false, 1);
    journal.unusable("it cannot be opened", true);
    assertThat(waiting).isCompleted();
    assertThat(journal.purged(new Purge.OfTag("shop", "b"), false, 2)).isCompleted();
    // What lies there is dropped if it is opened; if that fails halfway it may not be.
    assertThat(journal.begins()).isTrue();
    assertThat(failure(journal.purged(new Purge.OfTag("shop", "c"), false, 3)))
        .hasMessageContaining("it cannot be opened");
  }
}

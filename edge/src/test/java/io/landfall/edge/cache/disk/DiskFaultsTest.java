package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.core.Clock;
import io.landfall.edge.CacheDiskView.State;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full, fails, or does not answer: it is passed by, and used again when it works.
 */
class DiskFaultsTest {
  @TempDir Path folder;

  private final AtomicLong skippedNanos = new AtomicLong();
  private FaultyFiles files = new FaultyFiles(new FolderFiles(Path.of("unused"), "test"));

  private final class Skipping implements Clock {
    @Override
    public long monotonicNanos() {
      return SystemClock.INSTANCE.monotonicNanos() + skippedNanos.get();
    }

    @Override
    public long wallMillis() {
      return SystemClock.INSTANCE.wallMillis();
    }
  }

  @BeforeEach
  void makesTheFolder() {
    files = new FaultyFiles(new FolderFiles(folder, "test"));
  }

  private DiskStore store() {
    return new DiskStore(
        new DiskSettings("a disk", DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES),
        files,
        new Skipping(),
        PooledByteBufAllocator.DEFAULT);
  }

  private static Optional<Integer> version(DiskStore store, int number) {
    return DiskThings.find(store, number).map(DiskThings.Got::version);
  }

  private void storeOne(DiskStore store, int number, int version) {
    boolean _ = store.store(new Item(number, version, 1_000));
    store.flush();
  }

  @Test
  void aDiskThatTakesNothingIsStillReadAndTakesMoreLater() {
    try (DiskStore store = DiskThings.ready(store())) {
      storeOne(store, 1, 1);
      storeOne(store, 2, 1);
      files.writesFail = true;
      storeOne(store, 1, 2);
      storeOne(store, 3, 1);
      assertThat(store.view().state()).isEqualTo(State.NOT_WRITABLE);
      // What should have been replaced is not found any more.
      assertThat(version(store, 1)).isEmpty();
      assertThat(version(store, 2)).contains(1);
      assertThat(version(store, 3)).isEmpty();
      files.writesFail = false;
      skippedNanos.addAndGet(DiskWriter.RETRY_NANOS);
      storeOne(store, 3, 2);
      assertThat(version(store, 3)).contains(2);
      // It is found as soon as it is written, and the state changes right behind that.
      TestSite.await("it works again", () -> store.view().state() == State.WORKING);
    }
  }

  @Test
  void aFullDiskKeepsItsJournalOfPurges() {
    try (DiskStore store = DiskThings.ready(store())) {
      storeOne(store, 1, 1);
      files.roomBytes.set(5_000);
      for (int i = 10; i < 20; i++) {
        storeOne(store, i, 1);
      }
      assertThat(store.view().state()).isEqualTo(State.NOT_WRITABLE);
      files.roomBytes.set(Long.MAX_VALUE);
      store.purged(new Purge.OfUrl("shop.test", "/1"), false, 1).join();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(DiskThings.find(store, 1)).isPresent();
      assertThat(store.view().state()).isEqualTo(State.WORKING);
    }
  }

  @Test
  void aPurgeThatCannotBeTakenDownDropsWhatLiesThere() {
    try (DiskStore store = DiskThings.ready(store())) {
      storeOne(store, 1, 1);
      files.writesFail = true;
      store.purged(new Purge.OfUrl("shop.test", "/1"), false, 1).join();
      // Still there for this process, which knows of the purge.
      assertThat(version(store, 1)).contains(1);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
    }
  }

  @Test
  void aPurgeThatCouldComeUndoneIsNotAnswered() {
    try (DiskStore store = DiskThings.ready(store())) {
      files.writesFail = true;
      files.namesFail = true;
      assertThat(
              store
                  .purged(new Purge.Everything(), false, 1)
                  .handle((done, failure) -> failure)
                  .join())
          .isInstanceOf(PurgeNotDurable.class);
      files.writesFail = false;
      files.namesFail = false;
      storeOne(store, 1, 1);
      store.purged(new Purge.OfTag("shop", "x"), false, 2).join();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      // It was taken down after all, before what was stored.
      assertThat(version(store, 1)).contains(1);
    }
  }

  @Test
  void aReadThatFailsIsAMiss() {
    try (DiskStore store = DiskThings.ready(store())) {
      storeOne(store, 1, 1);
      files.readsFail = true;
      assertThat(version(store, 1)).isEmpty();
      assertThat(store.view().errors()).isPositive();
      files.readsFail = false;
      assertThat(version(store, 1)).contains(1);
    }
  }

  @Test
  void aReadThatDoesNotEndIsGivenUpAndTheDiskIsPassedByForAWhile() {
    try (DiskStore store = DiskThings.ready(store())) {
      storeOne(store, 1, 1);
      CountDownLatch answers = new CountDownLatch(1);
      files.readsWait = answers;
      assertThat(version(store, 1)).isEmpty();
      assertThat(store.view().state()).isEqualTo(State.SLOW);
      assertThat(store.view().reads().late()).isEqualTo(1);
      assertThat(version(store, 1)).isEmpty();
      assertThat(store.view().reads().refused()).isEqualTo(1);
      files.readsWait = null;
      answers.countDown();
      skippedNanos.addAndGet(10_000_000_000L);
      TestSite.await("it is read again", () -> version(store, 1).isPresent());
      TestSite.await("it works", () -> store.view().state() == State.WORKING);
    }
  }

  @Test
  void aDiskThatCannotBeOpenedIsUsedOnceItCan() {
    files.namesFail = true;
    try (DiskStore store = store()) {
      store.start();
      TestSite.await("it is found bad", () -> store.view().state() == State.UNUSABLE);
      assertThat(store.store(new Item(1, 1, 1_000))).isFalse();
      assertThat(store.mayHave(DiskThings.key(1))).isFalse();
      files.namesFail = false;
      TestSite.await("it is used", store::isReady);
      storeOne(store, 1, 1);
      assertThat(version(store, 1)).contains(1);
    }
  }
}

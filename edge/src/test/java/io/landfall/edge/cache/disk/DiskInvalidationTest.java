package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.landfall.edge.server.TestSite;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a disk is forgotten, and what is not, in which order ever things come. */
class DiskInvalidationTest {
  @TempDir Path folder;

  private static Optional<Integer> version(DiskStore store, int number) {
    return DiskThings.find(store, number).map(DiskThings.Got::version);
  }

  /** What was forgotten is in the journal once a purge that came later is. */
  private static void takeDown(DiskStore store) {
    store.purged(new Purge.OfUrl("other.test", "/"), false, 1).join();
  }

  @Test
  void unsafeRequestsForWhatIsNotThereTakeNothing() {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      store.flush();
      for (int i = 0; i < Forgotten.MOST + 1_000; i++) {
        store.forget(DiskThings.key(1_000 + i));
      }
      takeDown(store);
      assertThat(version(store, 1)).contains(1);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(1);
    }
  }

  @Test
  void whatIsFetchedWhileADiskIsIndexedTakesNothingElse() throws InterruptedException {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      assertThat(store.store(new Item(2, 1, 1_000))).isTrue();
      assertThat(store.store(new Item(3, 1, 1_000))).isTrue();
      store.flush();
    }
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "test"));
    files.waitsOn = DiskSegment.PREFIX;
    CountDownLatch goesOn = new CountDownLatch(1);
    files.readsWait = goesOn;
    try (DiskStore store =
        DiskThings.store(files, DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES)) {
      store.start();
      files.readWaits.await();
      for (int i = 0; i < Forgotten.MOST + 1_000; i++) {
        assertThat(store.store(new Item(1_000 + i, 1, 10))).isFalse();
      }
      assertThat(store.store(new Item(2, 2, 10))).isFalse();
      store.forget(DiskThings.key(3));
      files.readsWait = null;
      goesOn.countDown();
      TestSite.await("it is indexed", store::isReady);
      takeDown(store);
      assertThat(version(store, 1)).contains(1);
      assertThat(version(store, 2)).isEmpty();
      assertThat(version(store, 3)).isEmpty();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(1);
      assertThat(version(store, 2)).isEmpty();
      assertThat(version(store, 3)).isEmpty();
    }
  }
}

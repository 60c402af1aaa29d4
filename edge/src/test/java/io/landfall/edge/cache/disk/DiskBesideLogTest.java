package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk beside a log of purges, and what of before is found when. */
class DiskBesideLogTest {
  private static final long FIRST = PurgeLogToken.next(0, 71);
  private static final long SECOND = PurgeLogToken.next(FIRST, 72);
  private static final long THIRD = PurgeLogToken.next(SECOND, 73);

  @TempDir Path folder;

  private DiskStore open(long token, long run, long before) {
    DiskSettings settings =
        new DiskSettings(
            "a disk",
            DiskThings.LIMIT_BYTES,
            DiskThings.SEGMENT_BYTES,
            new PurgeLogToken(token, run, before));
    return DiskThings.ready(
        new DiskStore(
            settings,
            new FolderFiles(folder, "test"),
            SystemClock.INSTANCE,
            PooledByteBufAllocator.DEFAULT));
  }

  private static boolean has(DiskStore store, int number) {
    return DiskThings.find(store, number).isPresent();
  }

  @BeforeEach
  void somethingIsStored() {
    try (DiskStore store = open(5, FIRST, 0)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      store.flush();
    }
  }

  @Test
  void whatWasKeptBesideTheSameLogIsThere() {
    try (DiskStore store = open(5, SECOND, FIRST)) {
      assertThat(has(store, 1)).isTrue();
    }
  }

  @Test
  void whatWasKeptBesideAnotherLogIsNot() {
    try (DiskStore store = open(6, SECOND, FIRST)) {
      assertThat(has(store, 1)).isFalse();
      assertThat(store.store(new Item(2, 1, 1_000))).isTrue();
      store.flush();
    }
    try (DiskStore store = open(6, THIRD, SECOND)) {
      assertThat(has(store, 2)).isTrue();
    }
  }

  @Test
  void whatWasNotInUseInTheLastRunOfTheLogIsNot() {
    try (DiskStore store = open(5, THIRD, SECOND)) {
      assertThat(has(store, 1)).isFalse();
    }
  }

  @Test
  void whatWasInUseInARunThatNeverWroteTheLogIsThere() {
    for (int i = 0; i < 3; i++) {
      try (DiskStore store = open(5, PurgeLogToken.next(FIRST, 80 + i), FIRST)) {
        assertThat(has(store, 1)).isTrue();
      }
    }
  }

  @Test
  void whatWasInUseInSuchARunAndNotInTheOneThatWroteTheLogIsNot() {
    try (DiskStore store = open(5, PurgeLogToken.next(FIRST, 80), FIRST)) {
      assertThat(has(store, 1)).isTrue();
    }
    // Not in the one that has the same number.
    try (DiskStore store = open(5, THIRD, SECOND)) {
      assertThat(has(store, 1)).isFalse();
    }
  }

  @Test
  void whatIsYoungerThanTheLogIsNot() {
    for (long run : List.of(SECOND, THIRD)) {
      try (DiskStore store = open(5, run, run == SECOND ? FIRST : SECOND)) {
        assertThat(has(store, 1)).isTrue();
      }
    }
    // The log was put back from a copy.
    try (DiskStore store = open(5, SECOND, FIRST)) {
      assertThat(has(store, 1)).isFalse();
    }
  }

  @Test
  void whatWasKeptBesideALogThatIsLostIsNot() {
    try (DiskStore store = open(6, FIRST, 0)) {
      assertThat(has(store, 1)).isFalse();
    }
  }

  @Test
  void whatWasKeptBesideANewLogIsThereWhenItIsOpenedOnceMore() {
    try (DiskStore store = open(5, FIRST, 0)) {
      assertThat(has(store, 1)).isTrue();
    }
  }

  @Test
  void whatWasNeverKeptBesideALogIsThereBesideANewOne() {
    // Then all nodes are asked whether anything was purged.
    folder = folder.resolve("another");
    try (DiskStore store = open(0, 0, 0)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      store.flush();
    }
    try (DiskStore store = open(6, FIRST, 0)) {
      assertThat(has(store, 1)).isTrue();
    }
  }

  @Test
  void whatLayThereBeforeIsNotFoundWhileItIsHeldAndWhatCameSinceIs() {
    try (DiskStore store = open(5, SECOND, FIRST)) {
      store.holdBefore(true);
      assertThat(store.store(new Item(2, 1, 1_000))).isTrue();
      store.flush();
      assertThat(has(store, 1)).isFalse();
      assertThat(has(store, 2)).isTrue();
      store.holdBefore(false);
      assertThat(has(store, 1)).isTrue();
    }
  }

  @Test
  void whatIsMadeInvalidBeforeItIsOpenedIsSoForAProcessThatIsKilledAsItOpensIt(
      @TempDir Path killed) {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "test"));
    files.namesFail = true;
    AtomicBoolean copied = new AtomicBoolean();
    files.forced =
        () -> {
          if (copied.compareAndSet(false, true)) {
            DiskThings.copy(folder, killed);
          }
        };
    try (DiskStore store = DiskThings.named("a disk", files, new PurgeLogToken(5, SECOND, FIRST))) {
      store.start();
      store.forget(DiskThings.key(1));
      files.namesFail = false;
      TestSite.await("it is open", store::isReady);
      assertThat(has(store, 1)).isFalse();
    }
    folder = killed;
    try (DiskStore store = open(5, THIRD, SECOND)) {
      assertThat(has(store, 1)).isFalse();
    }
  }

  @Test
  void whatCouldNotBeOpenedAtFirstIsDroppedIfAPurgeWasAnsweredWithoutIt() {
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "test"));
    files.namesFail = true;
    try (DiskStore store = DiskThings.named("a disk", files, new PurgeLogToken(5, SECOND, FIRST))) {
      CompletableFuture<Void> purge = store.purged(new Purge.OfTag("shop", "a"), false, 1);
      store.start();
      purge.join();
      files.namesFail = false;
      TestSite.await("it is open", store::isReady);
      assertThat(has(store, 1)).isFalse();
    }
  }
}

package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeVerdict;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is stored, found, forgotten and purged on a disk, also over restarts. */
class DiskStoreTest {
  private static final PurgeMarks.Place PLACE =
      new PurgeMarks.Place("shop", "http", "shop.test", "/1");

  @TempDir Path folder;

  private static Optional<Integer> version(DiskStore store, int number) {
    return DiskThings.find(store, number).map(DiskThings.Got::version);
  }

  @Test
  void whatWasStoredIsFound() {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.mayHave(DiskThings.key(1))).isFalse();
      assertThat(store.store(new Item(1, 7, 100_000))).isTrue();
      assertThat(store.store(new Item(2, 8, 0))).isTrue();
      store.flush();
      assertThat(store.mayHave(DiskThings.key(1))).isTrue();
      assertThat(version(store, 1)).contains(7);
      assertThat(version(store, 2)).contains(8);
      assertThat(version(store, 3)).isEmpty();
    }
  }

  @Test
  void afterARestartItIsThere() {
    try (DiskStore store = DiskThings.open(folder)) {
      for (int i = 0; i < 200; i++) {
        assertThat(store.store(new Item(i, 1, i * 50))).isTrue();
      }
      store.flush();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      for (int i = 0; i < 200; i++) {
        assertThat(version(store, i)).contains(1);
      }
    }
  }

  @Test
  void theNewestIsFound() {
    try (DiskStore store = DiskThings.open(folder)) {
      for (int version = 1; version < 5; version++) {
        assertThat(store.store(new Item(1, version, 1_000))).isTrue();
      }
      store.flush();
      assertThat(version(store, 1)).contains(4);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(4);
    }
  }

  @Test
  void variantsOfAKeyAreFoundByThemselves() {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 10, 0, 111))).isTrue();
      assertThat(store.store(new Item(1, 2, 10, 0, 222))).isTrue();
      store.flush();
      assertThat(DiskThings.find(store, 1, 111)).map(DiskThings.Got::version).contains(1);
      assertThat(DiskThings.find(store, 1, 222)).map(DiskThings.Got::version).contains(2);
      assertThat(DiskThings.find(store, 1, 333)).isEmpty();
      store.forget(DiskThings.key(1));
      assertThat(DiskThings.find(store, 1, 111)).isEmpty();
      assertThat(DiskThings.find(store, 1, 222)).isEmpty();
    }
  }

  @Test
  void whatWasForgottenIsNotFoundAndDoesNotComeBack() {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      assertThat(store.store(new Item(2, 1, 1_000))).isTrue();
      store.flush();
      store.forget(DiskThings.key(1));
      assertThat(version(store, 1)).isEmpty();
      assertThat(store.store(new Item(3, 1, 1_000))).isTrue();
      store.forget(DiskThings.key(3));
      store.flush();
      assertThat(version(store, 3)).isEmpty();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
      assertThat(version(store, 2)).contains(1);
      assertThat(version(store, 3)).isEmpty();
      assertThat(store.store(new Item(1, 2, 1_000))).isTrue();
      store.flush();
      assertThat(version(store, 1)).contains(2);
    }
  }

  @Test
  void theOldestGoWhenItIsFull() {
    try (DiskStore store = DiskThings.open(folder)) {
      for (int i = 0; i < 400; i++) {
        assertThat(store.store(new Item(i, 1, 50_000))).isTrue();
        store.flush();
      }
      assertThat(version(store, 0)).isEmpty();
      assertThat(version(store, 399)).contains(1);
      assertThat(store.view().content().bytes()).isLessThanOrEqualTo(DiskThings.LIMIT_BYTES);
    }
    assertThat(folder.toFile().list()).hasSizeLessThan(14);
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 0)).isEmpty();
      assertThat(version(store, 399)).contains(1);
    }
  }

  @Test
  void aPurgeIsTakenDownBeforeItIsAnsweredAndCountsAfterARestart() {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      store.flush();
      store.purged(new Purge.OfUrl("shop.test", "/1"), false, 1).join();
      store.purged(new Purge.OfTag("shop", "soft"), true, 2).join();
      assertThat(store.store(new Item(2, 1, 1_000, 2, 0))).isTrue();
      store.flush();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      long old = DiskThings.find(store, 1).orElseThrow().epoch();
      assertThat(store.before(PLACE, List.of(), List.of(), old)).isEqualTo(PurgeVerdict.PURGED);
      PurgeMarks.Place other = new PurgeMarks.Place("shop", "http", "shop.test", "/2");
      assertThat(store.before(other, List.of(), List.of(), old)).isEqualTo(PurgeVerdict.VALID);
      assertThat(store.before(other, List.of("soft"), List.of(), old))
          .isEqualTo(PurgeVerdict.SOFTLY_PURGED);
      long young = DiskThings.find(store, 2).orElseThrow().epoch();
      assertThat(store.before(PLACE, List.of("soft"), List.of(), young))
          .isEqualTo(PurgeVerdict.VALID);
      assertThat(store.epoch(young)).isZero();
      store.purged(new Purge.Everything(), false, 1).join();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      long young = DiskThings.find(store, 2).orElseThrow().epoch();
      assertThat(store.before(PLACE, List.of(), List.of(), young)).isEqualTo(PurgeVerdict.PURGED);
    }
  }

  @Test
  void manyPurgesAreTakenDownInGroups() {
    try (DiskStore store = DiskThings.open(folder)) {
      CompletableFuture<?>[] all = new CompletableFuture<?>[20_000];
      for (int i = 0; i < all.length; i++) {
        all[i] = store.purged(new Purge.OfUrl("shop.test", "/" + i), false, i + 1L);
      }
      CompletableFuture.allOf(all).join();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      PurgeMarks.Place last = new PurgeMarks.Place("shop", "http", "shop.test", "/19999");
      assertThat(store.before(last, List.of(), List.of(), 0)).isEqualTo(PurgeVerdict.PURGED);
      PurgeMarks.Place none = new PurgeMarks.Place("shop", "http", "shop.test", "/20000");
      assertThat(store.before(none, List.of(), List.of(), 0)).isEqualTo(PurgeVerdict.VALID);
    }
  }

  @Test
  void withoutItsJournalNothingOfADiskIsUsed() throws IOException {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      store.flush();
    }
    Files.delete(folder.resolve(PurgeJournal.NAME));
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.mayHave(DiskThings.key(1))).isFalse();
      assertThat(store.store(new Item(1, 2, 1_000))).isTrue();
      store.flush();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(2);
    }
  }

  @Test
  void aLongBodyIsStoredWhileItComesAndReadBitByBit() {
    DiskStore store =
        DiskThings.ready(DiskThings.store(new FolderFiles(folder, "test"), 64 << 20, 8 << 20));
    int length = 3_000_001;
    try (store) {
      DiskStream stream = stream(store, new Item(1, 1, length));
      byte[] body = DiskThings.body(1, 1, length);
      for (int at = 0; at < length; at += 10_000) {
        boolean over =
            stream.write(Unpooled.wrappedBuffer(body, at, Math.min(10_000, length - at)));
        assertThat(over).isEqualTo(at + 10_000 >= length);
        assertThat(store.store(new Item(2, at, 100))).isTrue();
        store.flush();
      }
      assertLong(store, length);
    }
    DiskStore again =
        DiskThings.ready(DiskThings.store(new FolderFiles(folder, "test"), 64 << 20, 8 << 20));
    try (again) {
      assertLong(again, length);
      assertThat(version(again, 2)).isPresent();
    }
  }

  private static DiskStream stream(DiskStore store, Item item) {
    DiskStream made = store.stream(item);
    if (made == null) {
      throw new AssertionError("not taken");
    }
    return made;
  }

  private static void assertLong(DiskStore store, int length) {
    CompletableFuture<DiskBody> done = new CompletableFuture<>();
    assertThat(
            store.find(
                DiskThings.key(1),
                DiskStore.ANY_VARIANT,
                new DiskStore.Receiver() {
                  @Override
                  public void found(DiskFound found) {
                    assertThat(found.whole()).isNull();
                    done.complete(found.body());
                  }

                  @Override
                  public void missed() {
                    done.completeExceptionally(new AssertionError("not found"));
                  }
                }))
        .isTrue();
    DiskBody body = done.join();
    assertThat(body.tryHold()).isTrue();
    byte[] expected = DiskThings.body(1, 1, length);
    for (int chunk = 0; chunk * DiskBody.CHUNK_BYTES < length; chunk += 4) {
      int from = chunk * DiskBody.CHUNK_BYTES;
      byte[] part = DiskThings.read(body, chunk, 4).orElseThrow();
      assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(expected, from, from + part.length));
    }
    body.letGo();
  }

  @Test
  void aBodyThatDoesNotComeWholeIsNotStored() {
    try (DiskStore store = DiskThings.open(folder)) {
      DiskStream stream = stream(store, new Item(1, 1, 200_000));
      assertThat(stream.write(Unpooled.wrappedBuffer(DiskThings.body(1, 1, 200_000), 0, 150_000)))
          .isFalse();
      stream.drop();
      assertThat(store.store(new Item(2, 1, 100))).isTrue();
      store.flush();
      assertThat(version(store, 1)).isEmpty();
      assertThat(version(store, 2)).contains(1);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
      assertThat(version(store, 2)).contains(1);
    }
  }

  @Test
  void aFolderIsOfOneNodeAtATime() {
    try (DiskStore first = DiskThings.open(folder)) {
      DiskStore second =
          DiskThings.store(new FolderFiles(folder, "other"), DiskThings.LIMIT_BYTES, 1 << 20);
      second.start();
      CompletableFuture<Void> purge = second.purged(new Purge.Everything(), false, 1);
      assertThat(purge.handle((done, failure) -> failure).join())
          .isInstanceOf(PurgeNotDurable.class)
          .hasMessageContaining("used by another node");
      assertThat(second.store(new Item(1, 1, 100))).isFalse();
      assertThat(first.store(new Item(1, 1, 100))).isTrue();
      second.close();
    }
  }
}

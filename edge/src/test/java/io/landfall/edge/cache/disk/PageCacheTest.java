package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.cache.disk.DiskThings.Item;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the system's memory is read by who asks for it; all else by the disk's threads. */
class PageCacheTest {
  @TempDir Path folder;

  /** The thread that the answer came on; null for a miss. */
  private static CompletableFuture<Thread> ask(DiskStore store, int number) {
    CompletableFuture<Thread> on = new CompletableFuture<>();
    boolean begun =
        store.find(
            DiskThings.key(number),
            DiskStore.ANY_VARIANT,
            new DiskStore.Receiver() {
              @Override
              public void found(DiskFound found) {
                found.release();
                on.complete(Thread.currentThread());
              }

              @Override
              public void missed() {
                on.complete(null);
              }
            });
    assertThat(begun).isTrue();
    return on;
  }

  private static void stored(DiskStore store, int number, int length) {
    assertThat(store.store(new Item(number, 1, length))).isTrue();
    store.flush();
  }

  @Test
  void aShortRecordIsReadBeforeTheLookupReturns() {
    try (DiskStore store = DiskThings.open(folder)) {
      stored(store, 1, 40_000);
      CompletableFuture<Thread> on = ask(store, 1);
      assertThat(on).isCompletedWithValue(Thread.currentThread());
      assertThat(DiskThings.find(store, 1).map(DiskThings.Got::length)).contains(40_000);
    }
  }

  @Test
  void aLongOneIsReadByAThreadOfTheDisk() {
    try (DiskStore store = DiskThings.open(folder)) {
      stored(store, 1, 100_000);
      assertThat(ask(store, 1).join()).isNotNull().isNotSameAs(Thread.currentThread());
    }
  }

  @Test
  void whatWouldHaveToBeWaitedForIsReadByAThreadOfTheDisk() {
    // These files have nothing in the system's memory.
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "test"));
    try (DiskStore store =
        DiskThings.ready(
            DiskThings.store(files, DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES))) {
      stored(store, 1, 1_000);
      assertThat(ask(store, 1).join()).isNotNull().isNotSameAs(Thread.currentThread());
    }
  }

  @Test
  void aDamagedOneIsAMissAndCountsOnce() throws IOException {
    try (DiskStore store = DiskThings.open(folder)) {
      stored(store, 1, 1_000);
      Path segment;
      try (Stream<Path> all = Files.list(folder)) {
        segment =
            all.filter(each -> String.valueOf(each.getFileName()).startsWith(DiskSegment.PREFIX))
                .findFirst()
                .orElseThrow();
      }
      try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
        int at = DiskSegment.HEADER_BYTES + 600;
        file.seek(at);
        int was = file.read();
        file.seek(at);
        file.write(was ^ 1);
      }
      assertThat(ask(store, 1)).isCompletedWithValue(null);
      assertThat(store.view().reads().damaged()).isOne();
      store.flush();
      assertThat(store.mayHave(DiskThings.key(1))).isFalse();
    }
  }

  @Test
  void readsEndWithTheFile() throws IOException {
    Path file = Files.write(folder.resolve("ten"), new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    try (PageCache cache = Objects.requireNonNull(PageCache.open(file))) {
      ByteBuffer into = ByteBuffer.allocateDirect(8);
      assertThat(cache.read(into, 6)).isEqualTo(4);
      assertThat(into.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {6, 7, 8, 9}));
      assertThat(cache.read(into.clear(), 10)).isZero();
      assertThat(cache.read(into.position(8), 0)).isZero();
    }
    assertThat(PageCache.open(folder.resolve("none"))).isNull();
  }

  @Test
  void noDescriptorIsLeftOpen() throws IOException {
    try (DiskStore store = DiskThings.open(folder)) {
      stored(store, 1, 1_000);
      assertThat(ask(store, 1)).isCompleted();
      assertThat(open()).isNotEmpty();
    }
    assertThat(open()).isEmpty();
  }

  /** This process's descriptors of files of the folder. */
  private List<String> open() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(PageCacheTest::target)
          .filter(each -> each.contains(folder.toString()))
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      // It was closed meanwhile.
      return "";
    }
  }
}

package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Clock;
import io.landfall.edge.CacheDiskView.State;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is stored goes for what is stored later, and for nothing else. */
class DiskRoomTest {
  private static final int LONG = 600_000;
  private static final int ROUNDS = 100;

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

  private DiskStore open() {
    return DiskThings.ready(
        new DiskStore(
            new DiskSettings("a disk", DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES),
            files,
            new Skipping(),
            PooledByteBufAllocator.DEFAULT));
  }

  private static Optional<Integer> version(DiskStore store, int number) {
    return DiskThings.find(store, number).map(DiskThings.Got::version);
  }

  private static void storeOne(DiskStore store, int number) {
    boolean _ = store.store(new Item(number, 1, 1_000));
    store.flush();
  }

  /** Begins a download that does not come to its end. */
  private static DiskStream begin(DiskStore store, int number) {
    DiskStream made = store.stream(new Item(number, 1, LONG));
    if (made == null) {
      throw new AssertionError("not taken");
    }
    boolean _ = made.write(Unpooled.wrappedBuffer(DiskThings.body(number, 1, LONG), 0, 70_000));
    store.flush();
    return made;
  }

  private static boolean takesAll(DiskStore store, int number) {
    DiskStream stream = begin(store, number);
    boolean _ =
        stream.write(
            Unpooled.wrappedBuffer(DiskThings.body(number, 1, LONG), 70_000, LONG - 70_000));
    store.flush();
    return store.mayHave(DiskThings.key(number));
  }

  @Test
  void whatWentWhenItBecameSmallerDoesNotCount() {
    try (DiskStore store = DiskThings.open(folder)) {
      for (int i = 0; i < 40; i++) {
        assertThat(store.store(new Item(i, 1, 100_000))).isTrue();
        store.flush();
      }
    }
    DiskStore smaller = DiskThings.store(files, 2 << 20, DiskThings.SEGMENT_BYTES);
    try (DiskStore store = DiskThings.ready(smaller)) {
      int found = 0;
      for (int i = 0; i < 40; i++) {
        found += DiskThings.find(store, i).isPresent() ? 1 : 0;
      }
      assertThat(found).isBetween(1, 39);
      assertThat(store.view().content().responses()).isEqualTo(found);
    }
  }

  @Test
  void downloadsThatAreBrokenOffTakeNothing() {
    try (DiskStore store = open()) {
      storeOne(store, 1);
      for (int i = 0; i < ROUNDS; i++) {
        begin(store, 100 + i).drop();
        store.flush();
      }
      assertThat(version(store, 1)).contains(1);
      assertThat(store.view().content().bytes()).isEqualTo(DiskThings.SEGMENT_BYTES);
      assertThat(takesAll(store, 2)).isTrue();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(1);
      assertThat(version(store, 2)).contains(1);
    }
  }

  @Test
  void downloadsThatAreBrokenOffBehindOneAnotherTakeNothing() {
    try (DiskStore store = open()) {
      storeOne(store, 1);
      for (int i = 0; i < ROUNDS; i++) {
        DiskStream first = store.stream(new Item(2, i, 100_000));
        DiskStream second = store.stream(new Item(3, i, 100_000));
        if (first == null || second == null) {
          throw new AssertionError("not taken");
        }
        first.drop();
        store.flush();
        second.drop();
        store.flush();
      }
      assertThat(version(store, 1)).contains(1);
      assertThat(store.view().content().bytes()).isEqualTo(DiskThings.SEGMENT_BYTES);
    }
  }

  @Test
  void downloadsThatAreBrokenOffWithOtherThingsBetweenTakeAPartOfTheDiskAtMost() {
    try (DiskStore store = open()) {
      storeOne(store, 1);
      for (int i = 0; i < ROUNDS; i++) {
        DiskStream broken = begin(store, 100 + i);
        storeOne(store, 1_000 + i);
        broken.drop();
        store.flush();
      }
      assertThat(version(store, 1)).contains(1);
      assertThat(takesAll(store, 2)).isFalse();
      // After a time they are forgiven.
      skippedNanos.addAndGet(2 * UnusedRoom.FORGIVEN_NANOS);
      assertThat(takesAll(store, 2)).isTrue();
    }
  }

  @Test
  void downloadsThatDoNotEndTakeAPartOfTheDiskAtMost() {
    try (DiskStore store = open()) {
      storeOne(store, 1);
      for (int i = 0; i < ROUNDS; i++) {
        begin(store, 100 + i);
      }
      assertThat(version(store, 1)).contains(1);
    }
  }

  @Test
  void downloadsThatComeToTheirEndFillTheDisk() {
    try (DiskStore store = open()) {
      for (int i = 0; i < ROUNDS; i++) {
        assertThat(takesAll(store, i)).isTrue();
      }
    }
  }

  @Test
  void writesThatFailTakeNothingOfWhatIsThere() {
    try (DiskStore store = open()) {
      for (int i = 0; store.view().content().bytes() < DiskThings.LIMIT_BYTES; i++) {
        boolean _ = store.store(new Item(i, 1, 100_000));
        store.flush();
      }
      long before = store.view().content().bytes();
      files.dataWritesFail = true;
      for (int i = 0; i < ROUNDS; i++) {
        storeOne(store, 1_000 + i);
        assertThat(store.view().state()).isEqualTo(State.NOT_WRITABLE);
        skippedNanos.addAndGet(DiskWriter.RETRY_NANOS);
      }
      assertThat(store.view().content().bytes())
          .isGreaterThanOrEqualTo(before - DiskThings.SEGMENT_BYTES);
      assertThat(version(store, 20)).contains(1);
      files.dataWritesFail = false;
      storeOne(store, 2_000);
      assertThat(version(store, 2_000)).contains(1);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 20)).contains(1);
      assertThat(version(store, 2_000)).contains(1);
    }
  }

  @Test
  void aWriteThatFailedOnceIsFollowedByOthersInItsPlace() {
    try (DiskStore store = open()) {
      storeOne(store, 1);
      files.dataWritesFail = true;
      storeOne(store, 2);
      files.dataWritesFail = false;
      skippedNanos.addAndGet(DiskWriter.RETRY_NANOS);
      storeOne(store, 3);
      assertThat(version(store, 1)).contains(1);
      assertThat(version(store, 2)).isEmpty();
      assertThat(version(store, 3)).contains(1);
      assertThat(store.view().content().bytes()).isEqualTo(DiskThings.SEGMENT_BYTES);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(1);
      assertThat(version(store, 2)).isEmpty();
      assertThat(version(store, 3)).contains(1);
    }
  }
}

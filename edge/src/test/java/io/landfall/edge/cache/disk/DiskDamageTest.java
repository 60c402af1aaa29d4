package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.CacheDiskView.State;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskThings.Item;
import io.landfall.edge.cache.disk.JournalEntry.Kind;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is damaged, cannot be read, or breaks this program's own rules, and what is left then. */
class DiskDamageTest {
  /** With one of 1,000 bytes before it, nothing else fits into its segment. */
  private static final int REST_OF_SEGMENT = 1_046_000;

  @TempDir Path folder;

  private static Optional<Integer> version(DiskStore store, int number) {
    return DiskThings.find(store, number).map(DiskThings.Got::version);
  }

  private DiskStore open(FaultyFiles files) {
    return DiskThings.ready(
        DiskThings.store(files, DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES));
  }

  /** Fills some segments: what has a small number is in an old one. */
  private void fill(int many) {
    try (DiskStore store = DiskThings.open(folder)) {
      for (int i = 0; i < many; i++) {
        assertThat(store.store(new Item(i, 1, 100_000))).isTrue();
        store.flush();
      }
    }
  }

  private void damage(String name, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
      file.seek(at);
      int was = file.read();
      file.seek(at);
      file.write(was ^ 1);
    }
  }

  @Test
  void whatADamagedJournalHadDoesNotMakeTheNextOneBlind() throws IOException {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.isReady()).isTrue();
    }
    FolderFiles files = new FolderFiles(folder, "test");
    assertThat(files.lock()).isTrue();
    SipHash secret = DiskFolder.secret(files).orElseThrow();
    PurgeJournal journal =
        new PurgeJournal(files, new PurgeMarks(secret), new Forgotten(), () -> 77);
    journal.renew();
    long late = 50L << 40;
    journal.write(
        List.of(
            new JournalEntry(Kind.RUN, 50, 0, 0),
            new JournalEntry(Kind.FORGET_ALL, 0, late, 0),
            new JournalEntry(Kind.FORGET, 1, late, 0),
            new JournalEntry(Kind.FORGET, 2, late, 0)));
    journal.close();
    files.close();
    // Behind the header: what a renewed one begins with (3 entries), and the four of before.
    damage(PurgeJournal.NAME, 512 + 6L * JournalEntry.BYTES + 3);
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      store.flush();
      assertThat(version(store, 1)).contains(1);
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).contains(1);
    }
  }

  @Test
  void ticketsBeginBehindAllThatWasForgotten() {
    Forgotten forgotten = new Forgotten();
    forgotten.addAll(9L << 40);
    forgotten.add(5, 10L << 40);
    forgotten.startRun(3);
    assertThat(forgotten.has(5, forgotten.next())).isFalse();
    assertThat(forgotten.has(6, forgotten.next())).isFalse();
  }

  @Test
  void aSegmentThatCannotBeReadIsLeftOutWithWhatItMayHaveReplaced() {
    fill(40);
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "test"));
    files.unreadable = DiskSegment.name(3);
    try (DiskStore store = open(files)) {
      assertThat(version(store, 39)).contains(1);
      assertThat(version(store, 0)).isEmpty();
      assertThat(store.view().errors()).isPositive();
      assertThat(store.view().state()).isEqualTo(State.WORKING);
      assertThat(store.store(new Item(1, 2, 1_000))).isTrue();
      store.flush();
      assertThat(version(store, 1)).contains(2);
    }
    assertThat(folder.resolve(DiskSegment.name(1))).doesNotExist();
  }

  @Test
  void whatIsFoundDamagedDoesNotGiveWayToWhatItReplaced() throws IOException {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      assertThat(store.store(new Item(2, 1, REST_OF_SEGMENT))).isTrue();
      store.flush();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 2, 1_000))).isTrue();
      store.flush();
      assertThat(folder.resolve(DiskSegment.name(3))).doesNotExist();
      damage(DiskSegment.name(2), 500);
      assertThat(version(store, 1)).isEmpty();
      store.purged(new Purge.OfUrl("other.test", "/"), false, 1).join();
    }
    assertThat(folder.resolve(DiskSegment.name(2)).toFile().delete()).isTrue();
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
    }
  }

  /** One whose head cannot be made. */
  private record Broken() implements DiskItem {
    @Override
    public byte[] key() {
      return DiskThings.key(9);
    }

    @Override
    public int variant() {
      return 0;
    }

    @Override
    public byte[] head() {
      throw new InvariantBroken("as the test asks");
    }

    @Override
    public long epoch() {
      return 0;
    }

    @Override
    public long bodyLength() {
      return 10;
    }

    @Override
    public void copyTo(ByteBuffer into, long position) {
      throw new InvariantBroken("not reached");
    }

    @Override
    public void letGo() {}
  }

  @Test
  void aDiskThatBreaksItsOwnRulesIsGivenUpAndPurgesGoOn() {
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(store.store(new Item(1, 1, 1_000))).isTrue();
      store.flush();
      assertThat(store.store(new Broken())).isTrue();
      TestSite.await("it is given up", () -> store.view().state() == State.UNUSABLE);
      store.purged(new Purge.OfUrl("shop.test", "/1"), false, 1).join();
      assertThat(store.mayHave(DiskThings.key(1))).isFalse();
      assertThat(store.store(new Item(2, 1, 1_000))).isFalse();
    }
    try (DiskStore store = DiskThings.open(folder)) {
      assertThat(version(store, 1)).isEmpty();
    }
  }

  @Test
  void whatIsForgottenIsBoundedWhileTheMediumDoesNotAnswer() {
    Forgotten forgotten = new Forgotten();
    JournalThread journal =
        new JournalThread(
            new FolderFiles(folder, "test"),
            new DiskHealth("a disk"),
            forgotten,
            SystemClock.INSTANCE);
    for (int i = 0; i < 5 * Forgotten.MOST; i++) {
      long ticket = forgotten.next();
      forgotten.add(i, ticket);
      journal.forget(i, ticket);
      assertThat(forgotten.has(i, ticket - 1)).isTrue();
    }
    assertThat(forgotten.size()).isLessThanOrEqualTo(2 * Forgotten.MOST + 1);
    assertThat(forgotten.has(1, 1)).isTrue();
  }

  @Test
  void aPurgeDoesNotWaitForAMediumThatDoesNotAnswer() {
    AtomicLong skippedNanos = new AtomicLong();
    Clock clock =
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
    FaultyFiles files = new FaultyFiles(new FolderFiles(folder, "test"));
    DiskStore store =
        new DiskStore(
            new DiskSettings("a disk", DiskThings.LIMIT_BYTES, DiskThings.SEGMENT_BYTES),
            files,
            clock,
            PooledByteBufAllocator.DEFAULT);
    CountDownLatch answers = new CountDownLatch(1);
    try (store) {
      DiskThings.ready(store);
      files.writeBegins = new CountDownLatch(1);
      files.writesWait = answers;
      CompletableFuture<Void> first = store.purged(new Purge.Everything(), false, 1);
      TestSite.await("it is being written", () -> files.writeBegins.getCount() == 0);
      CompletableFuture<Void> second = store.purged(new Purge.OfTag("shop", "a"), false, 2);
      skippedNanos.addAndGet(GroupCommit.HUNG_NANOS);
      for (CompletableFuture<Void> each : List.of(first, second)) {
        assertThat(each.handle((done, failure) -> failure).join())
            .isInstanceOf(PurgeNotDurable.class)
            .hasMessageContaining("does not answer");
      }
      files.writesWait = null;
      answers.countDown();
      store.purged(new Purge.OfTag("shop", "b"), false, 3).exceptionally(failure -> null).join();
    }
  }

  @Test
  void aFolderOfSomebodyElseIsLeftAlone() throws IOException {
    Files.writeString(folder.resolve("thesis.txt"), "mine");
    Files.writeString(folder.resolve("segment-9"), "mine too");
    try (DiskStore store =
        DiskThings.store(
            new FaultyFiles(new FolderFiles(folder, "fra")),
            DiskThings.LIMIT_BYTES,
            DiskThings.SEGMENT_BYTES)) {
      store.start();
      TestSite.await("it is refused", () -> store.view().state() == State.UNUSABLE);
      assertThat(folder.resolve("segment-9")).hasContent("mine too");
    }
  }
}

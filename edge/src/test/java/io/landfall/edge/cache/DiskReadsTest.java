package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.SystemClock;
import io.landfall.edge.cache.disk.DiskSet;
import io.landfall.edge.cache.disk.DiskStore;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.server.TestSite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.AsciiString;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes from disk into memory, and what happens to it on the way. */
class DiskReadsTest {
  private static final long MEMORY_BYTES = 16 << 20;
  private static final long DISK_BYTES = 256 << 20;
  private static final FieldLines NO_FIELDS = new FieldLines();
  private static final StoredKey KEY = StoredThings.key("/a");

  @TempDir Path folder;

  private volatile boolean noMemory;
  private int flushes;
  private final MemoryBudget budget = new MemoryBudget(MEMORY_BYTES);
  private final MemoryTier memory = new MemoryTier(budget, new MemoryBudget(MEMORY_BYTES));
  private final EdgeCache cache = cache();
  private @Nullable DiskStore disk;
  private @Nullable DiskTier tier;

  private static final class Still implements Clock {
    @Override
    public long monotonicNanos() {
      return 0;
    }

    @Override
    public long wallMillis() {
      return 0;
    }
  }

  /** Gives no memory while a test says so. */
  private final class Scarce extends PooledByteBufAllocator {
    Scarce() {
      super(true);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      if (noMemory) {
        throw new OutOfMemoryError("as the test asks");
      }
      return super.newDirectBuffer(initialCapacity, maxCapacity);
    }
  }

  private EdgeCache cache() {
    return new EdgeCache(
        CacheSettings.of(MEMORY_BYTES, Map.of()),
        "fra.cdn.test",
        new SipHash(1, 2),
        new Still(),
        new Scarce());
  }

  @BeforeEach
  void storesOne() {
    DiskStore opened =
        DiskStore.open(
            new CacheSettings.Disk(folder, DISK_BYTES),
            "test",
            SystemClock.INSTANCE,
            PooledByteBufAllocator.DEFAULT);
    disk = opened;
    DiskTier made =
        new DiskTier(
            cache,
            TestSite.SHOP,
            CachePolicy.DEFAULT,
            memory,
            new DiskSet(List.of(opened), SystemClock.INSTANCE));
    tier = made;
    TestSite.await("the disk works", opened::isReady);
    StoredResponse response = StoredThings.response(memory, 1_000);
    if (response == null) {
      throw new AssertionError("no room");
    }
    made.store(KEY, NO_FIELDS, response, null);
    response.release();
    TestSite.await("it is on disk", () -> made.mayHave(KEY));
    TestSite.await("it is let go of", () -> memory.usedBytes() == 0);
  }

  @AfterEach
  void closes() {
    if (disk != null) {
      disk.close();
    }
    memory.clear();
    cache.close();
  }

  private DiskTier tier() {
    if (tier == null) {
      throw new AssertionError("not made");
    }
    return tier;
  }

  private static OnDisk there(@Nullable OnDisk found) {
    if (found == null) {
      throw new AssertionError("not found");
    }
    return found;
  }

  /** Looks for it; what happens meanwhile does so behind the read, before what was read is used. */
  private OnDisk find(Runnable meanwhile) {
    CompletableFuture<@Nullable OnDisk> done = new CompletableFuture<>();
    tier()
        .ask(
            KEY,
            found -> {
              meanwhile.run();
              done.complete(found);
            });
    return there(done.join());
  }

  @Test
  void whatWasReadComesIntoMemory() {
    OnDisk found = find(() -> {});
    assertThat(tier().isForgotten(KEY, found)).isFalse();
    tier().keep(KEY, NO_FIELDS, found);
    assertThat(memory.get(KEY)).isNotNull();
    found.response().release();
  }

  @Test
  void whatWasMadeInvalidWhileItWasReadDoesNotComeIntoMemory() {
    OnDisk found =
        find(
            () -> {
              // As an unsafe method does, on another event loop.
              tier().forget(KEY);
              memory.drop(KEY);
            });
    tier().keep(KEY, NO_FIELDS, found);
    assertThat(memory.get(KEY)).isNull();
    // Who joined the read that had begun before is not answered with it.
    assertThat(tier().isForgotten(KEY, found)).isTrue();
    found.response().release();
    TestSite.await("it is let go of", () -> memory.usedBytes() == 0);
  }

  @Test
  void whatIsNewerThanWhatWasReadAndNotInMemoryIsNotHiddenByIt() {
    OnDisk found =
        find(
            () -> {
              StoredResponse newer = response(2_000);
              tier().store(KEY, NO_FIELDS, newer, null);
              newer.release();
            });
    assertThat(tier().isForgotten(KEY, found)).isTrue();
    tier().keep(KEY, NO_FIELDS, found);
    assertThat(memory.get(KEY)).isNull();
    found.response().release();
    TestSite.await("it is let go of", () -> memory.usedBytes() == 0);
    TestSite.await(
        "the newer one is found",
        () -> {
          OnDisk now = find(() -> {});
          boolean newer = now.response().body().length() == 2_000;
          boolean valid = !tier().isForgotten(KEY, now);
          now.response().release();
          return newer && valid;
        });
  }

  @Test
  void whatComesBitByBitIsNewerThanWhatWasRead() {
    DiskTee tee = new DiskTee(memory, tier(), KEY);
    OnDisk found = find(() -> begin(tee, "\"v2\"", 10));
    assertThat(tier().isForgotten(KEY, found)).isTrue();
    found.response().release();
    tee.drop();
  }

  @Test
  void whatIsReadWhileANewerOneIsWrittenIsNotKeptInMemory() {
    DiskTee tee = new DiskTee(memory, tier(), KEY);
    begin(tee, "\"v2\"", 10);
    OnDisk found = find(() -> {});
    tier().keep(KEY, NO_FIELDS, found);
    assertThat(memory.get(KEY)).isNull();
    found.response().release();
    tee.drop();
  }

  @Test
  void whatWasReadBeforeANewerOneHadComeWholeIsNotKeptInMemoryThen() {
    DiskTee tee = new DiskTee(memory, tier(), KEY);
    begin(tee, "\"v2\"", 10);
    OnDisk found = find(() -> {});
    tee.write(StoredThings.piece(0, 10));
    tier().keep(KEY, NO_FIELDS, found);
    assertThat(memory.get(KEY)).isNull();
    found.response().release();
  }

  @Test
  void anOlderLongResponseIsNotStoredBehindANewerOne() {
    assertThat(isStoredThoughThereCame("\"v3\"", 10)).isFalse();
    assertThat(isStoredThoughThereCame("", 10)).isFalse();
    assertThat(isStoredThoughThereCame("W/\"v2\"", 10)).isFalse();
    assertThat(isStoredThoughThereCame("\"v3\"", Body.UNKNOWN)).isFalse();
    assertThat(isStoredThoughThereCame("\"v2\"", 10)).as("the same one").isTrue();
  }

  @Test
  void whatHasNoLengthReplacesWhatIsStored() {
    begin(new DiskTee(memory, tier(), KEY), "\"v2\"", Body.UNKNOWN);
    assertThat(isFound(KEY)).isFalse();
  }

  @Test
  void whatTurnsOutToBeTooLongReplacesWhatIsStored() {
    new DiskTee(memory, tier(), KEY).tooLong(NO_FIELDS, true);
    assertThat(isFound(KEY)).as("what is older than a purge tells nothing").isTrue();
    new DiskTee(memory, tier(), KEY).tooLong(NO_FIELDS, false);
    assertThat(isFound(KEY)).isFalse();
  }

  private StoredResponse response(int length) {
    StoredResponse made = StoredThings.response(memory, length);
    if (made == null) {
      throw new AssertionError("no room");
    }
    return made;
  }

  private static void begin(DiskTee tee, String tag, long length) {
    FieldLines fields = new FieldLines();
    if (!tag.isEmpty()) {
      fields.add(AsciiString.of("etag"), AsciiString.of(tag));
    }
    StoredResponse.Head head = new StoredResponse.Head(fields, true, false);
    DiskTier.Extent extent = new DiskTier.Extent(length, 0);
    tee.begin(NO_FIELDS, head, StoredThings.meta(fields), extent, () -> false);
  }

  /** Whether v2 is stored, while which another one came. */
  private boolean isStoredThoughThereCame(String tag, long length) {
    StoredKey key = StoredThings.key("/long" + tag + length);
    DiskTee older = new DiskTee(memory, tier(), key);
    begin(older, "\"v2\"", 10);
    DiskTee newer = new DiskTee(memory, tier(), key);
    begin(newer, tag, length);
    newer.drop();
    older.write(StoredThings.piece(0, 10));
    flush();
    return isFound(key);
  }

  /** Waits until what was handed over before is written. */
  private void flush() {
    StoredKey behind = StoredThings.key("/behind" + flushes++);
    StoredResponse other = response(10);
    tier().store(behind, NO_FIELDS, other, null);
    other.release();
    TestSite.await("what came later is stored", () -> tier().mayHave(behind));
  }

  private boolean isFound(StoredKey key) {
    CompletableFuture<@Nullable OnDisk> done = new CompletableFuture<>();
    tier().ask(key, done::complete);
    OnDisk found = done.join();
    if (found != null) {
      found.response().release();
    }
    return found != null;
  }

  @Test
  void whereThereIsNoMemoryTheReadEndsAndTheKeyIsAnsweredLater() {
    noMemory = true;
    CompletableFuture<@Nullable OnDisk> done = new CompletableFuture<>();
    tier().ask(KEY, done::complete);
    assertThat(done.join()).isNull();
    assertThat(memory.usedBytes()).isZero();
    noMemory = false;
    find(() -> {}).response().release();
    TestSite.await("it is let go of", () -> memory.usedBytes() == 0);
  }

  @Test
  void whatWasMadeInvalidWhenItsWriteBeganIsNotStored() {
    StoredKey key = StoredThings.key("/long");
    DiskTee tee = new DiskTee(memory, tier(), key);
    StoredResponse.Head head = new StoredResponse.Head(NO_FIELDS, true, false);
    tee.begin(
        NO_FIELDS, head, StoredThings.meta(NO_FIELDS), new DiskTier.Extent(10, 0), () -> true);
    tee.write(StoredThings.piece(0, 10));
    CompletableFuture<@Nullable OnDisk> done = new CompletableFuture<>();
    StoredResponse other = StoredThings.response(memory, 10);
    if (other == null) {
      throw new AssertionError("no room");
    }
    StoredKey behind = StoredThings.key("/behind");
    tier().store(behind, NO_FIELDS, other, null);
    other.release();
    TestSite.await("what came later is stored", () -> tier().mayHave(behind));
    TestSite.await("its stream is over", () -> memory.usedBytes() == 0);
    assertThat(tier().mayHave(key)).isFalse();
    tier().ask(key, done::complete);
    assertThat(done.join()).isNull();
  }
}

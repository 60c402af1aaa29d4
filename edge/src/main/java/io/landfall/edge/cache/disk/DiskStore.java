package io.landfall.edge.cache.disk;

import io.landfall.cache.Purge;
import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.PurgeNotDurable;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One disk of the cache. Any thread may call, and none ever waits: what is asked for is done by the
 * disk's own threads, or refused when too much waits. Until what lies there is indexed nothing is
 * found, and nothing is stored.
 *
 * <p>One thread writes ({@link DiskWriter}), some read ({@link DiskReaders}), one takes down purges
 * ({@link JournalThread}). What they share is the index and what was forgotten, which are looked up
 * without a lock.
 */
public final class DiskStore implements AutoCloseable {
  /** How long an end waits for what is being written. */
  private static final long CLOSE_MILLIS = 5_000;

  private final DiskHealth health;
  private final DiskReaders readers;
  private final RecordReader records;
  private final DiskCore core;
  private final DiskQueue queue;
  private final DiskWriter writer;

  /** Takes what was found. Exactly one of its methods is called, once, on any thread. */
  public interface Receiver {
    /** It is here; the receiver releases it. */
    void found(DiskFound found);

    /** There is nothing, or it cannot be read in time. */
    void missed();
  }

  DiskStore(DiskSettings settings, DiskFiles files, Clock clock, ByteBufAllocator allocator) {
    SecureRandom random = new SecureRandom();
    this.health = new DiskHealth(settings.name());
    this.readers = new DiskReaders("cache-disk", clock, health);
    this.core =
        new DiskCore(
            settings,
            files,
            health,
            clock,
            new DiskCore.Secrets(
                random::nextLong, () -> new SipHash(random.nextLong(), random.nextLong())));
    this.records =
        new RecordReader(new DiskBody.Reading(readers, allocator, health), core.forgotten());
    DiskLoad load = new DiskLoad(core);
    this.queue = new DiskQueue(core, load);
    this.writer = new DiskWriter(core, load, queue);
  }

  /**
   * Begins to use a folder, in the background.
   *
   * @param disk which one, how large, and the log of purges beside it
   * @param owner who uses it, for people
   */
  public static DiskStore open(
      CacheSettings.Disk disk, String owner, Clock clock, ByteBufAllocator allocator) {
    DiskStore made =
        new DiskStore(
            DiskSettings.of(disk.folder().toString(), disk.bytes(), disk.log()),
            new FolderFiles(disk.folder(), owner),
            clock,
            allocator);
    made.start();
    return made;
  }

  void start() {
    readers.start(core.journal()::failIfHung);
    writer.start();
  }

  /**
   * From now on nothing is found that was stored before this process began, or it is again. What is
   * stored meanwhile is found.
   */
  public void holdBefore(boolean on) {
    core.holdBefore(on);
  }

  /** Whether what lies there is indexed. */
  public boolean isReady() {
    return core.isReady();
  }

  /** Whether something may be stored under a key: a look into memory. */
  public boolean mayHave(byte[] key) {
    return core.isReady() && core.index().has(core.fingerprint(key));
  }

  /** Takes any variant of a key: the newest. */
  public static final long ANY_VARIANT = Long.MIN_VALUE;

  /**
   * Looks for what is stored under a key. What is short and needs no wait is given to the receiver
   * before this returns.
   *
   * @param variant the hash of what selects it beside the key, or {@link #ANY_VARIANT}
   * @return false if that is not done now: the receiver is not called
   */
  public boolean find(byte[] key, long variant, Receiver receiver) {
    // Taken here: who joins a lookup that is under way must not miss what came since it began.
    long since = core.forgotten().last();
    if (!core.isReady()) {
      return false;
    }
    return findNow(key, variant, since, receiver)
        || readers.begin(
            new DiskReaders.Task(DiskReaders.FIND_NANOS) {
              @Override
              void read() {
                RecordReader.Outcome outcome = look(key, variant, since, false);
                if (end()) {
                  give(outcome, receiver);
                } else if (outcome instanceof RecordReader.Outcome.There(DiskFound found)) {
                  found.release();
                }
              }

              @Override
              void givenUp() {
                receiver.missed();
              }
            });
  }

  /** Answers what needs no wait for the medium; false if it does. */
  private boolean findNow(byte[] key, long variant, long since, Receiver receiver) {
    RecordReader.Outcome outcome = new RecordReader.Outcome.NotThere();
    try {
      outcome = look(key, variant, since, true);
    } catch (OutOfMemoryError e) {
      readers.noMemory(e);
    }
    if (outcome == null) {
      return false;
    }
    try {
      give(outcome, receiver);
    } catch (OutOfMemoryError e) {
      // The receiver had none to take it into, and has answered its own.
      readers.noMemory(e);
    }
    return true;
  }

  private void give(RecordReader.@Nullable Outcome outcome, Receiver receiver) {
    if (outcome instanceof RecordReader.Outcome.There(DiskFound found)) {
      health.hits.increment();
      receiver.found(found);
    } else {
      health.misses.increment();
      receiver.missed();
    }
  }

  /**
   * Looks for the newest that fits.
   *
   * @param now whether only what needs no wait for the medium is read
   * @return null if it would have to be waited for; else what is there, or that nothing is
   */
  private RecordReader.@Nullable Outcome look(byte[] key, long variant, long since, boolean now) {
    DiskIndex.Found[] places = new DiskIndex.Found[DiskIndex.MOST_OF_KEY];
    int count = core.index().find(core.fingerprint(key), places);
    for (int i = 0; i < count; i++) {
      DiskIndex.Found place = places[i];
      DiskSegment segment =
          variant == ANY_VARIANT || variant == place.variant()
              ? core.ring().at(place.sequence())
              : null;
      boolean isFound = segment != null && !core.hides(segment, place.offsetBytes());
      if (segment == null || !isFound || !segment.tryHold()) {
        continue;
      }
      try {
        RecordReader.Outcome outcome =
            now
                ? records.readNow(segment, place.offsetBytes(), place.lengthBytes(), key, since)
                : records.read(segment, place.offsetBytes(), place.lengthBytes(), key, since);
        switch (outcome) {
          case null -> {
            return null;
          }
          case RecordReader.Outcome.There _ -> {
            return outcome;
          }
          case RecordReader.Outcome.NotThere _ ->
              queue.isNotThere(core.fingerprint(key), place.place());
          case RecordReader.Outcome.Damaged _ -> {
            // First: what it had replaced does not come back with a restart, nor what an unsafe
            // method makes invalid once the index does not have it any more.
            queue.forget(key);
            queue.isNotThere(core.fingerprint(key), place.place());
          }
          case RecordReader.Outcome.Hidden _ -> {
            // It may be right for who asks a moment later.
          }
        }
      } catch (IOException e) {
        health.readFailed(e);
      } finally {
        segment.letGo();
      }
    }
    return new RecordReader.Outcome.NotThere();
  }

  /**
   * Stores a response, a moment later. If that cannot be, what was stored before is forgotten: it
   * is no longer the newest.
   *
   * @return false if it will not be stored
   */
  public boolean store(DiskItem item) {
    return queue.store(item);
  }

  /**
   * Begins to store a response whose body comes bit by bit.
   *
   * @param item of which the body is not read
   * @return null if it will not be stored
   */
  public @Nullable DiskStream stream(DiskItem item) {
    DiskOp.Streamed target = queue.begin(item);
    return target == null ? null : new DiskStream(queue, target, item.bodyLength());
  }

  /**
   * Whether a key was forgotten since a lookup of it began, so that what was found must not be used
   * any more; or may have been: some other keys count as forgotten with it.
   *
   * @param since {@link DiskFound#since}
   */
  public boolean isForgottenSince(byte[] key, long since) {
    return core.forgotten().hasSince(core.fingerprint(key), since);
  }

  /** What is newest under a key is not stored here: what was is no longer it. */
  public void replaced(byte[] key) {
    queue.replaced(key);
  }

  /** What is newest under a key is stored on another disk: what is here is no longer it. */
  void replacedElsewhere(byte[] key) {
    queue.replacedElsewhere(key);
  }

  /** The longest response that is stored, head and all. */
  public long largestBytes() {
    return core.largestBytes();
  }

  /** What is stored under a key must not be used any more, not after a restart either. */
  public void forget(byte[] key) {
    queue.forget(key);
  }

  /**
   * A purge was applied: takes it down, so that it counts after a restart.
   *
   * @param epoch its number in this process, in whose order they come
   * @return completes when it is on the medium; fails with {@link PurgeNotDurable}
   */
  public CompletableFuture<Void> purged(Purge purge, boolean soft, long epoch) {
    return core.journal().purged(purge, soft, epoch);
  }

  /** The epoch of this process that one of a record is; 0 for what was stored before it began. */
  public long epoch(long recordEpoch) {
    return Math.max(PurgeEpochs.START, recordEpoch - core.epochShift());
  }

  /** What purges before this process began left of a response. */
  public PurgeVerdict before(
      PurgeMarks.Place place, List<String> tags, List<String> groups, long recordEpoch) {
    return core.before(place, tags, groups, recordEpoch);
  }

  /** What is known of it. */
  public CacheDiskView view() {
    return new CacheDiskView(
        health.name(),
        health.state(),
        health.why(),
        new CacheDiskView.Content(
            core.index().entries(),
            core.ring().takenBytes(),
            core.limitBytes(),
            core.index().memoryBytes()),
        new CacheDiskView.Reads(
            health.hits.sum(),
            health.misses.sum(),
            health.busy.sum(),
            health.late.sum(),
            health.damaged.sum()),
        new CacheDiskView.Writes(
            health.stored.sum(), health.storedBytes.sum(), health.notStored.sum()),
        health.errors.sum());
  }

  /**
   * Writes what waits, and gives the folder back. Waits for that, but not for long: of what is not
   * written in time what it replaces is forgotten.
   */
  @Override
  public void close() {
    close(CLOSE_MILLIS);
  }

  /** The same, and waits for so long at most. */
  void close(long millis) {
    leave();
    join(millis);
  }

  /** Waits until its folder is given back, for so long at most. */
  void join(long millis) {
    writer.close(millis);
  }

  /** Begins to end: takes nothing any more, and writes what waits. */
  void leave() {
    readers.close();
    release();
  }

  /** The same, but what is being sent is read on. */
  void release() {
    core.close();
    // Wakes the writing thread: it ends now, and not when it looks up the next time.
    var _ = queue.flushed();
  }

  /** For people: its path. */
  String name() {
    return health.name();
  }

  /** What it may store, in bytes. */
  long limitBytes() {
    return core.limitBytes();
  }

  /** Whether it takes no more. */
  boolean isClosed() {
    return core.isClosed();
  }

  /** Waits until all that was handed over is written; for tests. */
  void flush() {
    queue.flushed().join();
  }
}

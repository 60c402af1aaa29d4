package io.landfall.edge.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.landfall.cache.FieldSection;
import io.landfall.edge.CacheSettings;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The stored responses of one service, in memory. Caffeine's W-TinyLFU decides what stays, by
 * weights: a key is let in for good only if it is asked for more often than what would have to go,
 * so that a flood of keys that are asked for once does not throw out what is in use. Any thread may
 * call; to look up takes no lock.
 *
 * <p>The bound is hard and not Caffeine's: room is taken before it is used, and counts until the
 * last reader is done. What is stored may take {@link #STORED_PERCENT} of it; the rest is for
 * responses that are being fetched, and for those that were thrown out and are still being sent.
 */
final class MemoryTier implements Body.Room {
  /** The part of the room that stored responses may take. */
  static final int STORED_PERCENT = 85;

  /**
   * The part of the room that slices leave to those that are streamed, a little of each at once.
   */
  private static final int STREAMS_PERCENT = 3;

  /**
   * The part of the room for what clients are being sent from disk. Clients that take nothing hold
   * it, and what is stored takes {@link #STORED_PERCENT}: the rest is for what is fetched.
   */
  static final int SENDING_PERCENT = 8;

  /** Weights are told in units of so many bytes, as Caffeine adds them up as ints. */
  private static final int UNIT_BYTES = 64;

  private final MemoryBudget share;
  private volatile long ownBytes;
  private final MemoryBudget all;
  private final MemoryBudget sending;
  private final Cache<StoredKey, Entry> stored;
  private volatile boolean closed;
  private final LongAdder evictions = new LongAdder();

  /**
   * An empty one that has its share for itself.
   *
   * @param share what this service may take
   * @param all what all services may take together
   */
  MemoryTier(MemoryBudget share, MemoryBudget all) {
    this(share, all, share.mostBytes());
  }

  /**
   * An empty one.
   *
   * @param share what this service may take
   * @param all what all services may take together
   * @param ownBytes of what is stored here this much counts as the room: those of all services are
   *     no more than all there is, else services that are full leave no room to each other, and
   *     none throws anything out
   */
  MemoryTier(MemoryBudget share, MemoryBudget all, long ownBytes) {
    this.share = share;
    this.all = all;
    this.ownBytes = ownBytes;
    this.sending = new MemoryBudget(sending(ownBytes));
    this.stored =
        Caffeine.newBuilder()
            .maximumWeight(stored(ownBytes))
            .weigher(MemoryTier::units)
            .executor(Runnable::run)
            .removalListener(this::removed)
            .build();
  }

  private static long sending(long ownBytes) {
    return Math.max(DiskCursor.MEMORY_BYTES, ownBytes * SENDING_PERCENT / 100);
  }

  private static long stored(long ownBytes) {
    return ownBytes / UNIT_BYTES * STORED_PERCENT / 100;
  }

  /** The room is another one from now on; what is stored beyond it is thrown out. */
  void resize(long shareBytes, long otherOwnBytes) {
    share.resize(shareBytes);
    sending.resize(sending(otherOwnBytes));
    ownBytes = otherOwnBytes;
    stored.policy().eviction().ifPresent(bound -> bound.setMaximum(stored(otherOwnBytes)));
  }

  private static int units(StoredKey key, Entry entry) {
    return (int) Math.min(Integer.MAX_VALUE, entry.weight() / UNIT_BYTES + 1);
  }

  private void removed(@Nullable StoredKey key, @Nullable Entry entry, RemovalCause cause) {
    if (cause.wasEvicted()) {
      evictions.increment();
    }
    if (entry != null) {
      entry.release();
    }
  }

  @Override
  public boolean tryTake(long bytes) {
    if (!share.tryTake(bytes)) {
      return false;
    }
    if (!all.tryTake(bytes)) {
      share.give(bytes);
      return false;
    }
    return true;
  }

  @Override
  public void give(long bytes) {
    share.give(bytes);
    all.give(bytes);
  }

  @Override
  public boolean tryTakeToSend(long bytes) {
    if (!sending.tryTake(bytes)) {
      return false;
    }
    if (!tryTake(bytes)) {
      sending.give(bytes);
      return false;
    }
    return true;
  }

  @Override
  public void giveSent(long bytes) {
    sending.give(bytes);
    give(bytes);
  }

  /** Whether a slice may take so much: then there is still room for some that are streamed. */
  boolean isForSlice(long bytes) {
    return isFor(share, bytes) && isFor(all, bytes);
  }

  private static boolean isFor(MemoryBudget budget, long bytes) {
    return budget.usedBytes() + bytes <= budget.mostBytes() / 100 * (100 - STREAMS_PERCENT);
  }

  /** The longest body that is stored here. */
  long largestBytes() {
    return CacheSettings.longestBodyBytes(ownBytes);
  }

  /** What is stored under a key; null if nothing is. Not held for the caller. */
  @Nullable Entry get(StoredKey key) {
    return stored.getIfPresent(key);
  }

  /**
   * Stores a response, which its owner still holds. It may be thrown out at once.
   *
   * @param request the fields of the request that it answers
   */
  void put(StoredKey key, FieldSection request, StoredResponse response) {
    stored.asMap().compute(key, (k, before) -> Entry.with(before, request, response));
    dropIfClosed(key);
  }

  /** Stores a response, unless there is one that the same request selects, which is newer. */
  void putIfNone(StoredKey key, FieldSection request, StoredResponse response) {
    stored
        .asMap()
        .compute(
            key,
            (k, before) ->
                before != null && before.select(request) != null
                    ? before
                    : Entry.with(before, request, response));
    dropIfClosed(key);
  }

  /** What comes behind the end would hold its room for ever. */
  private void dropIfClosed(StoredKey key) {
    if (closed) {
      stored.invalidate(key);
    }
  }

  /** What is stored under a key takes another room than before. */
  void reweigh(StoredKey key) {
    stored.asMap().computeIfPresent(key, (k, before) -> Entry.again(before));
  }

  /** Drops one response of a key, if it is still there. */
  void drop(StoredKey key, StoredResponse response) {
    stored.asMap().computeIfPresent(key, (k, before) -> Entry.without(before, response));
  }

  /**
   * Drops what a request selects under a key: something newer came for it that is not stored here.
   *
   * @param request the fields of the request that the newer one answers
   */
  void dropSelected(StoredKey key, FieldSection request) {
    stored.asMap().computeIfPresent(key, (k, before) -> Entry.withoutSelected(before, request));
  }

  /** Drops all that is stored under a key. */
  void drop(StoredKey key) {
    stored.invalidate(key);
  }

  /** How many keys have something stored. */
  long keys() {
    return stored.estimatedSize();
  }

  /** The room that is taken, by what is stored and by what is on its way. */
  long usedBytes() {
    return share.usedBytes();
  }

  /** The room that may be taken. */
  long mostBytes() {
    return share.mostBytes();
  }

  long evictions() {
    return evictions.sum();
  }

  /** Stores nothing any more. */
  void end() {
    closed = true;
  }

  /** Drops everything, and stores nothing any more. */
  void close() {
    end();
    clear();
  }

  /** Drops everything. */
  void clear() {
    stored.invalidateAll();
    stored.cleanUp();
  }
}

package io.landfall.edge.cache.disk;

import io.landfall.cache.Purge;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.PurgeNotDurable;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All disks of the cache, none or several. Each key has a home among them, by its hash and their
 * sizes (weighted rendezvous hashing), where its responses are stored: a disk that fails or is slow
 * fails for its own keys only, and one that is added or removed changes the home of its share of
 * the keys and of no others.
 *
 * <p>What was stored before a change is found where it lies. It is right wherever it is: what is
 * replaced, or made invalid, is so on all disks at once. Any thread may call, and none waits.
 */
public final class DiskSet implements AutoCloseable {
  /** How long an end waits for what is being written, on all disks together. */
  private static final long CLOSE_MILLIS = 5_000;

  private final List<Member> members;
  private final Clock clock;

  /**
   * A disk among others.
   *
   * @param hash what tells its place for a key; by its path, so that it is the same after a restart
   */
  private record Member(DiskStore store, SipHash hash) {
    static Member of(DiskStore store) {
      byte[] name = store.name().getBytes(StandardCharsets.UTF_8);
      return new Member(store, new SipHash(new SipHash(0, 0).hash(name, 0, name.length), 1));
    }

    /** How far it is from being the home of a key: exponential, the smaller the larger it is. */
    double distance(byte[] key) {
      double uniform = ((hash.hash(key, 0, key.length) >>> 11) + 0.5) * 0x1p-53;
      return -StrictMath.log(uniform) / store.limitBytes();
    }
  }

  /** These, which are open or are being opened, and have different names. */
  public DiskSet(List<DiskStore> disks, Clock clock) {
    this.members = disks.stream().map(Member::of).toList();
    this.clock = clock;
  }

  /**
   * Begins to use folders, in the background.
   *
   * @param owner who uses them, for people
   */
  public static DiskSet open(
      List<CacheSettings.Disk> disks, String owner, Clock clock, ByteBufAllocator allocator) {
    return new DiskSet(
        disks.stream().map(each -> DiskStore.open(each, owner, clock, allocator)).toList(), clock);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return members.isEmpty();
  }

  /** Where responses of a key are stored; only if there are disks. */
  DiskStore home(byte[] key) {
    Member best = members.getFirst();
    if (members.size() > 1) {
      double least = Double.POSITIVE_INFINITY;
      for (Member each : members) {
        double distance = each.distance(key);
        if (distance < least) {
          least = distance;
          best = each;
        }
      }
    }
    return best.store();
  }

  /**
   * The disk that may have something under a key, its home first: a look into memory.
   *
   * @return null if none has
   */
  public @Nullable DiskStore with(byte[] key) {
    if (members.isEmpty()) {
      return null;
    }
    DiskStore home = home(key);
    if (home.mayHave(key)) {
      return home;
    }
    for (Member each : members) {
      if (!each.store().equals(home) && each.store().mayHave(key)) {
        return each.store();
      }
    }
    return null;
  }

  /** All but the home of a key: what is stored there next, or is not, replaces what they have. */
  private DiskStore homeReplacing(byte[] key) {
    DiskStore home = home(key);
    for (Member each : members) {
      if (!each.store().equals(home)) {
        each.store().replacedElsewhere(key);
      }
    }
    return home;
  }

  /** The same as {@link DiskStore#store}, at the home of its key; only if there are disks. */
  public boolean store(DiskItem item) {
    return homeReplacing(item.key()).store(item);
  }

  /** The same as {@link DiskStore#stream}, at the home of its key; only if there are disks. */
  public @Nullable DiskStream stream(DiskItem item) {
    return homeReplacing(item.key()).stream(item);
  }

  /** What is newest under a key is not stored here: what was is no longer it. */
  public void replaced(byte[] key) {
    members.forEach(each -> each.store().replaced(key));
  }

  /** What is stored under a key must not be used any more, not after a restart either. */
  public void forget(byte[] key) {
    members.forEach(each -> each.store().forget(key));
  }

  /**
   * A purge was applied: each disk takes it down, whatever it has.
   *
   * @param epoch its number in this process, in whose order they come
   * @return of each disk: completes when it is on the medium; fails with {@link PurgeNotDurable}
   */
  public List<CompletableFuture<Void>> purged(Purge purge, boolean soft, long epoch) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    members.forEach(each -> all.add(each.store().purged(purge, soft, epoch)));
    return all;
  }

  /** The same as {@link DiskStore#holdBefore}, of each. */
  public void holdBefore(boolean on) {
    members.forEach(each -> each.store().holdBefore(on));
  }

  /** What is known of each, in the order of the settings. */
  public List<CacheDiskView> views() {
    return members.stream().map(each -> each.store().view()).toList();
  }

  /** Waits until all that was handed over is written; for tests. */
  void flush() {
    members.forEach(each -> each.store().flush());
  }

  /**
   * The same as {@link #close}, but what is being sent is read on. Nothing else is found any more.
   */
  public void release() {
    members.forEach(each -> each.store().release());
    end();
  }

  /** Writes what waits, and gives the folders back. Waits for that, but not for long. */
  @Override
  public void close() {
    members.forEach(each -> each.store().leave());
    end();
  }

  private void end() {
    long began = clock.monotonicNanos();
    for (Member each : members) {
      long passed = TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - began);
      each.store().join(Math.max(1, CLOSE_MILLIS - passed));
    }
  }
}

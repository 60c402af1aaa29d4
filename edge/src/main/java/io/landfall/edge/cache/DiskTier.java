package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CompressionPolicy;
import io.landfall.cache.FieldSection;
import io.landfall.cache.Freshness;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.StoredMeta;
import io.landfall.core.ServiceName;
import io.landfall.edge.cache.disk.DiskFound;
import io.landfall.edge.cache.disk.DiskSet;
import io.landfall.edge.cache.disk.DiskStore;
import io.landfall.edge.cache.disk.DiskStream;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The stored responses of one service, on disk: what is stored in memory is written there too, at
 * once, and what is no longer in memory is read from there. At once, since what falls out of a
 * memory that is small beside the disk would else be fetched again, and a write that is gathered
 * with others costs less than that. What is of no use a moment later is not written.
 *
 * <p>A short body comes into memory whole; a long one stays where it is, and each of its readers
 * reads it there. Any thread may call; none waits.
 */
final class DiskTier {
  /** A body up to this comes into memory when it is asked for. */
  private static final long MOST_WHOLE_BYTES = 1 << 20;

  /** What can be used for less than this is not written. */
  private static final long LEAST_MILLIS = 10_000;

  /** What was found right is written again only if it is used without a question for this long. */
  private static final long LEAST_FRESHENED_MILLIS = 30_000;

  private final EdgeCache cache;
  private final byte[] service;
  private final String name;
  private final int policy;
  private final CompressionPolicy compression;
  private final MemoryTier memory;
  private final DiskSet disks;
  private final Map<StoredKey, Ask> asked = new ConcurrentHashMap<>();

  private final DiskStreams streams = new DiskStreams();

  /** Who asks for what lies on disk. */
  interface Asker {
    /** It is here, and held for this; null if there is nothing. Once, on any thread. */
    void found(@Nullable OnDisk found);
  }

  /**
   * That of one service.
   *
   * @param memory what of it is in memory, whose room is used
   * @param disks all disks
   */
  DiskTier(
      EdgeCache cache, ServiceName service, CachePolicy policy, MemoryTier memory, DiskSet disks) {
    this.cache = cache;
    this.name = service.value();
    this.service = (name + '\0').getBytes(StandardCharsets.US_ASCII);
    this.compression = policy.compression();
    // What is made of it is not there, and so does not matter.
    this.policy =
        DiskHead.crc(
            policy
                .withCompression(CompressionPolicy.NONE)
                .toString()
                .getBytes(StandardCharsets.UTF_8));
    this.memory = memory;
    this.disks = disks;
  }

  /** The key as it lies on disk: with the service, whose hosts may change. */
  private byte[] onDisk(StoredKey key) {
    return key.behind(service);
  }

  /** Whether something may lie there: a look into memory. */
  boolean mayHave(StoredKey key) {
    return !disks.isEmpty() && disks.with(onDisk(key)) != null;
  }

  /** Asks for the newest response of a key; those who ask at once share one read. */
  void ask(StoredKey key, Asker asker) {
    Ask[] made = new Ask[1];
    asked.compute(
        key,
        (k, running) -> {
          if (running != null) {
            running.askers.add(asker);
            return running;
          }
          made[0] = new Ask();
          made[0].askers.add(asker);
          return made[0];
        });
    if (made[0] != null) {
      find(
          key,
          DiskStore.ANY_VARIANT,
          found -> {
            List<Asker> all = new ArrayList<>();
            asked.computeIfPresent(
                key,
                (k, running) -> {
                  all.addAll(running.askers);
                  return running.equals(made[0]) ? null : running;
                });
            give(all, found);
          });
    }
  }

  /** Asks for one variant of a key. */
  void askForVariant(StoredKey key, int variant, Asker asker) {
    find(key, variant, asker);
  }

  /**
   * What was found comes into memory, unless what a request selects there is newer. What was made
   * invalid since it was looked for does not come back: who makes it invalid has it forgotten here
   * first, and then drops what is in memory, so one of both sees the other. So it is with what is
   * older than a response that is being written bit by bit: it would outlive that here.
   */
  void keep(StoredKey key, FieldSection request, OnDisk found) {
    memory.putIfNone(key, request, found.response());
    if (streams.isUnderWay(key) || isForgotten(key, found)) {
      memory.drop(key, found.response());
    }
  }

  /** Whether what was found was made invalid since it was looked for. */
  boolean isForgotten(StoredKey key, OnDisk found) {
    return found.from().isForgottenSince(onDisk(key), found.since());
  }

  private void find(StoredKey key, long variant, Asker asker) {
    byte[] its = onDisk(key);
    DiskStore from = disks.with(its);
    if (from == null || !from.find(its, variant, receiver(key, from, asker))) {
      asker.found(null);
    }
  }

  private DiskStore.Receiver receiver(StoredKey key, DiskStore from, Asker asker) {
    return new DiskStore.Receiver() {
      @Override
      public void found(DiskFound found) {
        OnDisk read = null;
        try {
          read = read(key, from, found);
        } finally {
          // Also where there is no memory for it: else who asks for this key would wait for ever.
          asker.found(read);
        }
      }

      @Override
      public void missed() {
        asker.found(null);
      }
    };
  }

  private static void give(List<Asker> askers, @Nullable OnDisk found) {
    for (Asker each : askers) {
      if (found != null) {
        found.response().retain();
      }
      each.found(found);
    }
    if (found != null) {
      found.response().release();
    }
  }

  /** Who waits for a read; changed only while the map holds its key. */
  private static final class Ask {
    private final List<Asker> askers = new ArrayList<>(1);
  }

  /** What was found, as a response; null if it may not be used. Lets go of what was found. */
  private @Nullable OnDisk read(StoredKey key, DiskStore from, DiskFound found) {
    try {
      DiskHead.Times now = new DiskHead.Times(cache.nowMillis(), cache.wallMillis());
      DiskHead head = DiskHead.decode(found.head(), now);
      if (head == null || head.policy() != policy) {
        return null;
      }
      StoredMeta meta = head.meta();
      PurgeMarks.Place place = key.place(name);
      PurgeVerdict before = from.before(place, meta.tags(), meta.groups(), found.epoch());
      if (before == PurgeVerdict.PURGED) {
        return null;
      }
      DiskHead right = before == PurgeVerdict.VALID ? head : head.stale(now.cacheMillis());
      Body body = body(found);
      StoredResponse made = null;
      try {
        made = body == null ? null : response(key, place, right, body, from.epoch(found.epoch()));
      } finally {
        if (body != null && made == null) {
          body.release();
        }
      }
      return made == null ? null : new OnDisk(made, head.secondaryKey(), from, found.since());
    } finally {
      found.release();
    }
  }

  /** The body in memory, or where it lies; null if there is no room. */
  private @Nullable Body body(DiskFound found) {
    ByteBuf whole = found.whole();
    long length = found.body().length();
    if (whole == null || length > MOST_WHOLE_BYTES || length > memory.largestBytes()) {
      return new Body(cache.allocator(), memory, found.body());
    }
    Body body = new Body(cache.allocator(), memory, length, length);
    boolean here = false;
    try {
      here = body.reserve() && (length == 0 || body.append(whole));
    } finally {
      if (!here) {
        body.release();
      }
    }
    if (!here) {
      return null;
    }
    body.storedOnDisk();
    return body;
  }

  private @Nullable StoredResponse response(
      StoredKey key, PurgeMarks.Place place, DiskHead head, Body body, long epoch) {
    StoredMeta meta = head.meta();
    long[] marks = cache.marks().of(place, meta.tags(), meta.groups());
    long bytes =
        StoredResponse.bytes(
            head.head().fields(), key.length() + head.secondaryKey().length(), marks.length, meta);
    if (!memory.tryTake(bytes)) {
      return null;
    }
    StoredResponse.Head judged = head.head().judged(meta, body.expectedBytes(), compression);
    return new StoredResponse(judged, meta, marks, epoch, body, bytes);
  }

  /**
   * Writes what was stored in memory, but no slice, and nothing that fields of requests are keyed
   * by: what makes those invalid is in memory, and would be forgotten with a restart.
   *
   * @param request the fields of the request that it answers
   * @param before what it freshens, whose body it has; null if it is new
   */
  void store(
      StoredKey key,
      FieldSection request,
      StoredResponse response,
      @Nullable StoredResponse before) {
    if (disks.isEmpty() || !response.ties().isOfKey()) {
      return;
    }
    byte[] its = onDisk(key);
    Freshness freshness = response.meta().freshness();
    long useMillis = freshness.uselessFromMillis() - cache.nowMillis();
    boolean ofUse = useMillis >= LEAST_MILLIS || response.meta().validators().canValidate();
    boolean isThere =
        response.body().onDisk() != null
            || (response.body().isOnDiskToo() && useMillis < LEAST_FRESHENED_MILLIS);
    if (ofUse && isThere) {
      // It stays there with its old head, which is validated when it is needed; but not where that
      // lets it be used for longer, or hides it from a purge by what the new one has.
      if (before == null || FreshenedHead.isStricter(response.meta(), before.meta())) {
        disks.replaced(its);
      }
      return;
    }
    if (!ofUse) {
      disks.replaced(its);
      return;
    }
    response.retain();
    response.body().storedOnDisk();
    String secondaryKey = response.meta().vary().secondaryKey(request);
    DiskHead head = new DiskHead(policy, secondaryKey, response.head(), response.meta());
    // If it is not taken, what it replaces is forgotten there.
    boolean _ =
        disks.store(new StoredItem(its, DiskHead.variant(secondaryKey), head, response, cache));
  }

  /**
   * How long a body will be, and since when its response is valid.
   *
   * @param length of the body
   * @param epoch the latest purge when it was asked for
   */
  record Extent(long length, long epoch) {}

  /**
   * Begins to write what is too long for the memory; null if that cannot be, or is under way. One
   * that is not written replaces what is there, and what is under way: that is older.
   */
  @Nullable DiskStream stream(
      StoredKey key,
      FieldSection request,
      StoredResponse.Head head,
      StoredMeta meta,
      Extent extent) {
    if (disks.isEmpty()) {
      return null;
    }
    byte[] its = onDisk(key);
    String secondaryKey = meta.vary().secondaryKey(request);
    int variant = DiskHead.variant(secondaryKey);
    DiskStreams.Turn turn = streams.begin(key, meta.validators(), variant, extent.length());
    if (turn == DiskStreams.Turn.REPLACES) {
      disks.replaced(its);
    }
    if (turn != DiskStreams.Turn.BEGINS) {
      return null;
    }
    DiskHead all = new DiskHead(policy, secondaryKey, head, meta);
    DiskStream made = disks.stream(new StreamedItem(its, variant, all, extent, cache));
    if (made == null) {
      streams.over(key);
    }
    return made;
  }

  /** What was being written bit by bit is written, or given up. */
  void streamed(StoredKey key) {
    streams.over(key);
  }

  /** What is newest under a key is not stored here: what was, or is on its way, is no longer it. */
  void replaced(StoredKey key) {
    if (!disks.isEmpty()) {
      disks.replaced(onDisk(key));
    }
  }

  /** What is stored under a key must not be used any more. */
  void forget(StoredKey key) {
    if (!disks.isEmpty()) {
      disks.forget(onDisk(key));
    }
  }
}

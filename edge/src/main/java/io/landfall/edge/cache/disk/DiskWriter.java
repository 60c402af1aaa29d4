package io.landfall.edge.cache.disk;

import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.CacheDiskView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread that writes to a disk: opens what lies there, then takes what is handed over from a
 * bounded queue. When a write fails nothing is written for a while; what was to be stored is
 * dropped, and what it should have replaced is forgotten.
 */
final class DiskWriter implements Runnable {
  /** Things that wait to be written. */
  static final int MOST_WAITING = 1_024;

  /** Bytes that wait to be written, but for a single response that is longer. */
  static final long MOST_WAITING_BYTES = 32L << 20;

  /** Between two tries with a disk that fails. */
  static final long RETRY_NANOS = 5_000_000_000L;

  private static final long OPEN_RETRY_NANOS = 500_000_000L;
  private static final long POLL_MILLIS = 100;

  private final DiskSettings settings;
  private final DiskFiles files;
  private final DiskHealth health;
  private final Forgotten forgotten;
  private final Clock clock;
  private final DiskLoad load;
  private final SegmentRing ring;
  private final DiskIndex index;
  private final SegmentWriter segments;
  private final JournalThread journal;
  private final BlockingQueue<Op> queue = new ArrayBlockingQueue<>(MOST_WAITING);

  /** Streams that are given up: as many as requests in progress at most. */
  private final Queue<Op> dropped = new ConcurrentLinkedQueue<>();

  private final AtomicLong waitingBytes = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean ready;
  private volatile @Nullable Opened opened;

  // Of the thread.
  private boolean failing;
  private long retryAtNanos;
  private long seenSequence;

  /**
   * What the threads of a disk share.
   *
   * @param health how it is
   * @param forgotten what must not be used any more
   * @param clock the only clock that is read
   */
  record Shared(DiskHealth health, Forgotten forgotten, Clock clock) {}

  /**
   * Randomness.
   *
   * @param nonces numbers that are given once
   * @param hashes new secrets
   */
  record Secrets(LongSupplier nonces, Supplier<SipHash> hashes) {}

  /**
   * What is known once the folder is open.
   *
   * @param secret what keys and marks are hashed under
   * @param marks the same, for marks
   * @param before all purges before this process
   */
  record Opened(SipHash secret, PurgeMarks marks, PurgeEpochs before) {}

  /** Something to do for the thread. */
  private sealed interface Op {
    /** Stores a response. */
    record Store(DiskItem item, long ticket, long bytes) implements Op {}

    /** Begins to store one bit by bit. */
    record Begin(Streamed target) implements Op {}

    /** A chunk of that. */
    record Chunk(Streamed target, ByteBuffer bytes) implements Op {}

    /** Its end. */
    record End(Streamed target, boolean whole) implements Op {}

    /** An entry of the index is wrong. */
    record NotThere(long fingerprint, long place) implements Op {}

    /** All before it is written. */
    record Flush(CompletableFuture<Void> done) implements Op {}
  }

  /** A response that is stored bit by bit. */
  static final class Streamed {
    private final DiskItem item;
    private final long ticket;
    private final long fingerprint;
    private SegmentWriter.@Nullable OpenRecord record;

    Streamed(DiskItem item, long ticket, long fingerprint) {
      this.item = item;
      this.ticket = ticket;
      this.fingerprint = fingerprint;
    }
  }

  DiskWriter(DiskSettings settings, DiskFiles files, Shared shared, Secrets secrets) {
    this.settings = settings;
    this.files = files;
    this.health = shared.health();
    this.forgotten = shared.forgotten();
    this.clock = shared.clock();
    this.ring =
        new SegmentRing(
            files, settings.limitBytes(), settings.segmentBytes(), secrets.nonces());
    this.index = new DiskIndex(ring::isLive);
    this.segments = new SegmentWriter(ring, index, forgotten);
    this.journal = new JournalThread(files, health, forgotten);
    this.load = new DiskLoad(files, shared, secrets);
    this.thread = Thread.ofPlatform().daemon().name("cache-disk-write").unstarted(this);
  }

  void start() {
    thread.start();
  }

  boolean isReady() {
    return ready;
  }

  DiskIndex index() {
    return index;
  }

  SegmentRing ring() {
    return ring;
  }

  JournalThread journal() {
    return journal;
  }

  long limitBytes() {
    return settings.limitBytes();
  }

  long largestBytes() {
    return Segment.largestRecord(settings.segmentBytes());
  }

  private Opened known() {
    Opened now = opened;
    if (now == null) {
      throw new InvariantBroken("asked of a disk before it was open");
    }
    return now;
  }

  /** Only once it is ready. */
  long fingerprint(byte[] key) {
    return known().secret().hash(key, 0, key.length);
  }

  long epochShift() {
    return known().before().latest();
  }

  PurgeVerdict before(
      PurgeMarks.Place place, List<String> tags, List<String> groups, long recordEpoch) {
    Opened now = known();
    return recordEpoch >= now.before().latest()
        ? PurgeVerdict.VALID
        : now.before().check(now.marks().of(place, tags, groups), recordEpoch);
  }

  // ---- what any thread hands over ----

  boolean store(DiskItem item) {
    byte[] key = item.key();
    long ticket = forgotten.next();
    long bytes = item.bodyLength() + key.length;
    boolean taken = ready && bytes < largestBytes() && tryTake(bytes);
    if (taken) {
      forgotten.waits(fingerprint(key), ticket);
    }
    if (taken && queue.offer(new Op.Store(item, ticket, bytes))) {
      drainIfOver();
      return true;
    }
    if (taken) {
      waitingBytes.addAndGet(-bytes);
    }
    notStored(item);
    if (taken) {
      forgotten.waitsNoMore(fingerprint(key), ticket);
    }
    return false;
  }

  private boolean tryTake(long bytes) {
    long before = waitingBytes.getAndAdd(bytes);
    if (before > 0 && before + bytes > MOST_WAITING_BYTES) {
      waitingBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  private void notStored(DiskItem item) {
    health.notStored.increment();
    replaced(item.key());
    item.letGo();
  }

  /** Of what is stored under a key there is something newer, which is not stored. */
  void replaced(byte[] key) {
    if (!ready || index.has(fingerprint(key))) {
      forget(key);
    }
  }

  void forget(byte[] key) {
    Opened now = opened;
    if (now == null) {
      load.forgetLater(key);
      now = opened;
      if (now == null) {
        return;
      }
    }
    long fingerprint = now.secret().hash(key, 0, key.length);
    long ticket = forgotten.next();
    forgotten.add(fingerprint, ticket);
    journal.forget(fingerprint, ticket);
  }

  @Nullable DiskStream stream(DiskItem item) {
    if (!ready || item.bodyLength() + RecordFormat.MOST_HEAD_BYTES >= largestBytes()) {
      notStored(item);
      return null;
    }
    Streamed target = new Streamed(item, forgotten.next(), fingerprint(item.key()));
    if (!queue.offer(new Op.Begin(target))) {
      notStored(item);
      return null;
    }
    drainIfOver();
    return new DiskStream(this, target, item.bodyLength());
  }

  /** A chunk of a body; false if too much waits. */
  boolean chunk(Streamed target, ByteBuffer bytes) {
    if (!tryTake(bytes.remaining())) {
      return false;
    }
    if (!queue.offer(new Op.Chunk(target, bytes))) {
      waitingBytes.addAndGet(-bytes.remaining());
      return false;
    }
    return true;
  }

  void end(Streamed target) {
    if (!queue.offer(new Op.End(target, true))) {
      drop(target);
    }
  }

  void drop(Streamed target) {
    health.notStored.increment();
    replaced(target.item.key());
    dropped.add(new Op.End(target, false));
    drainIfOver();
  }

  /** A place that the index has was looked at, and is not what it should be. */
  void isNotThere(long fingerprint, long place) {
    // If there is no room for this it is looked at once more.
    boolean _ = queue.offer(new Op.NotThere(fingerprint, place));
  }

  /** Completes when all that was handed over is written. */
  CompletableFuture<Void> flushed() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (!queue.offer(new Op.Flush(done))) {
      done.completeExceptionally(new InvariantBroken("too much waits"));
    }
    return done;
  }

  // ---- on the thread ----

  @Override
  public void run() {
    while (!closed && !open()) {
      LockSupport.parkNanos(this, OPEN_RETRY_NANOS);
    }
    while (!closed) {
      try {
        Op next = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
          batch(next);
        }
        for (Op end = dropped.poll(); end != null; end = dropped.poll()) {
          step(end);
        }
      } catch (InterruptedException e) {
        // None interrupts it.
        continue;
      }
    }
    end();
  }

  private boolean open() {
    long began = clock.monotonicNanos();
    try {
      if (opened == null) {
        DiskLoad.Result loaded = load.open(journal);
        if (loaded == null) {
          return false;
        }
        opened = loaded.opened();
        load.late().forEach(this::forget);
        journal.start(
            loaded.journal(), loaded.opened().marks(), epochShift(), "cache-disk-purges");
      }
      load.index(ring, segments);
      journal.unusable(null);
      ready = true;
      health.loaded(index.entries(), (clock.monotonicNanos() - began) / 1_000_000);
      return true;
    } catch (IOException e) {
      load.failed(journal, e);
      return false;
    }
  }

  /** Works off what waits, and writes it at once. */
  private void batch(Op first) {
    Op next = first;
    while (next != null) {
      step(next);
      next = queue.poll();
    }
    if (!failing) {
      try {
        segments.flush();
        works();
      } catch (IOException e) {
        failed(e);
      }
    }
    if (ring.lastSequence() != seenSequence) {
      seenSequence = ring.lastSequence();
      journal.oldestTicket(ring.oldestTicket());
    }
  }

  private boolean mayWrite() {
    if (failing && clock.monotonicNanos() - retryAtNanos >= 0) {
      failing = false;
    }
    return !failing;
  }

  private void step(Op op) {
    try {
      switch (op) {
        case Op.Store store -> store(store);
        case Op.Begin(Streamed target) -> begin(target);
        case Op.Chunk(Streamed target, ByteBuffer bytes) -> {
          waitingBytes.addAndGet(-bytes.remaining());
          SegmentWriter.OpenRecord into = target.record;
          if (into != null && into.isOpen() && mayWrite()) {
            into.chunk(bytes);
          } else if (into != null) {
            into.drop();
          }
        }
        case Op.End(Streamed target, boolean whole) -> end(target, whole);
        case Op.NotThere(long fingerprint, long place) -> index.remove(fingerprint, place);
        case Op.Flush(CompletableFuture<Void> done) -> {
          if (mayWrite()) {
            segments.flush();
          }
          done.complete(null);
        }
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void store(Op.Store op) throws IOException {
    waitingBytes.addAndGet(-op.bytes());
    DiskItem item = op.item();
    byte[] key = item.key();
    byte[] head = item.head();
    RecordFormat format = format(item, op.ticket(), key, head);
    boolean fits =
        key.length <= RecordFormat.MOST_KEY_BYTES
            && head.length <= RecordFormat.MOST_HEAD_BYTES
            && format.bytes() <= largestBytes();
    if (!fits || !mayWrite()) {
      notStored(item);
      forgotten.waitsNoMore(format.fingerprint(), op.ticket());
      return;
    }
    boolean written = false;
    try {
      segments.append(format, key, head, item);
      written = true;
    } finally {
      if (written) {
        health.stored.increment();
        health.storedBytes.add(format.bytes());
        item.letGo();
      } else {
        notStored(item);
        forgotten.waitsNoMore(format.fingerprint(), op.ticket());
      }
    }
  }

  private RecordFormat format(DiskItem item, long ticket, byte[] key, byte[] head) {
    return new RecordFormat(
        ticket,
        fingerprint(key),
        item.bodyLength(),
        item.epoch() + epochShift(),
        item.variant(),
        key.length,
        head.length);
  }

  private void begin(Streamed target) throws IOException {
    byte[] key = target.item.key();
    byte[] head = target.item.head();
    boolean fits =
        key.length <= RecordFormat.MOST_KEY_BYTES && head.length <= RecordFormat.MOST_HEAD_BYTES;
    if (fits && mayWrite()) {
      target.record = segments.reserve(format(target.item, target.ticket, key, head), key, head);
    }
  }

  private void end(Streamed target, boolean whole) throws IOException {
    SegmentWriter.OpenRecord record = target.record;
    target.item.letGo();
    boolean written = false;
    try {
      if (record != null && whole && record.isOpen() && mayWrite()) {
        record.end();
        written = true;
        health.stored.increment();
        health.storedBytes.add(target.item.bodyLength());
      }
    } finally {
      if (record != null) {
        record.drop();
      }
      if (!written && whole) {
        health.notStored.increment();
        replaced(target.item.key());
      }
    }
  }

  private void failed(IOException cause) {
    failing = true;
    retryAtNanos = clock.monotonicNanos() + RETRY_NANOS;
    health.writeFailed(cause);
    for (SegmentEntry lost : segments.abandon()) {
      health.notStored.increment();
      long ticket = forgotten.next();
      forgotten.add(lost.fingerprint(), ticket);
      journal.forget(lost.fingerprint(), ticket);
      forgotten.waitsNoMore(lost.fingerprint(), lost.ticket());
    }
  }

  private void works() {
    if (health.state() == CacheDiskView.State.NOT_WRITABLE) {
      health.works();
    }
  }

  /** Writes what waits, so that the next start finds it all by footers. */
  private void end() {
    ready = false;
    drain();
    try {
      if (opened != null) {
        segments.sealAll();
      }
    } catch (IOException e) {
      // It is looked through at the next start.
      health.errors.increment();
    }
    journal.close();
    journal.join(POLL_MILLIS * 10);
    ring.close();
    files.close();
  }

  /** What is handed over when none takes it any more is let go of. */
  private void drainIfOver() {
    if (closed) {
      drain();
    }
  }

  private void drain() {
    for (Op next = queue.poll(); next != null; next = queue.poll()) {
      drain(next);
    }
    for (Op next = dropped.poll(); next != null; next = dropped.poll()) {
      drain(next);
    }
  }

  private static void drain(Op op) {
    switch (op) {
      case Op.Store store -> store.item().letGo();
      case Op.End end -> end.target().item.letGo();
      case Op.Flush flush -> flush.done().complete(null);
      case Op.Begin _, Op.Chunk _, Op.NotThere _ -> {
        // The end of a stream lets go of what it holds.
      }
    }
  }

  void close(long millis) {
    closed = true;
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

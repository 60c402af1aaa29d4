package io.landfall.edge.cache.disk;

import io.landfall.core.InvariantBroken;
import io.landfall.edge.cache.disk.DiskOp.Streamed;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What any thread hands over to the one that writes: bounded, and what does not fit is not stored;
 * then what it should have replaced is forgotten.
 */
final class DiskQueue {
  /** Things that wait to be written. */
  static final int MOST_WAITING = 1_024;

  /** Bytes that wait to be written, but for a single response that is longer. */
  static final long MOST_WAITING_BYTES = 32L << 20;

  /** Fingerprints that are replaced while it is indexed; beyond that each is forgotten at once. */
  private static final int MOST_WHILE_LOADING = 1 << 18;

  private final DiskCore core;
  private final DiskLoad load;
  private final DiskHealth health;
  private final Forgotten forgotten;
  private final BlockingQueue<DiskOp> queue = new ArrayBlockingQueue<>(MOST_WAITING);

  /** Streams that are given up: as many as requests in progress at most. */
  private final Queue<DiskOp> dropped = new ConcurrentLinkedQueue<>();

  private final AtomicLong waitingBytes = new AtomicLong();

  /** What was replaced while it was not known what lies there, with its ticket. */
  private final Map<Long, Long> whileLoading = new ConcurrentHashMap<>();

  /** Whether none takes anything any more. */
  private volatile boolean over;

  /** Streams that are not over, by fingerprint: as many as requests in progress at most. */
  private final Map<Long, Streamed> streams = new ConcurrentHashMap<>();

  /**
   * An empty one.
   *
   * @param load takes what is forgotten before the folder is open
   */
  DiskQueue(DiskCore core, DiskLoad load) {
    this.core = core;
    this.load = load;
    this.health = core.health();
    this.forgotten = core.forgotten();
  }

  /** Hands over a response; false if it will not be stored. */
  boolean store(DiskItem item) {
    byte[] key = item.key();
    long bytes = item.bodyLength() + key.length;
    boolean takes = core.isReady() && !core.isClosed();
    if (!takes || bytes >= core.largestBytes() || !tryTake(bytes)) {
      notStored(item);
      return false;
    }
    if (offer(item, bytes)) {
      drainIfOver();
      return true;
    }
    taken(bytes);
    notStored(item);
    return false;
  }

  /** In one step, so that of two responses of a key the one with the larger ticket is behind. */
  private synchronized boolean offer(DiskItem item, long bytes) {
    if (queue.remainingCapacity() == 0) {
      return false;
    }
    long fingerprint = core.fingerprint(item.key());
    long ticket = forgotten.next();
    forgotten.waits(fingerprint, ticket);
    // What is being read is older, though none may find this one in memory.
    forgotten.addRead(fingerprint, ticket);
    supersede(streams.get(fingerprint));
    if (queue.offer(new DiskOp.Store(item, ticket, bytes))) {
      return true;
    }
    // What waited before it is not known any more: it goes too.
    forget(fingerprint, ticket);
    forgotten.waitsNoMore(fingerprint, ticket);
    return false;
  }

  private static void supersede(@Nullable Streamed older) {
    if (older != null) {
      older.supersede();
    }
  }

  private boolean tryTake(long bytes) {
    long before = waitingBytes.getAndAdd(bytes);
    if (before > 0 && before + bytes > MOST_WAITING_BYTES) {
      waitingBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  /** So much waits no more. */
  void taken(long bytes) {
    waitingBytes.addAndGet(-bytes);
  }

  /** A response is not stored: lets go of it. */
  void notStored(DiskItem item) {
    health.notStored.increment();
    replaced(item.key());
    item.letGo();
  }

  /** Of what is stored under a key there is something newer, which is not stored. */
  void replaced(byte[] key) {
    if (core.opened() == null || !isLater(core.fingerprint(key))) {
      forget(key);
    }
  }

  /**
   * Of what is stored under a key there is something newer on another disk. That is taken down
   * beside what is stored here, a moment later: of many keys that were stored anew elsewhere, as
   * after a change of the disks, each is replaced by itself.
   */
  void replacedElsewhere(byte[] key) {
    if (!core.isReady() || core.isClosed()) {
      replaced(key);
      return;
    }
    long fingerprint = core.fingerprint(key);
    if (isThere(fingerprint)) {
      replacedElsewhere(fingerprint);
      drainIfOver();
    }
  }

  private synchronized void replacedElsewhere(long fingerprint) {
    long ticket = forgotten.next();
    forgotten.waits(fingerprint, ticket);
    forgotten.addRead(fingerprint, ticket);
    supersede(streams.get(fingerprint));
    if (!queue.offer(new DiskOp.Replace(fingerprint, ticket))) {
      isReplaced(fingerprint, ticket);
    }
  }

  /** What could not be taken down beside what is stored is so in the journal. */
  void isReplaced(long fingerprint, long ticket) {
    forget(fingerprint, ticket);
    forgotten.waitsNoMore(fingerprint, ticket);
  }

  /**
   * While it is being indexed all that the node fetches replaces something, for all that is known:
   * which of it, that is seen behind that.
   */
  private synchronized boolean isLater(long fingerprint) {
    if (core.isReady() || core.isClosed() || whileLoading.size() >= MOST_WHILE_LOADING) {
      return false;
    }
    whileLoading.put(fingerprint, forgotten.next());
    return true;
  }

  /** All that lies there is indexed: it is used from now on. On the writing thread. */
  void ready() {
    // Twice, so that event loops wait for what came during the first time at most.
    forgetReplaced();
    synchronized (this) {
      forgetReplaced();
      core.ready(true);
    }
  }

  private void forgetReplaced() {
    whileLoading.forEach(
        (fingerprint, ticket) -> {
          if (core.isClosed() || core.index().has(fingerprint)) {
            forget(fingerprint, ticket);
          }
          whileLoading.remove(fingerprint, ticket);
        });
  }

  /** What is older than a response is replaced, though that is not stored. */
  void replacedBy(long fingerprint, long ticket) {
    health.notStored.increment();
    if (isThere(fingerprint)) {
      forget(fingerprint, ticket);
    }
  }

  /**
   * What is stored under a key, or waits to be, must not be used any more. Where there is nothing
   * this leaves nothing: clients send unsafe requests for as many URLs as they like.
   */
  void forget(byte[] key) {
    if (core.opened() == null && load.forgetLater(key)) {
      return;
    }
    long fingerprint = core.fingerprint(key);
    long ticket = forgotten.next();
    forgotten.addRead(fingerprint, ticket);
    if (isThere(fingerprint)) {
      supersede(streams.get(fingerprint));
      forget(fingerprint, ticket);
    }
  }

  /**
   * Whether something is stored under a key, or on its way there. What is being stored is looked
   * for first: it is on its way until it is in the index.
   */
  private boolean isThere(long fingerprint) {
    return !core.isReady()
        || forgotten.isWaiting(fingerprint)
        || streams.containsKey(fingerprint)
        || core.index().has(fingerprint);
  }

  private void forget(long fingerprint, long ticket) {
    forgotten.add(fingerprint, ticket);
    core.journal().forget(fingerprint, ticket);
  }

  /** Hands over a response whose body comes later; null if it will not be stored. */
  @Nullable Streamed begin(DiskItem item) {
    long most = core.largestBytes() - RecordFormat.MOST_HEAD_BYTES - RecordFormat.MOST_KEY_BYTES;
    long withChecksums = item.bodyLength() + item.bodyLength() / 1024;
    if (!core.isReady() || core.isClosed() || withChecksums > most) {
      notStored(item);
      return null;
    }
    Streamed target = begun(item);
    if (target == null) {
      notStored(item);
      return null;
    }
    drainIfOver();
    return target;
  }

  private synchronized @Nullable Streamed begun(DiskItem item) {
    Streamed target = new Streamed(item, core.fingerprint(item.key()), forgotten.next());
    forgotten.addRead(target.fingerprint(), target.ticket());
    supersede(streams.put(target.fingerprint(), target));
    if (queue.offer(new DiskOp.Begin(target))) {
      return target;
    }
    isOver(target);
    return null;
  }

  /** A stream is stored, or will not be. */
  void isOver(Streamed target) {
    streams.remove(target.fingerprint(), target);
  }

  /** A chunk of a body; false if too much waits. */
  boolean chunk(Streamed target, ByteBuffer bytes) {
    int length = bytes.remaining();
    if (!tryTake(length)) {
      return false;
    }
    if (!queue.offer(new DiskOp.Chunk(target, bytes))) {
      taken(length);
      return false;
    }
    return true;
  }

  /** All of a body is handed over: what is older is not found any more, nor kept if it was. */
  void end(Streamed target) {
    forgotten.waits(target.fingerprint(), target.ticket());
    forgotten.addRead(target.fingerprint(), forgotten.next());
    if (queue.offer(new DiskOp.End(target, true))) {
      drainIfOver();
    } else {
      drop(target);
      forgotten.waitsNoMore(target.fingerprint(), target.ticket());
    }
  }

  /** A body does not come whole. */
  void drop(Streamed target) {
    replacedBy(target.fingerprint(), target.ticket());
    dropped.add(new DiskOp.End(target, false));
    drainIfOver();
  }

  /** A place that the index has was looked at, and is not what it should be. */
  void isNotThere(long fingerprint, long place) {
    // If there is no room for this it is looked at once more.
    boolean _ = queue.offer(new DiskOp.NotThere(fingerprint, place));
  }

  /** Completes when all that was handed over is written. */
  CompletableFuture<Void> flushed() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (!queue.offer(new DiskOp.Flush(done))) {
      done.completeExceptionally(new InvariantBroken("too much waits"));
    }
    return done;
  }

  // ---- for the thread ----

  /** What is next, after some time at most; null if nothing is. */
  @Nullable DiskOp next(long millis) {
    try {
      return queue.poll(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // None interrupts it.
      return null;
    }
  }

  /** What is next; null if nothing waits. */
  @Nullable DiskOp next() {
    return queue.poll();
  }

  /** A stream that was given up; null if there is none. */
  @Nullable DiskOp nextDropped() {
    return dropped.poll();
  }

  /** What is handed over when none takes it any more is let go of. */
  private void drainIfOver() {
    if (over) {
      drain();
    }
  }

  /** None takes anything any more. Of what waits, and what is under way, nothing is written. */
  void end() {
    over = true;
    forgetReplaced();
    drain();
    for (Streamed each : streams.values()) {
      replacedBy(each.fingerprint(), each.ticket());
    }
  }

  private void drain() {
    for (DiskOp next = queue.poll(); next != null; next = queue.poll()) {
      letGo(next);
    }
    for (DiskOp next = dropped.poll(); next != null; next = dropped.poll()) {
      letGo(next);
    }
  }

  /** Something is not done; what it should have replaced is forgotten. */
  void letGo(DiskOp op) {
    switch (op) {
      case DiskOp.Store(DiskItem item, long ticket, long _) -> {
        replacedBy(core.fingerprint(item.key()), ticket);
        item.letGo();
      }
      case DiskOp.End(Streamed target, boolean _) -> {
        isOver(target);
        replacedBy(target.fingerprint(), target.ticket());
        forgotten.waitsNoMore(target.fingerprint(), target.ticket());
        target.item().letGo();
      }
      case DiskOp.Replace(long fingerprint, long ticket) -> isReplaced(fingerprint, ticket);
      case DiskOp.Flush flush -> flush.done().complete(null);
      case DiskOp.Begin _, DiskOp.Chunk _, DiskOp.NotThere _ -> {
        // The end of a stream lets go of what it holds.
      }
    }
  }
}

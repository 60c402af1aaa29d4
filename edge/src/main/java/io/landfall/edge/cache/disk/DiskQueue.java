package io.landfall.edge.cache.disk;

import io.landfall.core.InvariantBroken;
import io.landfall.edge.cache.disk.DiskOp.Streamed;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
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

  private final DiskCore core;
  private final DiskLoad load;
  private final DiskHealth health;
  private final Forgotten forgotten;
  private final BlockingQueue<DiskOp> queue = new ArrayBlockingQueue<>(MOST_WAITING);

  /** Streams that are given up: as many as requests in progress at most. */
  private final Queue<DiskOp> dropped = new ConcurrentLinkedQueue<>();

  private final AtomicLong waitingBytes = new AtomicLong();

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
    if (!core.isReady() || bytes >= core.largestBytes() || !tryTake(bytes)) {
      notStored(item);
      return false;
    }
    long ticket = forgotten.next();
    forgotten.waits(core.fingerprint(key), ticket);
    if (queue.offer(new DiskOp.Store(item, ticket, bytes))) {
      drainIfOver();
      return true;
    }
    taken(bytes);
    notStored(item);
    forgotten.waitsNoMore(core.fingerprint(key), ticket);
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
    if (!core.isReady() || core.index().has(core.fingerprint(key))) {
      forget(key);
    }
  }

  /** What is stored under a key must not be used any more. */
  void forget(byte[] key) {
    if (core.opened() == null && load.forgetLater(key)) {
      return;
    }
    long fingerprint = core.fingerprint(key);
    long ticket = forgotten.next();
    forgotten.add(fingerprint, ticket);
    core.journal().forget(fingerprint, ticket);
  }

  /** Hands over a response whose body comes later; null if it will not be stored. */
  @Nullable Streamed begin(DiskItem item) {
    Streamed target = new Streamed(item, forgotten.next());
    long most = core.largestBytes() - RecordFormat.MOST_HEAD_BYTES - RecordFormat.MOST_KEY_BYTES;
    long withChecksums = item.bodyLength() + item.bodyLength() / 1024;
    if (!core.isReady() || withChecksums > most || !queue.offer(new DiskOp.Begin(target))) {
      notStored(item);
      return null;
    }
    drainIfOver();
    return target;
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

  /** All of a body is handed over. */
  void end(Streamed target) {
    if (queue.offer(new DiskOp.End(target, true))) {
      drainIfOver();
    } else {
      drop(target);
    }
  }

  /** A body does not come whole. */
  void drop(Streamed target) {
    health.notStored.increment();
    replaced(target.item().key());
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
    if (core.isClosed()) {
      drain();
    }
  }

  /** Lets go of all that waits. */
  void drain() {
    for (DiskOp next = queue.poll(); next != null; next = queue.poll()) {
      letGo(next);
    }
    for (DiskOp next = dropped.poll(); next != null; next = dropped.poll()) {
      letGo(next);
    }
  }

  private static void letGo(DiskOp op) {
    switch (op) {
      case DiskOp.Store store -> store.item().letGo();
      case DiskOp.End end -> end.target().item().letGo();
      case DiskOp.Flush flush -> flush.done().complete(null);
      case DiskOp.Begin _, DiskOp.Chunk _, DiskOp.NotThere _ -> {
        // The end of a stream lets go of what it holds.
      }
    }
  }
}

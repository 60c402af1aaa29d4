package io.landfall.edge.cache.disk;

import io.landfall.core.Clock;
import io.landfall.edge.CacheDiskView;
import io.landfall.edge.cache.disk.DiskOp.Streamed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that writes to a disk: opens what lies there, then works off what was handed over.
 * When a write fails nothing is written for a while; what was to be stored is dropped, and what it
 * should have replaced is forgotten.
 */
final class DiskWriter implements Runnable {
  /** Between two tries with a disk that fails. */
  static final long RETRY_NANOS = 5_000_000_000L;

  private static final long OPEN_RETRY_NANOS = 500_000_000L;
  private static final long POLL_MILLIS = 100;
  private static final long JOURNAL_MILLIS = 1_000;

  private final DiskCore core;
  private final DiskHealth health;
  private final Forgotten forgotten;
  private final Clock clock;
  private final DiskLoad load;
  private final DiskQueue queue;
  private final SegmentWriter segments;
  private final Thread thread;

  // Of the thread.
  private boolean failing;
  private long retryAtNanos;
  private long seenSequence;

  DiskWriter(DiskCore core, DiskLoad load, DiskQueue queue) {
    this.core = core;
    this.health = core.health();
    this.forgotten = core.forgotten();
    this.clock = core.clock();
    this.load = load;
    this.queue = queue;
    this.segments = new SegmentWriter(core.ring(), core.index(), forgotten);
    this.thread = Thread.ofPlatform().daemon().name("cache-disk-write").unstarted(this);
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    try {
      work();
    } finally {
      // Also after a broken invariant: then nothing is found or stored any more.
      core.close();
      end();
    }
  }

  private void work() {
    while (!core.isClosed() && !open()) {
      LockSupport.parkNanos(this, OPEN_RETRY_NANOS);
    }
    while (!core.isClosed()) {
      DiskOp next = queue.next(POLL_MILLIS);
      if (next != null) {
        batch(next);
      }
      for (DiskOp end = queue.nextDropped(); end != null; end = queue.nextDropped()) {
        step(end);
      }
    }
  }

  private boolean open() {
    long began = clock.monotonicNanos();
    try {
      if (core.opened() == null) {
        DiskLoad.Result loaded = load.open();
        if (loaded == null) {
          return false;
        }
        core.opened(loaded.opened());
        load.late().forEach(queue::forget);
        if (load.isTooMuchLate()) {
          core.journal().forgetAll();
        }
        core.journal().start(loaded.journal(), loaded.opened().marks(), core.epochShift());
      }
      load.index(segments);
      core.indexed();
      core.ready(true);
      health.loaded(core.index().entries(), (clock.monotonicNanos() - began) / 1_000_000);
      return true;
    } catch (IOException e) {
      load.failed(e);
      return false;
    }
  }

  /** Works off what waits, and writes it at once. */
  private void batch(DiskOp first) {
    DiskOp next = first;
    while (next != null) {
      step(next);
      next = queue.next();
    }
    if (!failing) {
      try {
        segments.flush();
        works();
      } catch (IOException e) {
        failed(e);
      }
    }
    if (core.ring().lastSequence() != seenSequence) {
      seenSequence = core.ring().lastSequence();
      core.journal().oldestTicket(core.ring().oldestTicket());
    }
  }

  private boolean mayWrite() {
    if (failing && clock.monotonicNanos() - retryAtNanos >= 0) {
      failing = false;
    }
    return !failing;
  }

  private void step(DiskOp op) {
    try {
      switch (op) {
        case DiskOp.Store store -> store(store);
        case DiskOp.Begin(Streamed target) -> begin(target);
        case DiskOp.Chunk(Streamed target, ByteBuffer bytes) -> chunk(target, bytes);
        case DiskOp.End(Streamed target, boolean whole) -> end(target, whole);
        case DiskOp.NotThere(long fingerprint, long place) ->
            core.index().remove(fingerprint, place);
        case DiskOp.Flush(CompletableFuture<Void> done) -> flush(done);
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void flush(CompletableFuture<Void> done) throws IOException {
    try {
      if (mayWrite()) {
        segments.flush();
      }
    } finally {
      done.complete(null);
    }
  }

  private void store(DiskOp.Store op) throws IOException {
    queue.taken(op.bytes());
    DiskItem item = op.item();
    byte[] key = item.key();
    byte[] head = item.head();
    RecordFormat format = format(item, op.ticket(), key, head);
    boolean written = false;
    try {
      if (fits(format) && mayWrite()) {
        segments.append(format, key, head, item);
        written = true;
      }
    } finally {
      if (written) {
        health.stored.increment();
        health.storedBytes.add(format.bytes());
        item.letGo();
      } else {
        queue.notStored(item);
        forgotten.waitsNoMore(format.fingerprint(), op.ticket());
      }
    }
  }

  private boolean fits(RecordFormat format) {
    return format.keyLength() <= RecordFormat.MOST_KEY_BYTES
        && format.headLength() <= RecordFormat.MOST_HEAD_BYTES
        && format.bytes() <= core.largestBytes();
  }

  private RecordFormat format(DiskItem item, long ticket, byte[] key, byte[] head) {
    return new RecordFormat(
        ticket,
        core.fingerprint(key),
        item.bodyLength(),
        item.epoch() + core.epochShift(),
        item.variant(),
        key.length,
        head.length);
  }

  private void begin(Streamed target) throws IOException {
    byte[] key = target.item().key();
    byte[] head = target.item().head();
    RecordFormat format = format(target.item(), target.ticket(), key, head);
    if (fits(format) && mayWrite()) {
      target.record(segments.reserve(format, key, head));
    }
  }

  private void chunk(Streamed target, ByteBuffer bytes) throws IOException {
    queue.taken(bytes.remaining());
    SegmentWriter.OpenRecord into = target.record();
    if (into != null && into.isOpen() && mayWrite()) {
      boolean written = false;
      try {
        into.chunk(bytes);
        written = true;
      } finally {
        if (!written) {
          into.drop();
        }
      }
    } else if (into != null) {
      into.drop();
    }
  }

  private void end(Streamed target, boolean whole) throws IOException {
    SegmentWriter.OpenRecord record = target.record();
    boolean written = false;
    try {
      if (record != null && whole && record.isOpen() && mayWrite()) {
        record.end();
        written = true;
        health.stored.increment();
        health.storedBytes.add(target.item().bodyLength());
      }
    } finally {
      if (record != null) {
        record.drop();
      }
      if (!written && whole) {
        health.notStored.increment();
        queue.replaced(target.item().key());
      }
      target.item().letGo();
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
      core.journal().forget(lost.fingerprint(), ticket);
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
    core.ready(false);
    queue.drain();
    try {
      if (core.opened() != null) {
        segments.sealAll();
      }
    } catch (IOException e) {
      // It is looked through at the next start.
      health.errors.increment();
    }
    core.journal().close();
    core.journal().join(JOURNAL_MILLIS);
    core.ring().close();
    core.index().clear();
    core.files().close();
  }

  /** Ends it, and waits for that, but not for long. */
  void close(long millis) {
    core.close();
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

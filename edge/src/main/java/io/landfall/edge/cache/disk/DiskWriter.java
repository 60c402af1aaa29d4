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

  /** For what waits at the end to be written. */
  private static final long END_NANOS = 3_000_000_000L;

  private static final long JOURNAL_MILLIS = 1_000;
  private static final byte[] NOTHING = {};

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
    this.segments =
        new SegmentWriter(
            core.ring(),
            core.index(),
            forgotten,
            new SegmentWriter.Takers(health::written, this::mustNotBeFound));
    this.thread = Thread.ofPlatform().daemon().name("cache-disk-write").unstarted(this);
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    boolean ended = false;
    try {
      work();
      workOff();
      ended = true;
    } finally {
      if (!ended) {
        // A broken invariant: nothing is found or stored any more, and what lies there is dropped.
        health.unusable(health.name() + " is given up after a fault of this program: see the log");
        core.journal().giveUp();
      }
      core.close();
      end(ended);
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

  /** At the end: writes what waits, as far as there is time. */
  private void workOff() {
    long began = clock.monotonicNanos();
    DiskOp next = queue.next();
    while (next != null && clock.monotonicNanos() - began < END_NANOS) {
      step(next);
      next = queue.next();
    }
    if (next != null) {
      queue.letGo(next);
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
      queue.ready();
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
        case DiskOp.Replace(long fingerprint, long ticket) -> replace(fingerprint, ticket);
        case DiskOp.NotThere(long fingerprint, long place) ->
            core.index().remove(fingerprint, place);
        case DiskOp.Flush(CompletableFuture<Void> done) -> flush(done);
      }
    } catch (IOException e) {
      failed(e);
    } catch (OutOfMemoryError e) {
      failed(new IOException("no memory to write with", e));
    }
  }

  private void flush(CompletableFuture<Void> done) {
    try {
      if (mayWrite()) {
        segments.flush();
      }
    } catch (IOException e) {
      failed(e);
    } finally {
      done.complete(null);
    }
  }

  private void store(DiskOp.Store op) throws IOException {
    queue.taken(op.bytes());
    DiskItem item = op.item();
    byte[] key = item.key();
    boolean written = false;
    try {
      byte[] head = item.head();
      RecordFormat format = format(item, op.ticket(), key, head);
      if (fits(format) && mayWrite()) {
        segments.append(format, key, head, item::copyTo);
        written = true;
      }
    } finally {
      if (!written) {
        long fingerprint = core.fingerprint(key);
        queue.replacedBy(fingerprint, op.ticket());
        forgotten.waitsNoMore(fingerprint, op.ticket());
      }
      item.letGo();
    }
  }

  private void replace(long fingerprint, long ticket) throws IOException {
    boolean written = false;
    try {
      if (mayWrite()) {
        RecordFormat format = RecordFormat.replacing(fingerprint, ticket);
        segments.append(format, NOTHING, NOTHING, (into, at) -> {});
        written = true;
      }
    } finally {
      if (!written) {
        queue.isReplaced(fingerprint, ticket);
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
    SegmentWriter.OpenRecord record =
        fits(format) && mayWrite() && !target.isSuperseded()
            ? segments.reserve(format, key, head, clock.monotonicNanos())
            : null;
    if (record == null) {
      // What comes of it is not copied for nothing.
      target.supersede();
    } else {
      target.record(record);
    }
  }

  private void chunk(Streamed target, ByteBuffer bytes) throws IOException {
    queue.taken(bytes.remaining());
    SegmentWriter.OpenRecord into = target.record();
    if (into != null && into.isOpen() && !target.isSuperseded() && mayWrite()) {
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
      boolean wanted = whole && !target.isSuperseded();
      if (record != null && wanted && record.isOpen() && mayWrite()) {
        record.end();
        written = true;
      }
    } finally {
      if (record != null) {
        record.drop();
      }
      queue.isOver(target);
      if (!written && whole) {
        queue.replacedBy(target.fingerprint(), target.ticket());
      }
      forgotten.waitsNoMore(target.fingerprint(), target.ticket());
      target.item().letGo();
    }
  }

  private void failed(IOException cause) {
    failing = true;
    retryAtNanos = clock.monotonicNanos() + RETRY_NANOS;
    health.writeFailed(cause);
    for (SegmentEntry lost : segments.abandon()) {
      // Some of it may be in the file.
      mustNotBeFound(lost);
      forgotten.waitsNoMore(lost.fingerprint(), lost.ticket());
    }
  }

  /** A record is not the newest of its key, nor is what is older: all that is forgotten. */
  private void mustNotBeFound(SegmentEntry lost) {
    queue.replacedBy(lost.fingerprint(), lost.ticket() + 1);
  }

  private void works() {
    if (health.state() == CacheDiskView.State.NOT_WRITABLE) {
      health.works();
    }
  }

  /** Writes what waits, so that the next start finds it all by footers. */
  private void end(boolean works) {
    core.ready(false);
    queue.end();
    try {
      if (works && core.opened() != null) {
        segments.sealAll();
      }
    } catch (IOException e) {
      // It is looked through at the next start.
      health.errors.increment();
      segments.abandon().forEach(this::mustNotBeFound);
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

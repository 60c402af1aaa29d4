package io.landfall.edge.cache.disk;

import io.landfall.core.FailureText;
import io.landfall.edge.CacheDiskView.State;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a disk is, and what was counted of it. Each change for the worse, and back, is logged once.
 * Any thread may call.
 */
final class DiskHealth {
  private static final Logger LOG = LoggerFactory.getLogger(DiskHealth.class);

  /** Responses that were written. */
  final LongAdder stored = new LongAdder();

  /** Bytes of records that were written. */
  final LongAdder storedBytes = new LongAdder();

  /** Responses that were not written: too much waited, or the disk failed. */
  final LongAdder notStored = new LongAdder();

  /** Lookups that found a response. */
  final LongAdder hits = new LongAdder();

  /** Lookups of something that the index had, and was not there. */
  final LongAdder misses = new LongAdder();

  /** Reads that did not begin, since too many waited. */
  final LongAdder busy = new LongAdder();

  /** Reads that did not end in time. */
  final LongAdder late = new LongAdder();

  /** Records that were not as they had been written. */
  final LongAdder damaged = new LongAdder();

  /** Calls of the file system that failed. */
  final LongAdder errors = new LongAdder();

  /** Whether a line was logged of each. */
  private final AtomicBoolean failedReads = new AtomicBoolean();

  private final AtomicBoolean brokenReads = new AtomicBoolean();
  private final String name;
  private final AtomicReference<State> state = new AtomicReference<>(State.LOADING);
  private final AtomicReference<String> journal = new AtomicReference<>("");

  /** Why it is not working; of use only while it is not. */
  private volatile String notWorking = "";

  /** That of a disk with a name for people: its path. */
  DiskHealth(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  State state() {
    return state.get();
  }

  /** What lies there is indexed. */
  void loaded(long entries, long millis) {
    state.set(State.WORKING);
    LOG.atInfo()
        .addKeyValue("disk", name)
        .addKeyValue("responses", entries)
        .addKeyValue("millis", millis)
        .log("the cache's disk is in use");
  }

  /** What lay there was dropped. */
  void dropped(String why) {
    LOG.atWarn()
        .addKeyValue("disk", name)
        .addKeyValue("why", why)
        .log("the cache's disk starts empty");
  }

  /** It cannot be opened. */
  void unusable(String why) {
    change(State.UNUSABLE, "the cache's disk cannot be used", why);
  }

  /** A response was written. */
  void written(SegmentEntry entry) {
    stored.increment();
    storedBytes.add(entry.length() * (long) RecordFormat.UNIT_BYTES);
  }

  /** A write failed. */
  void writeFailed(IOException cause) {
    errors.increment();
    change(State.NOT_WRITABLE, "the cache's disk takes nothing", text(cause));
  }

  /** What was read could not be used, by a fault of this program. */
  void readBroken(RuntimeException cause) {
    errors.increment();
    if (brokenReads.compareAndSet(false, true)) {
      LOG.atError()
          .addKeyValue("disk", name)
          .setCause(cause)
          .log("what was read from the cache's disk could not be used; later ones are counted");
    }
  }

  /** A read failed. */
  void readFailed(IOException cause) {
    errors.increment();
    if (failedReads.compareAndSet(false, true)) {
      LOG.atWarn()
          .addKeyValue("disk", name)
          .addKeyValue("why", text(cause))
          .log("a read of the cache's disk failed: what it has is fetched; later ones are counted");
    }
  }

  /** A read took too long. */
  void slow() {
    if (state.get() == State.WORKING) {
      change(State.SLOW, "the cache's disk is too slow", "a read did not end in time");
    }
  }

  /** Writes, or reads, go again. */
  void works() {
    State before = state.getAndSet(State.WORKING);
    if (before != State.WORKING) {
      LOG.atInfo().addKeyValue("disk", name).log("the cache's disk works again");
    }
  }

  private void change(State to, String what, String why) {
    notWorking = why;
    if (state.getAndSet(to) != to) {
      LOG.atWarn().addKeyValue("disk", name).addKeyValue("why", why).log(what);
    }
  }

  /** Purges cannot be taken down. */
  void journalFails(IOException cause) {
    errors.increment();
    String why = text(cause);
    if (journal.getAndSet(why).isEmpty()) {
      LOG.atWarn()
          .addKeyValue("disk", name)
          .addKeyValue("why", why)
          .log("the cache's disk records no purges: its contents will not outlive this process");
    }
  }

  /** Purges can be taken down again. */
  void journalWorks() {
    if (!journal.getAndSet("").isEmpty()) {
      LOG.atInfo().addKeyValue("disk", name).log("the cache's disk records purges again");
    }
  }

  /** Why it is not used for everything, or takes down no purges; empty if nothing is wrong. */
  String why() {
    State now = state.get();
    if (now != State.WORKING && now != State.LOADING) {
      return notWorking;
    }
    String purges = journal.get();
    return purges.isEmpty() ? "" : "it records no purges: " + purges;
  }

  private static String text(IOException cause) {
    return FailureText.withFile(cause);
  }
}

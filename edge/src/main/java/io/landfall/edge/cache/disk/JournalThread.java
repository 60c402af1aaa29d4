package io.landfall.edge.cache.disk;

import io.landfall.cache.Purge;
import io.landfall.cache.PurgeMarks;
import io.landfall.core.FailureText;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.cache.disk.JournalEntry.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes down purges in groups: what comes while one group is being written is the next one, so many
 * purges cost one wait for the medium. Any thread may hand something over.
 */
final class JournalThread implements Runnable {
  /** What waits at most; beyond that all is purged, which takes too much and never too little. */
  static final int MOST_WAITING = 65_536;

  /** Entries of one group. */
  private static final int MOST_OF_GROUP = 1_024;

  /** Between two tries with a disk that fails. */
  private static final long RETRY_NANOS = 1_000_000_000L;

  private static final long IDLE_NANOS = 100_000_000L;

  private final DiskFiles files;
  private final DiskHealth health;
  private final Forgotten forgotten;
  private final AtomicBoolean closed = new AtomicBoolean();

  // Guarded by this.
  private List<Waiting> queue = new ArrayList<>();
  private Waiting.@Nullable Purged overflow;
  private boolean overflowedForgotten;
  private @Nullable String unusable = null;

  private volatile @Nullable Thread thread;
  private volatile long oldestTicket;
  private @Nullable PurgeJournal journal;
  private @Nullable PurgeMarks marks;
  private long shift;
  private boolean broken;

  /** One thing to take down. */
  private sealed interface Waiting {
    /** A purge; who asked waits for it. */
    record Purged(Purge purge, boolean soft, long epoch, CompletableFuture<Void> done)
        implements Waiting {}

    /** Something is forgotten. */
    record Forget(long fingerprint, long ticket) implements Waiting {}
  }

  JournalThread(DiskFiles files, DiskHealth health, Forgotten forgotten) {
    this.files = files;
    this.health = health;
    this.forgotten = forgotten;
  }

  /**
   * Takes down a purge.
   *
   * @param epoch its number in this process
   * @return completes when it is on the medium, or the disk's contents are dropped; fails with
   *     {@link PurgeNotDurable} if neither can be
   */
  synchronized CompletableFuture<Void> purged(Purge purge, boolean soft, long epoch) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (closed.get()) {
      done.completeExceptionally(new PurgeNotDurable("the disk is closed"));
      return done;
    }
    if (unusable != null) {
      // It is taken down if the disk works again before the process ends; that is not known.
      done.completeExceptionally(new PurgeNotDurable(unusable));
    }
    if (overflow != null || queue.size() >= MOST_WAITING) {
      CompletableFuture<Void> all = overflow == null ? new CompletableFuture<>() : overflow.done();
      overflow = new Waiting.Purged(new Purge.Everything(), false, epoch, all);
      return unusable == null ? all : done;
    }
    queue.add(new Waiting.Purged(purge, soft, epoch, done));
    LockSupport.unpark(thread);
    return done;
  }

  /** Takes down that something is forgotten, a moment later. */
  synchronized void forget(long fingerprint, long ticket) {
    if (queue.size() < MOST_WAITING) {
      queue.add(new Waiting.Forget(fingerprint, ticket));
    } else {
      overflowedForgotten = true;
    }
    LockSupport.unpark(thread);
  }

  /** Takes down that all that is stored by now is forgotten, a moment later. */
  synchronized void forgetAll() {
    forgotten.addAll(forgotten.next());
    overflowedForgotten = true;
    LockSupport.unpark(thread);
  }

  /** The smallest ticket that anything stored has. */
  void oldestTicket(long ticket) {
    oldestTicket = ticket;
  }

  /**
   * Begins to write.
   *
   * @param opened the journal, of which all was read
   * @param epochShift what makes an epoch of this process one of the journal
   */
  void start(PurgeJournal opened, PurgeMarks secretMarks, long epochShift) {
    journal = opened;
    marks = secretMarks;
    shift = epochShift;
    Thread made = Thread.ofPlatform().daemon().name("cache-disk-purges").unstarted(this);
    thread = made;
    made.start();
  }

  @Override
  public void run() {
    PurgeJournal into = journal;
    PurgeMarks under = marks;
    if (into == null || under == null) {
      return;
    }
    boolean ended = false;
    try {
      work(into, under);
      ended = true;
    } finally {
      into.close();
      if (!ended) {
        // A broken invariant: what waits, and what comes, is not taken for durable.
        unusable("purges are no longer taken down: see the log");
      }
    }
  }

  private void work(PurgeJournal into, PurgeMarks under) {
    while (true) {
      List<Waiting> group = take();
      if (group.isEmpty()) {
        if (closed.get()) {
          return;
        }
        if (broken && retried(into)) {
          continue;
        }
        LockSupport.parkNanos(this, broken ? RETRY_NANOS : IDLE_NANOS);
      } else {
        write(into, under, group);
      }
    }
  }

  private synchronized List<Waiting> take() {
    int count = Math.min(queue.size(), MOST_OF_GROUP);
    List<Waiting> group = new ArrayList<>(queue.subList(0, count));
    queue = new ArrayList<>(queue.subList(count, queue.size()));
    if (overflowedForgotten) {
      overflowedForgotten = false;
      forgotten.addAll(forgotten.next());
      group.add(new Waiting.Forget(0, -1));
    }
    Waiting.Purged everything = overflow;
    if (everything != null && queue.isEmpty()) {
      overflow = null;
      group.add(everything);
    }
    return group;
  }

  private void write(PurgeJournal into, PurgeMarks under, List<Waiting> group) {
    List<JournalEntry> entries = new ArrayList<>(group.size());
    for (Waiting each : group) {
      switch (each) {
        case Waiting.Purged(Purge purge, boolean soft, long epoch, var _) -> {
          long mark = under.mark(purge);
          into.epochs().apply(mark, soft, epoch + shift);
          entries.add(new JournalEntry(Kind.PURGE, mark, epoch + shift, soft ? 1 : 0));
        }
        case Waiting.Forget(long fingerprint, long ticket) -> {
          entries.add(
              ticket < 0
                  ? new JournalEntry(Kind.FORGET_ALL, 0, forgotten.floor(), 0)
                  : new JournalEntry(Kind.FORGET, fingerprint, ticket, 0));
        }
      }
    }
    long folded = forgotten.fold(oldestTicket);
    if (folded > 0) {
      entries.add(new JournalEntry(Kind.FORGET_ALL, 0, folded, 0));
    }
    try {
      if (broken) {
        into.renew();
        broken = false;
        health.journalWorks();
      } else {
        into.write(entries);
      }
      complete(group, null);
    } catch (IOException e) {
      failed(group, e);
    }
  }

  private boolean retried(PurgeJournal into) {
    try {
      into.renew();
      broken = false;
      health.journalWorks();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What cannot be taken down must not come back: without a journal a start drops all that lies
   * there.
   */
  private void failed(List<Waiting> group, IOException cause) {
    broken = true;
    health.journalFails(cause);
    try {
      files.delete(PurgeJournal.NAME);
      files.forceNames();
      complete(group, null);
    } catch (IOException e) {
      complete(
          group,
          new PurgeNotDurable(
              "the disk can neither take down the purge nor drop what it has: "
                  + FailureText.of(e)));
    }
  }

  private static void complete(List<Waiting> group, @Nullable PurgeNotDurable failure) {
    for (Waiting each : group) {
      if (each instanceof Waiting.Purged purged) {
        if (failure == null) {
          purged.done().complete(null);
        } else {
          purged.done().completeExceptionally(failure);
        }
      }
    }
  }

  /**
   * The disk cannot be opened: what waits may be taken down later, and who asked does not wait.
   *
   * @param why a sentence, for people; null when it was opened after all
   */
  synchronized void unusable(@Nullable String why) {
    unusable = why;
    if (why != null) {
      complete(queue, new PurgeNotDurable(why));
    }
  }

  /** Writes what waits, and ends. */
  synchronized void close() {
    closed.set(true);
    if (thread == null) {
      complete(queue, new PurgeNotDurable("the disk was not opened"));
    }
    LockSupport.unpark(thread);
  }

  /** Waits until it has ended, or for some time. */
  void join(long millis) {
    Thread ending = thread;
    if (ending != null) {
      try {
        ending.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

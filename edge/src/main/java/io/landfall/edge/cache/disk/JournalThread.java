package io.landfall.edge.cache.disk;

import io.landfall.cache.Purge;
import io.landfall.cache.PurgeMarks;
import io.landfall.core.Clock;
import io.landfall.core.FailureText;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.PurgeNotDurable;
import io.landfall.edge.cache.disk.JournalEntry.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes down purges in groups. When more of them wait than may, all is purged, which takes too much
 * and never too little. Any thread may hand something over.
 */
final class JournalThread extends GroupCommit<JournalThread.Waiting> {
  private final DiskFiles files;
  private final DiskHealth health;
  private final Forgotten forgotten;

  // Guarded by this.
  private Waiting.@Nullable Purged overflow;
  private boolean overflowedForgotten;
  private boolean folded;

  /** Whether what lies there is dropped at the next start, so that purges need no journal. */
  private boolean dropped;

  private @Nullable String unusable = null;

  /** Whether a disk that cannot be opened in this process is emptied at the next start. */
  private boolean emptied;

  /** Whether it may have been opened in part: the next start may use what it has. */
  private boolean begun;

  /** Whether a purge was answered because the disk is emptied unless it is opened. */
  private boolean answeredUnopened;

  private volatile boolean givenUp;
  private volatile long oldestTicket;
  private @Nullable PurgeJournal journal;
  private @Nullable PurgeMarks marks;
  private long shift;

  /** One thing to take down. */
  sealed interface Waiting {
    /** A purge; who asked waits for it. */
    record Purged(Purge purge, boolean soft, long epoch, CompletableFuture<Void> done)
        implements Waiting {}

    /** Something is forgotten. */
    record Forget(long fingerprint, long ticket) implements Waiting {}
  }

  JournalThread(DiskFiles files, DiskHealth health, Forgotten forgotten, Clock clock) {
    super(clock);
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
    if (dropped) {
      done.complete(null);
      return done;
    }
    if (isClosed() && !givenUp) {
      done.completeExceptionally(new PurgeNotDurable("the disk is closed"));
      return done;
    }
    String why = unusable;
    if (why != null) {
      // It is taken down if the disk works again before the process ends; that is not known.
      complete(List.of(new Waiting.Purged(purge, soft, epoch, done)), unopened(why));
    }
    if (isHung()) {
      done.completeExceptionally(hung());
    }
    Waiting.Purged before = overflow;
    if (before != null || !add(new Waiting.Purged(purge, soft, epoch, done))) {
      CompletableFuture<Void> all =
          before == null || before.done().isDone() ? new CompletableFuture<>() : before.done();
      overflow = new Waiting.Purged(new Purge.Everything(), false, epoch, all);
      return unusable == null && !isHung() ? all : done;
    }
    return done;
  }

  /** Takes down that something is forgotten, a moment later. */
  synchronized void forget(long fingerprint, long ticket) {
    // Not only when it is written: the medium may not answer.
    if (forgotten.size() > 2 * Forgotten.MOST && forgotten.fold(oldestTicket) > 0) {
      folded = true;
    }
    overflowedForgotten |= !add(new Waiting.Forget(fingerprint, ticket));
  }

  /** Takes down that all that is stored by now is forgotten, a moment later. */
  synchronized void forgetAll() {
    forgotten.addAll(forgotten.next());
    overflowedForgotten = true;
    wake();
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
    begin("cache-disk-purges");
  }

  @Override
  protected void ended(boolean well) {
    PurgeJournal into = journal;
    if (into != null) {
      into.close();
    }
    if (!well || givenUp) {
      drop();
    } else {
      complete(all(), new PurgeNotDurable("the disk is closed"));
    }
  }

  /** After a broken invariant: without a journal the next start drops what lies there. */
  private void drop() {
    PurgeNotDurable failure = null;
    try {
      files.delete(PurgeJournal.NAME);
      files.forceNames();
    } catch (IOException e) {
      failure = new PurgeNotDurable("the disk failed, and cannot be dropped: " + FailureText.of(e));
    }
    complete(dropped(failure), failure);
  }

  private synchronized List<Waiting> dropped(@Nullable PurgeNotDurable failure) {
    dropped = failure == null;
    if (failure != null) {
      unusable = failure.getMessage();
    }
    List<Waiting> all = all();
    takeAll();
    overflow = null;
    return all;
  }

  @Override
  protected List<Waiting> behind(boolean last) {
    List<Waiting> more = new ArrayList<>();
    if (overflowedForgotten) {
      overflowedForgotten = false;
      forgotten.addAll(forgotten.next());
      folded = true;
    }
    if (folded) {
      folded = false;
      more.add(new Waiting.Forget(0, -1));
    }
    Waiting.Purged everything = overflow;
    if (everything != null && last) {
      overflow = null;
      more.add(everything);
    }
    return more;
  }

  /** It is taken down if the disk answers before the process ends; that is not known. */
  private PurgeNotDurable hung() {
    return new PurgeNotDurable("the disk " + health.name() + " does not answer");
  }

  /** Who asked for a purge does not wait for a medium that does not answer. */
  void failIfHung() {
    List<Waiting> late = allIfHung();
    if (!late.isEmpty()) {
      complete(late, hung());
    }
  }

  private synchronized List<Waiting> allIfHung() {
    return isHung() ? all() : List.of();
  }

  /** All that is not taken down. It is completed without the lock: who waits may take others. */
  private synchronized List<Waiting> all() {
    List<Waiting> all = new ArrayList<>(unwritten());
    Waiting.Purged everything = overflow;
    if (everything != null) {
      all.add(everything);
    }
    return all;
  }

  @Override
  protected boolean write(List<Waiting> group, boolean afterFailure) {
    PurgeJournal into = journal;
    PurgeMarks under = marks;
    if (into == null || under == null) {
      throw new InvariantBroken("it writes before it was started");
    }
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
      if (afterFailure) {
        into.renew();
        health.journalWorks();
      } else {
        into.write(entries);
      }
      complete(group, null);
      return true;
    } catch (IOException e) {
      failed(group, e);
      return false;
    }
  }

  @Override
  protected boolean retry() {
    PurgeJournal into = journal;
    try {
      if (into != null) {
        into.renew();
        health.journalWorks();
      }
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
    health.journalFails(cause);
    try {
      files.delete(PurgeJournal.NAME);
      files.forceNames();
      complete(group, null);
    } catch (IOException e) {
      complete(
          group,
          new PurgeNotDurable(
              "the disk "
                  + health.name()
                  + " can neither record the purge nor drop what it has: "
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
   * @param isEmptied whether it is emptied at the next start if it was never opened in this
   *     process, so that purges do not need it
   */
  void unusable(@Nullable String why, boolean isEmptied) {
    List<Waiting> waiting;
    PurgeNotDurable failure = null;
    synchronized (this) {
      unusable = why;
      emptied = isEmptied;
      waiting = all();
      if (why != null && !waiting.isEmpty()) {
        failure = unopened(why);
      }
      moved();
    }
    if (why != null) {
      complete(waiting, failure);
    }
  }

  /** Why a purge is not durable while the disk cannot be opened; null if it is. */
  private synchronized @Nullable PurgeNotDurable unopened(String why) {
    if (!emptied || begun) {
      return new PurgeNotDurable(why);
    }
    answeredUnopened = true;
    return null;
  }

  /**
   * The disk is about to be written to for the first time. From now on purges need it.
   *
   * @return whether what lies there has to be dropped, since purges were answered without it
   */
  synchronized boolean begins() {
    begun = true;
    return answeredUnopened;
  }

  /**
   * The disk is not used any more, by a fault of this program: what lies there is dropped at the
   * next start, and purges need not be taken down.
   */
  void giveUp() {
    givenUp = hasBegun();
  }

  /** Writes what waits, and ends. */
  void close() {
    List<Waiting> waiting;
    synchronized (this) {
      waiting = end() ? List.of() : all();
    }
    complete(waiting, new PurgeNotDurable("the disk was not opened"));
  }
}

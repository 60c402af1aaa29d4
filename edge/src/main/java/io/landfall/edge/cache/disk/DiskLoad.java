package io.landfall.edge.cache.disk;

import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.SipHash;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a disk is opened: its lock, its identity, its journal of purges, and then its segments. What
 * is not certain to be right is dropped, all of it where a purge may be missing.
 */
final class DiskLoad {
  /** Keys that are forgotten before the secret of the disk is known; beyond that all is. */
  private static final int MOST_LATE = 16_384;

  /** How often is tried to read all segments. */
  private static final int MOST_TRIES = 4;

  private final DiskCore core;
  private final DiskFiles files;
  private final DiskHealth health;
  private final Set<Long> indexed = new HashSet<>();
  private int tries;
  private boolean locked;

  // Guarded by this.
  private final List<byte[]> late = new ArrayList<>();
  private boolean tooMuchLate;

  DiskLoad(DiskCore core) {
    this.core = core;
    this.files = core.files();
    this.health = core.health();
  }

  /**
   * What was opened.
   *
   * @param opened what is known of it
   * @param journal the journal, in which this process has begun
   */
  record Result(DiskCore.Opened opened, PurgeJournal journal) {}

  /** A key is forgotten; false if what it hashes to is known by now. */
  synchronized boolean forgetLater(byte[] key) {
    if (core.opened() != null) {
      return false;
    }
    if (late.size() < MOST_LATE) {
      late.add(key);
    } else {
      tooMuchLate = true;
    }
    return true;
  }

  private synchronized List<byte[]> known() {
    return List.copyOf(late);
  }

  private synchronized void areTakenDown(int first) {
    late.subList(0, first).clear();
  }

  /** What was forgotten while the folder was opened, and is not taken down yet. */
  synchronized List<byte[]> late() {
    List<byte[]> all = List.copyOf(late);
    late.clear();
    return all;
  }

  /** Whether more was forgotten meanwhile than could be kept. */
  synchronized boolean isTooMuchLate() {
    return tooMuchLate;
  }

  /** Opens folder and journal; null if another process has the folder. */
  @Nullable Result open() throws IOException {
    if (!locked && !files.lock()) {
      String why = health.name() + " is used by another node";
      health.unusable(why);
      // Who has it may be using it beside the same log: purges need it.
      core.journal().unusable(why, false);
      return null;
    }
    locked = true;
    Optional<SipHash> secret = DiskFolder.secret(files);
    PurgeJournal journal = null;
    Optional<String> wrong;
    if (secret.isPresent()) {
      journal = journal(secret.get());
      wrong = journal.open();
      if (wrong.isEmpty()) {
        wrong = journal.lacks(core.log());
      }
    } else {
      DiskFolder.refuseForeign(files);
      boolean empty = files.names().stream().noneMatch(DiskFolder::isOurs);
      wrong = Optional.of(empty ? "" : "its identity is missing, damaged or of another version");
    }
    if (core.journal().begins() && wrong.isEmpty()) {
      wrong = Optional.of("purges were answered while it could not be opened");
    }
    if (journal == null || wrong.isPresent()) {
      wrong.filter(why -> !why.isEmpty()).ifPresent(health::dropped);
      if (journal != null) {
        journal.close();
      }
      DiskFolder.empty(files);
      // What was read of a journal that is damaged: its tickets are of no use to the next one.
      core.forgotten().clear();
      SipHash made = core.secrets().hashes().get();
      DiskFolder.create(files, made);
      secret = Optional.of(made);
      journal = journal(made);
      journal.renew();
    }
    SipHash hash = secret.orElseThrow();
    List<byte[]> gone = known();
    journal.startRun(
        core.log(),
        gone.stream().map(key -> hash.hash(key, 0, key.length)).toList(),
        isTooMuchLate());
    areTakenDown(gone.size());
    core.journal().unusable(null, false);
    PurgeMarks marks = new PurgeMarks(hash);
    return new Result(new DiskCore.Opened(hash, marks, copy(journal.epochs(), marks)), journal);
  }

  private PurgeJournal journal(SipHash secret) {
    return new PurgeJournal(
        files, new PurgeMarks(secret), core.forgotten(), core.secrets().nonces());
  }

  /** What there was before, which does not change any more: for any thread. */
  private static PurgeEpochs copy(PurgeEpochs from, PurgeMarks marks) {
    PurgeEpochs made = new PurgeEpochs(marks, PurgeEpochs.DEFAULT_MARKS);
    from.writeTo(
        new PurgeEpochs.Journal() {
          @Override
          public void floors(long hardFloor, long softFloor, long latest) {
            made.restoreFloors(hardFloor, softFloor, latest);
          }

          @Override
          public void mark(long mark, long hardEpoch, long softEpoch) {
            made.restoreMark(mark, hardEpoch, softEpoch);
          }
        });
    return made;
  }

  /**
   * Indexes the segments that lie there. One that cannot be read is tried again, and then left out
   * with all that is older: what was in it may have replaced that.
   */
  void index(SegmentWriter segments) throws IOException {
    SegmentRing ring = core.ring();
    boolean lastTry = ++tries >= MOST_TRIES;
    Deque<DiskSegment> left = new ArrayDeque<>(ring.open(name -> lastTry && isLeftOut(name)));
    try {
      while (!left.isEmpty()) {
        DiskSegment each = left.remove();
        if (indexed.add(each.sequence())) {
          ring.add(each);
          index(each, segments);
        } else {
          each.letGo();
        }
      }
    } finally {
      left.forEach(DiskSegment::letGo);
    }
    ring.makeRoom(0);
    core.index().leaveOutGone();
  }

  private boolean isLeftOut(String name) {
    health.readFailed(new IOException(name + " cannot be read"));
    return true;
  }

  private void index(DiskSegment segment, SegmentWriter segments) throws IOException {
    List<SegmentEntry> entries = new ArrayList<>();
    boolean sealed = true;
    try {
      sealed = segment.load(entries::add);
    } catch (IOException e) {
      // What was found of it may be right, which is checked when it is read; but what is older may
      // have been replaced by what was not found.
      health.readFailed(e);
      while (core.ring().hasOlderThan(segment.sequence())) {
        boolean _ = core.ring().removeOldest();
      }
    }
    if (!sealed) {
      try {
        segment.seal();
      } catch (IOException e) {
        // It is looked through again at the next start.
        health.errors.increment();
      }
    }
    for (SegmentEntry entry : entries) {
      segments.enter(entry, segment.sequence());
    }
  }

  /** It cannot be opened now. */
  void failed(IOException cause) {
    health.errors.increment();
    String why =
        health.name()
            + " cannot be opened: "
            + cause.getClass().getSimpleName()
            + " "
            + FailureText.of(cause);
    health.unusable(why);
    if (core.opened() == null) {
      core.journal().unusable(why, core.log().value() != 0);
    }
  }
}

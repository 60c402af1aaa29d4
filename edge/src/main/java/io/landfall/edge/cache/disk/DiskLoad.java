package io.landfall.edge.cache.disk;

import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.SipHash;
import java.io.IOException;
import java.util.ArrayList;
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
  /** Keys that are forgotten before the secret of the disk is known; beyond that it is emptied. */
  private static final int MOST_LATE = 16_384;

  private final DiskFiles files;
  private final DiskWriter.Shared shared;
  private final DiskWriter.Secrets secrets;
  private final Set<Long> indexed = new HashSet<>();
  private boolean locked;

  // Guarded by this.
  private final List<byte[]> late = new ArrayList<>();
  private boolean tooMuchLate;

  DiskLoad(DiskFiles files, DiskWriter.Shared shared, DiskWriter.Secrets secrets) {
    this.files = files;
    this.shared = shared;
    this.secrets = secrets;
  }

  /**
   * What was opened.
   *
   * @param opened what is known of it
   * @param journal the journal, in which this process has begun
   */
  record Result(DiskWriter.Opened opened, PurgeJournal journal) {}

  /** A key is forgotten; what it hashes to is not known yet. */
  synchronized void forgetLater(byte[] key) {
    if (late.size() < MOST_LATE) {
      late.add(key);
    } else {
      tooMuchLate = true;
    }
  }

  /** What was forgotten meanwhile. */
  synchronized List<byte[]> late() {
    List<byte[]> all = List.copyOf(late);
    late.clear();
    return all;
  }

  private synchronized boolean isTooMuchLate() {
    return tooMuchLate;
  }

  /** Opens folder and journal; null if another process has the folder. */
  @Nullable Result open(JournalThread waiting) throws IOException {
    if (!locked && !files.lock()) {
      String why = shared.health().name() + " is used by another node";
      shared.health().unusable(why);
      waiting.unusable(why);
      return null;
    }
    locked = true;
    Optional<SipHash> secret = DiskFolder.secret(files);
    PurgeJournal journal = null;
    Optional<String> wrong;
    if (secret.isPresent()) {
      journal = journal(secret.get());
      wrong = journal.open();
      if (wrong.isEmpty() && isTooMuchLate()) {
        wrong = Optional.of("too much was made invalid while it was being opened");
      }
    } else {
      boolean empty = files.names().stream().noneMatch(DiskFolder::isOurs);
      wrong = Optional.of(empty ? "" : "its identity is missing, damaged or of another version");
    }
    if (journal == null || wrong.isPresent()) {
      wrong.filter(why -> !why.isEmpty()).ifPresent(shared.health()::dropped);
      if (journal != null) {
        journal.close();
      }
      DiskFolder.empty(files);
      SipHash made = secrets.hashes().get();
      DiskFolder.create(files, made);
      secret = Optional.of(made);
      journal = journal(made);
      journal.renew();
    }
    journal.startRun();
    waiting.unusable(null);
    SipHash hash = secret.orElseThrow();
    PurgeMarks marks = new PurgeMarks(hash);
    return new Result(
        new DiskWriter.Opened(hash, marks, copy(journal.epochs(), marks)), journal);
  }

  private PurgeJournal journal(SipHash secret) {
    return new PurgeJournal(files, new PurgeMarks(secret), shared.forgotten(), secrets.nonces());
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

  /** Indexes the segments that lie there. */
  void index(SegmentRing ring, SegmentWriter segments) throws IOException {
    for (Segment each : ring.open()) {
      if (!indexed.add(each.sequence())) {
        each.letGo();
        continue;
      }
      ring.add(each);
      List<SegmentEntry> entries = new ArrayList<>();
      try {
        if (!each.load(entries::add)) {
          each.seal();
        }
      } catch (IOException e) {
        // What was found of it may be right, which is checked when it is read.
        shared.health().readFailed(e);
      }
      for (SegmentEntry entry : entries) {
        segments.enter(entry, each.sequence());
      }
    }
    ring.makeRoom(0);
  }

  /** It cannot be opened now. */
  void failed(JournalThread waiting, IOException cause) {
    shared.health().errors.increment();
    String why =
        shared.health().name()
            + " cannot be opened: "
            + cause.getClass().getSimpleName()
            + " "
            + cause.getMessage();
    shared.health().unusable(why);
    waiting.unusable(why);
  }
}

package io.landfall.edge.purges;

import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.core.Clock;
import io.landfall.core.FailureText;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.cache.disk.DiskFiles;
import io.landfall.edge.cache.disk.DiskFiles.OpenFile;
import io.landfall.edge.cache.disk.FolderFiles;
import io.landfall.edge.cache.disk.GroupCommit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of purges on disk. It begins with all that counts, and each change is added to it; when
 * it has grown too long it begins anew.
 *
 * <p>What it lacks at its end does no harm to a cache: the node then has more purges applied than
 * it knows of, and gets them once more. So a disk that fails stops no purge: it is told once, and
 * as soon as the disk works again the log begins anew. Until then a restart loses the purges that
 * only this node knows. The same holds while it hangs, and after a fault of this program. A file
 * that others removed or replaced is found when it is added to, or within a second, and begins anew
 * at once.
 *
 * <p>Handed over from one thread.
 */
public final class PurgeLogFile extends GroupCommit<PurgeLogFile.Waiting> {
  private static final Logger LOG = LoggerFactory.getLogger("landfall.cache");

  /** Between two tries with a disk that fails. */
  private static final long ASK_NANOS = 1_000_000_000L;

  /** How often is looked whether the file is still there, while nothing is written. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  private static final long CLOSE_MILLIS = 5_000;

  private final String name;
  private final DiskFiles files;
  private final Clock clock;
  private final LongSupplier nonces;
  private Optional<List<PurgeRecord>> restored = Optional.empty();
  private Runnable wanted = () -> {};
  private boolean locked;

  /** The run that has left what it has of before; 0 for none. */
  private long before;

  /** Whether its thread is gone; guarded by this. */
  private boolean gone;

  /** Whether it was told that it hangs; guarded by this. */
  private boolean told;

  /** Whether what is handed over next adds to what was handed over before. */
  private volatile boolean based;

  // Of the thread that writes.
  private final LogWriter writer;
  private volatile LogRecords format;
  private long askedNanos;
  private long lookedNanos;

  /** Why purges are not taken down; empty if they are. */
  private volatile String failure = "";

  /**
   * Changes that wait.
   *
   * @param whole whether they are all that counts, so that what was before does not
   * @param done completes with true when they are on the medium, with false if they will not be
   */
  record Waiting(List<PurgeRecord> changes, boolean whole, CompletableFuture<Boolean> done) {
    /** Copies the list: who handed it over may change it while the thread reads. */
    Waiting {
      changes = List.copyOf(changes);
    }
  }

  @Override
  protected long bytes(Waiting thing) {
    return thing.changes().stream().mapToLong(PurgeRecord::bytes).sum();
  }

  PurgeLogFile(
      String name, DiskFiles files, PurgeLogBeside beside, Clock clock, LongSupplier nonces) {
    super(clock);
    this.name = name;
    this.files = files;
    this.clock = clock;
    this.nonces = nonces;
    this.format = LogRecords.beside(beside, nonces);
    this.writer = new LogWriter(files);
    this.lookedNanos = clock.monotonicNanos();
    this.askedNanos = clock.monotonicNanos() - ASK_NANOS;
  }

  /**
   * Reads what a run before has left. Blocks for that.
   *
   * @param folder where it lies, which need not be there; no other node uses it
   * @param owner this node, for people
   * @param beside the disks of the cache that it is kept beside
   */
  public static PurgeLogFile read(
      Path folder, String owner, PurgeLogBeside beside, Clock clock, LongSupplier nonces) {
    PurgeLogFile made =
        new PurgeLogFile(folder.toString(), new FolderFiles(folder, owner), beside, clock, nonces);
    if (Files.exists(folder)) {
      made.read();
    }
    return made;
  }

  void read() {
    try {
      locked = files.lockSoon();
      if (!lock() || !files.names().contains(LogWriter.NAME)) {
        return;
      }
      try (OpenFile from = files.open(LogWriter.NAME)) {
        Optional<LogRecords> header = LogRecords.of(from);
        if (header.isEmpty()) {
          LOG.atWarn()
              .addKeyValue("log", name)
              .log("the log of purges is damaged or of another version: it begins anew");
          return;
        }
        List<PurgeRecord> all = new ArrayList<>();
        long end = header.get().read(from, all::add);
        if (end < from.size()) {
          LOG.atInfo()
              .addKeyValue("log", name)
              .addKeyValue("bytes", from.size() - end)
              .log("the log of purges has an end that was not whole: it does not count");
        }
        restored = Optional.of(List.copyOf(all));
        before = header.get().run();
        format = format.following(header.get());
      }
    } catch (IOException e) {
      fails(e);
    }
  }

  private boolean lock() throws IOException {
    locked = locked || files.lock();
    if (!locked) {
      fails(new IOException("another node uses it"));
    }
    return locked;
  }

  /** All that was taken down by the run before, in order; empty if that is not known. */
  public Optional<List<PurgeRecord>> restored() {
    return restored;
  }

  /**
   * Which log it is to one of the disks that it is kept beside. It stays so as long as that disk is
   * among them, whatever becomes of the others.
   */
  public PurgeLogToken token(Path disk) {
    return new PurgeLogToken(format.token(disk), format.run(), before);
  }

  /** Why purges are not taken down; empty if they are, or there was nothing to take down yet. */
  public String failure() {
    return failure;
  }

  /**
   * Begins to write.
   *
   * @param ask called on any thread when {@link #replace all that counts} is wanted
   */
  public void start(Runnable ask) {
    wanted = ask;
    // Only so long as it is needed.
    restored = Optional.empty();
    begin("purge-log");
  }

  /** Whether {@link #append changes} are of use: else all that counts is wanted. */
  public boolean isBased() {
    return based;
  }

  /**
   * Begins anew, a moment later.
   *
   * @param all all that counts
   * @return completes with true when that is on the medium, with false if it will not be
   */
  public CompletableFuture<Boolean> replace(List<PurgeRecord> all) {
    based = true;
    return hand(new Waiting(all, true, new CompletableFuture<>()));
  }

  /**
   * Takes down changes, a moment later.
   *
   * @return completes with true when they are on the medium, with false if they will not be
   */
  public CompletableFuture<Boolean> append(List<PurgeRecord> changes) {
    return based
        ? hand(new Waiting(changes, false, new CompletableFuture<>()))
        : CompletableFuture.completedFuture(false);
  }

  /** Something is missing: what follows does not count until all that counts is handed over. */
  public void breaksOff() {
    // First: the thread, which this wakes, asks for all that counts only if it finds it so.
    based = false;
    var _ = hand(new Waiting(List.of(), false, new CompletableFuture<>()));
  }

  private CompletableFuture<Boolean> hand(Waiting next) {
    if (!takes(next)) {
      based = false;
      next.done().complete(false);
    }
    return next.done();
  }

  private synchronized boolean takes(Waiting next) {
    return mayTake() && add(next);
  }

  /** Whether anything is taken now: not while the disk hangs, nor when the thread is gone. */
  public synchronized boolean mayTake() {
    return !gone && !isClosed() && !isHung();
  }

  /**
   * Who asked does not wait for a disk that hangs. What waits is written when it answers, and then
   * all that counts is wanted. To be called now and then while something waits; any thread.
   */
  public void giveUpIfHung() {
    List<Waiting> late = hung();
    if (!late.isEmpty()) {
      based = false;
      complete(late, false);
    }
  }

  private synchronized List<Waiting> hung() {
    if (!isHung() || gone) {
      return List.of();
    }
    if (!told) {
      told = true;
      failure = "the disk does not answer";
      warn(failure);
    }
    return unwritten();
  }

  private static void complete(List<Waiting> all, boolean kept) {
    all.forEach(each -> each.done().complete(kept));
  }

  @Override
  protected boolean write(List<Waiting> group, boolean afterFailure) {
    int from = 0;
    for (int i = 0; i < group.size(); i++) {
      from = group.get(i).whole() ? i : from;
    }
    List<PurgeRecord> changes = new ArrayList<>();
    group.subList(from, group.size()).forEach(each -> changes.addAll(each.changes()));
    try {
      if (group.get(from).whole()) {
        renew(changes);
        works();
      } else {
        writer.extend(changes);
      }
    } catch (IOException e) {
      breaks(e);
    }
    complete(group, writer.isOpen());
    answers();
    if (writer.isTooLong()) {
      ask();
    }
    return writer.isOpen() && based;
  }

  private void breaks(IOException cause) {
    based = false;
    writer.close();
    fails(cause);
  }

  private void renew(List<PurgeRecord> all) throws IOException {
    if (!lock()) {
      throw new IOException("another node uses it");
    }
    LogRecords next = format.with(nonces.getAsLong());
    writer.renew(next, all, before);
    format = next;
    lookedNanos = clock.monotonicNanos();
  }

  @Override
  protected boolean idle() {
    if (clock.monotonicNanos() - lookedNanos < LOOK_NANOS) {
      return true;
    }
    lookedNanos = clock.monotonicNanos();
    try {
      writer.look();
      return true;
    } catch (IOException e) {
      // All that counts is in memory: the log begins anew.
      breaks(e);
      return retry();
    }
  }

  @Override
  protected boolean retry() {
    ask();
    return false;
  }

  private void ask() {
    if (clock.monotonicNanos() - askedNanos >= ASK_NANOS) {
      askedNanos = clock.monotonicNanos();
      wanted.run();
    }
  }

  private synchronized void answers() {
    told = false;
  }

  private void fails(IOException cause) {
    boolean known = !failure.isEmpty();
    failure = FailureText.of(cause);
    if (!known) {
      warn(failure);
    }
  }

  private void warn(String why) {
    LOG.atWarn()
        .addKeyValue("log", name)
        .addKeyValue("why", why)
        .log("purges are not recorded: a restart of this node loses what only it knows");
  }

  private void works() {
    if (!failure.isEmpty()) {
      failure = "";
      LOG.atInfo().addKeyValue("log", name).log("purges are recorded again");
    }
  }

  @Override
  protected void ended(boolean well) {
    complete(leaves(), false);
    if (!well) {
      warn("a fault of this program: see the log");
    }
    writer.close();
    files.close();
  }

  private synchronized List<Waiting> leaves() {
    gone = true;
    based = false;
    return takeAll();
  }

  /** Writes what waits, and gives the folder back. Waits for that, but not for long. */
  public void close() {
    if (end()) {
      join(CLOSE_MILLIS);
    } else {
      files.close();
    }
    // Nothing is left, unless the disk hangs or nothing was begun.
    complete(unwritten(), false);
  }
}

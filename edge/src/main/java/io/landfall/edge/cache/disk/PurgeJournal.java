package io.landfall.edge.cache.disk;

import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeMarks;
import io.landfall.edge.PurgeLogToken;
import io.landfall.edge.cache.disk.DiskFiles.OpenFile;
import io.landfall.edge.cache.disk.JournalEntry.Kind;
import io.landfall.edge.cache.disk.RecordFormat.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was purged and forgotten, on disk: a file of fixed length into which entries are written one
 * behind the other, so that it needs no room that a full disk has not. When it is full a new one
 * takes its place at once, which begins with all that still counts.
 *
 * <p>A process that dies (kill -9) leaves a prefix of whole entries. So what is there is either
 * right to its end, with nothing but zeros behind it, or something may be missing: then the reader
 * says so, and the disk's contents are dropped. A group of entries is on the medium before the
 * first one of the next group is written.
 *
 * <p>Of one thread at a time.
 */
final class PurgeJournal implements AutoCloseable {
  static final String NAME = "purges";

  /** How many entries fit: all that may count at once (marks and forgotten), twice. */
  static final int ENTRIES = 4 * PurgeEpochs.DEFAULT_MARKS;

  private static final int MAGIC = 0x4c464a31;
  private static final int HEADER_BYTES = 512;
  private static final long BYTES = HEADER_BYTES + (long) ENTRIES * JournalEntry.BYTES;
  private static final int BUFFER_BYTES = 256 * 1024;

  private final DiskFiles files;
  private final PurgeEpochs epochs;
  private final Forgotten forgotten;
  private final LongSupplier nonces;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private @Nullable OpenFile file;
  private long nonce;
  private int entries;
  private long run;
  private long log;
  private long logRun;

  /**
   * One that is not open yet.
   *
   * @param marks under the disk's secret
   * @param forgotten what is forgotten, which it also fills at a start
   * @param nonces numbers that are given once
   */
  PurgeJournal(DiskFiles files, PurgeMarks marks, Forgotten forgotten, LongSupplier nonces) {
    this.files = files;
    this.epochs = new PurgeEpochs(marks, PurgeEpochs.DEFAULT_MARKS);
    this.forgotten = forgotten;
    this.nonces = nonces;
  }

  /** All purges by now. */
  PurgeEpochs epochs() {
    return epochs;
  }

  /**
   * Opens the one that is there.
   *
   * @return why nothing that is stored may be used, because a purge may be missing; empty if all is
   *     there
   */
  Optional<String> open() throws IOException {
    if (!files.names().contains(NAME)) {
      return Optional.of("there is no journal of purges");
    }
    OpenFile opened = files.open(NAME);
    Optional<String> wrong = read(opened);
    if (wrong.isPresent()) {
      opened.close();
    } else {
      file = opened;
    }
    return wrong;
  }

  private Optional<String> read(OpenFile from) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    if (from.size() != BYTES || from.read(header, 0) != HEADER_BYTES) {
      return Optional.of("the journal of purges has another length");
    }
    long itsNonce = header.getLong(8);
    if (header.getInt(0) != MAGIC || header.getInt(4) != checksum(itsNonce)) {
      return Optional.of("the journal of purges has a damaged header");
    }
    nonce = itsNonce;
    entries = 0;
    boolean ended = false;
    for (int at = 0; at < ENTRIES; at += BUFFER_BYTES / JournalEntry.BYTES) {
      buffer.clear();
      int got = from.read(buffer, offset(at));
      buffer.flip();
      for (int i = 0; i < got / JournalEntry.BYTES; i++) {
        buffer.position(i * JournalEntry.BYTES);
        boolean blank = JournalEntry.isBlank(buffer);
        if (ended && !blank) {
          return Optional.of("the journal of purges has something behind its end");
        }
        ended |= blank;
        if (!ended && !restore(JournalEntry.read(buffer, new Place(nonce, at + i)))) {
          return Optional.of("the journal of purges is damaged at entry " + (at + i));
        }
      }
    }
    return Optional.empty();
  }

  private static int checksum(long ofNonce) {
    return new Place(ofNonce, BYTES).ofChunk(0, ByteBuffer.allocate(0));
  }

  private static long offset(int entry) {
    return HEADER_BYTES + (long) entry * JournalEntry.BYTES;
  }

  private boolean restore(@Nullable JournalEntry entry) {
    if (entry == null) {
      return false;
    }
    entries++;
    switch (entry.kind()) {
      case FLOORS -> epochs.restoreFloors(entry.first(), entry.second(), entry.third());
      case MARK -> epochs.restoreMark(entry.first(), entry.second(), entry.third());
      case PURGE -> {
        if (entry.second() <= epochs.latest()) {
          return false;
        }
        epochs.apply(entry.first(), entry.third() == 1, entry.second());
      }
      case FORGET -> forgotten.add(entry.first(), entry.second());
      case FORGET_ALL -> forgotten.addAll(entry.second());
      case RUN -> {
        run = entry.first();
        log = entry.second();
        logRun = entry.third();
      }
    }
    return true;
  }

  /**
   * Why what is stored may lack purges of the log that is kept beside the disk; empty if it does
   * not.
   *
   * @param besideLog the log; if it is new, what was kept beside another one lacks what that took
   *     down since, and what was never kept beside any does not
   */
  Optional<String> lacks(PurgeLogToken besideLog) {
    if (!besideLog.isOld()) {
      return log == 0 || log == besideLog.value()
          ? Optional.empty()
          : Optional.of("the log of purges that was kept beside it is lost");
    }
    if (log == besideLog.value() && besideLog.isFollowed(logRun)) {
      return Optional.empty();
    }
    return Optional.of(
        log == besideLog.value() && logRun > besideLog.before()
            ? "the log of purges is older than what lies there"
            : "it was not in use while purges were recorded");
  }

  /**
   * This process begins to use the disk: what it stores is younger than all that lies there. What
   * was forgotten before is taken down first: else a process that dies in between would leave a
   * disk that counts as in use in this run, and lacks it.
   *
   * @param besideLog the log of purges that is kept beside it
   * @param late the fingerprints of what was forgotten since this process began
   * @param all whether all that lies there is
   */
  void startRun(PurgeLogToken besideLog, List<Long> late, boolean all) throws IOException {
    run++;
    log = besideLog.value();
    logRun = besideLog.run();
    forgotten.startRun(run);
    List<JournalEntry> group = new ArrayList<>();
    for (long each : late) {
      long ticket = forgotten.next();
      forgotten.add(each, ticket);
      group.add(new JournalEntry(Kind.FORGET, each, ticket, 0));
    }
    if (all) {
      forgotten.addAll(forgotten.next());
      group.add(new JournalEntry(Kind.FORGET_ALL, 0, forgotten.floor(), 0));
    }
    group.add(new JournalEntry(Kind.RUN, run, log, logRun));
    write(group);
  }

  /** Takes down a group, of which each is applied already; returns when it is on the medium. */
  void write(List<JournalEntry> group) throws IOException {
    OpenFile into = file;
    if (into == null || entries + group.size() > ENTRIES) {
      renew();
      return;
    }
    int first = entries;
    try {
      entries = append(into, group, entries, nonce);
      into.force();
    } catch (IOException e) {
      // What of it is on the medium is not known: it is not written to again.
      entries = first;
      file = null;
      into.close();
      throw e;
    }
  }

  private int append(OpenFile into, List<JournalEntry> group, int at, long itsNonce)
      throws IOException {
    int next = at;
    buffer.clear();
    for (JournalEntry each : group) {
      if (!buffer.hasRemaining()) {
        into.write(buffer.flip(), offset(next) - buffer.limit());
        buffer.clear();
      }
      each.write(buffer, new Place(itsNonce, next));
      next++;
    }
    into.write(buffer.flip(), offset(next) - buffer.limit());
    return next;
  }

  /** Puts a new journal in place of the one that is there, with all that counts. */
  void renew() throws IOException {
    OpenFile old = file;
    file = null;
    if (old != null) {
      old.close();
    }
    long itsNonce = nonces.getAsLong();
    List<JournalEntry> all = all();
    file = files.replace(NAME, made -> fill(made, all, itsNonce));
    nonce = itsNonce;
    entries = all.size();
  }

  private void fill(OpenFile made, List<JournalEntry> all, long itsNonce) throws IOException {
    for (long at = 0; at < BYTES; at += BUFFER_BYTES) {
      // Really written: so the room is there when it is needed.
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, BYTES - at));
      while (buffer.hasRemaining()) {
        buffer.put((byte) 0);
      }
      made.write(buffer.flip(), at);
    }
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(0, MAGIC).putInt(4, checksum(itsNonce)).putLong(8, itsNonce);
    made.write(header, 0);
    append(made, all, 0, itsNonce);
  }

  private List<JournalEntry> all() {
    List<JournalEntry> all = new ArrayList<>();
    all.add(new JournalEntry(Kind.RUN, run, log, logRun));
    epochs.writeTo(
        new PurgeEpochs.Journal() {
          @Override
          public void floors(long hardFloor, long softFloor, long latest) {
            all.add(new JournalEntry(Kind.FLOORS, hardFloor, softFloor, latest));
          }

          @Override
          public void mark(long mark, long hardEpoch, long softEpoch) {
            all.add(new JournalEntry(Kind.MARK, mark, hardEpoch, softEpoch));
          }
        });
    all.add(new JournalEntry(Kind.FORGET_ALL, 0, forgotten.floor(), 0));
    forgotten.all().forEach((of, ticket) -> all.add(new JournalEntry(Kind.FORGET, of, ticket, 0)));
    return all;
  }

  @Override
  public void close() {
    OpenFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }
}

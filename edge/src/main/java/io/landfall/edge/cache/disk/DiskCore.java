package io.landfall.edge.cache.disk;

import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.PurgeLogToken;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the threads of a disk, and those who ask it, share. */
final class DiskCore {
  private final DiskSettings settings;
  private final DiskFiles files;
  private final DiskHealth health;
  private final Clock clock;
  private final Secrets secrets;
  private final Forgotten forgotten = new Forgotten();
  private final SegmentRing ring;
  private final DiskIndex index;
  private final JournalThread journal;
  private volatile boolean ready;
  private volatile boolean closed;
  private volatile boolean holdsBefore;

  private volatile @Nullable Opened opened;

  /**
   * Randomness.
   *
   * @param nonces numbers that are given once
   * @param hashes new secrets
   */
  record Secrets(LongSupplier nonces, Supplier<SipHash> hashes) {}

  /**
   * What is known once the folder is open.
   *
   * @param secret what keys and marks are hashed under
   * @param marks the same, for marks
   * @param before all purges before this process
   */
  record Opened(SipHash secret, PurgeMarks marks, PurgeEpochs before) {}

  DiskCore(
      DiskSettings settings, DiskFiles files, DiskHealth health, Clock clock, Secrets secrets) {
    this.settings = settings;
    this.files = files;
    this.health = health;
    this.clock = clock;
    this.secrets = secrets;
    this.ring =
        new SegmentRing(files, settings.limitBytes(), settings.segmentBytes(), secrets.nonces());
    this.index = new DiskIndex(ring::isLive);
    this.journal = new JournalThread(files, health, forgotten, clock);
  }

  DiskFiles files() {
    return files;
  }

  DiskHealth health() {
    return health;
  }

  Clock clock() {
    return clock;
  }

  Secrets secrets() {
    return secrets;
  }

  Forgotten forgotten() {
    return forgotten;
  }

  SegmentRing ring() {
    return ring;
  }

  DiskIndex index() {
    return index;
  }

  JournalThread journal() {
    return journal;
  }

  long limitBytes() {
    return settings.limitBytes();
  }

  /** The longest record. */
  long largestBytes() {
    return DiskSegment.largestRecord(settings.segmentBytes());
  }

  /** Whether what lies there is indexed. */
  boolean isReady() {
    return ready;
  }

  void ready(boolean now) {
    ready = now;
  }

  /** From now on nothing that lay there before this process is found, or it is again. */
  void holdBefore(boolean on) {
    holdsBefore = on;
  }

  /** Whether what begins at a place of a segment is not to be found. */
  boolean hides(DiskSegment segment, long offset) {
    return holdsBefore && segment.isBefore(offset);
  }

  /** The log of purges that is kept beside the disk. */
  PurgeLogToken log() {
    return settings.log();
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
  }

  /** What is known; null before the folder is open. */
  @Nullable Opened opened() {
    return opened;
  }

  void opened(Opened now) {
    opened = now;
  }

  private Opened known() {
    Opened now = opened;
    if (now == null) {
      throw new InvariantBroken("asked of a disk before it was open");
    }
    return now;
  }

  /** The hash of a key; only once the folder is open. */
  long fingerprint(byte[] key) {
    return known().secret().hash(key, 0, key.length);
  }

  /** What makes an epoch of this process one of the journal; only once the folder is open. */
  long epochShift() {
    return known().before().latest();
  }

  /** What purges before this process left of a response; only once the folder is open. */
  PurgeVerdict before(
      PurgeMarks.Place place, List<String> tags, List<String> groups, long recordEpoch) {
    Opened now = known();
    return recordEpoch >= now.before().latest()
        ? PurgeVerdict.VALID
        : now.before().check(now.marks().of(place, tags, groups), recordEpoch);
  }
}

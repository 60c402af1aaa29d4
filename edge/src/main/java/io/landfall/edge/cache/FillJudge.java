package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.cache.CacheResponse;
import io.landfall.cache.ContentRange;
import io.landfall.cache.FetchTimes;
import io.landfall.cache.Freshening;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.Reuse;
import io.landfall.cache.StoreDecision;
import io.landfall.cache.StoreRefusal;
import io.landfall.cache.StoreRule;
import io.landfall.cache.StoredFields;
import io.landfall.cache.StoredMeta;
import io.landfall.cache.Validators;
import io.landfall.edge.cache.FillSource.Use;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What one fetch asks for, and what its response means: puts the rules of room {@code cache}
 * together. On the fetch's event loop.
 */
final class FillJudge {
  private static final int PARTIAL = 206;
  private static final int NOT_MODIFIED = 304;
  private static final int UNSATISFIABLE = 416;

  /** The room that a slice takes for which there is no room as a whole. */
  private static final int STREAMED_BYTES = 16 << 10;

  private final Lookup lookup;
  private final EdgeCache cache;
  private final ServiceCache service;
  private final FillKey key;
  private final CacheRequest asked;
  // When the answer of a backend counts as asked for, that of a node, and the one that came.
  private final long askedAtEpoch;
  private final long nodesEpoch;
  private long validEpoch;
  private final FillTies fillTies;
  private final DiskTee tee;
  private @Nullable StoredResponse validated;
  private AskerFields ofAsker = AskerFields.NONE;
  private boolean again;
  // Whether it is a slice that goes through what room there is, to the one for whom it is fetched.
  private boolean streams;
  private volatile boolean outdated;
  private long requestMillis;

  /**
   * For a fetch that has not begun.
   *
   * @param asked what is asked for, as the client did
   * @param validated what is validated, held for this; null if there is nothing
   */
  FillJudge(Lookup lookup, FillKey key, CacheRequest asked, @Nullable StoredResponse validated) {
    this.requestMillis = lookup.cache().nowMillis();
    this.lookup = lookup;
    this.cache = lookup.cache();
    this.service = lookup.service();
    this.key = key;
    this.asked = asked;
    this.askedAtEpoch = lookup.loop().epochs().latest();
    this.nodesEpoch = cache.epochOfNodes(askedAtEpoch);
    this.validEpoch = nodesEpoch;
    this.fillTies = new FillTies(lookup, key, asked);
    this.validated = validated;
    this.tee = new DiskTee(service.tier(), service.disk(), key.key());
  }

  CacheRequest asked() {
    return asked;
  }

  /** The head to send, now. Not for one part, and under the conditions of the cache itself. */
  RequestHead request() {
    requestMillis = cache.nowMillis();
    again = false;
    String range = key.isOfSlice() ? service.slices().request(key.slice()) : null;
    StoredResponse old = validated;
    Validators conditions = old == null ? null : old.meta().validators();
    return FetchFields.request(
        lookup.arrived().asReached(), asked.target().toString(), range, conditions);
  }

  /** What the head that came means. */
  FillVerdict of(ResponseHead head, boolean fromNode, AsciiString date) {
    validEpoch = fromNode ? nodesEpoch : askedAtEpoch;
    StoredResponse old = validated;
    if (old != null && isStaleAllowed(old, head.status())) {
      old.retain();
      return new FillVerdict.Stale(old);
    }
    if (old != null && head.status() == NOT_MODIFIED) {
      return notModified(old, head, new Origin(fromNode, date));
    }
    long length = head.framing().isEmpty() ? 0 : head.framing().length();
    // One that was not asked for, though the client's request may have, is none.
    boolean asksPart = key.isOfSlice() && head.status() == PARTIAL;
    ContentRange part = asksPart ? service.slices().part(key.slice(), head.fields(), length) : null;
    if (head.status() == PARTIAL && part == null) {
      return passPart(StoreRefusal.CONTENT_RANGE);
    }
    if (key.isOfSlice() && head.status() == UNSATISFIABLE) {
      fillTies.unsatisfiable(head.fields());
      // Without the first one it is empty.
      return key.slice() == 0 ? passPart(StoreRefusal.STATUS) : pass(StoreRefusal.STATUS);
    }
    CacheResponse response = new CacheResponse(head.status(), head.fields(), length);
    return switch (StoreRule.decide(asked, response, times(), service.policy())) {
      case StoreDecision.Store store
          when part != null && FillTies.version(head.fields(), store.meta(), part).isEmpty() ->
          passPart(StoreRefusal.CONTENT_RANGE);
      case StoreDecision.Store _ when part != null && length > service.tier().largestBytes() ->
          passPart(StoreRefusal.TOO_LARGE);
      case StoreDecision.Store store ->
          fetch(head, store.meta(), part, length, new Origin(fromNode, date));
      // What lies in this one request makes no other one go past.
      case StoreDecision.DoNotStore refused
          when part != null && refused.reason().isOfTheResource() ->
          passPart(refused.reason());
      case StoreDecision.DoNotStore refused -> pass(refused.reason());
    };
  }

  /** A part is not stored: for a while none is asked for so. */
  private FillVerdict passPart(StoreRefusal why) {
    if (key.isOfSlice()) {
      service.parts().goPast(key.key(), cache.nowMillis());
    }
    return pass(why);
  }

  /** Whether another node gave it that may not have applied a purge of it yet. */
  private boolean mayBePurged(StoredMeta meta, Origin origin) {
    return origin.fromNode()
        && !lookup.loop().isYoungerThanPurges(meta.freshness(), marks(meta), validEpoch);
  }

  private long[] marks(StoredMeta meta) {
    return cache.marks().of(key.key().place(service.name().value()), meta.tags(), meta.groups());
  }

  /** Where and when a response came. */
  private record Origin(boolean fromNode, AsciiString date) {}

  private FetchTimes times() {
    return new FetchTimes(requestMillis, cache.nowMillis(), cache.wallMillis());
  }

  private boolean isStaleAllowed(StoredResponse old, int status) {
    return lookup.verdict(old) != PurgeVerdict.PURGED
        && Reuse.staleOnError(
            old.meta().freshness(), lookup.directives(), status, cache.nowMillis());
  }

  /** No response came: what is stored, if it may be used then, held for the receiver. */
  @Nullable StoredResponse staleOnFailure() {
    StoredResponse old = validated;
    if (old == null || !isStaleAllowed(old, 0)) {
      return null;
    }
    old.retain();
    return old;
  }

  /** There is no room now, which tells nothing of the next one. */
  private FillVerdict noRoom() {
    if (key.isOfSlice() && !streams) {
      service.parts().goPast(key.key(), cache.nowMillis());
    }
    service.counters().unstored.increment();
    return new FillVerdict.Pass(StoreRefusal.NO_ROOM);
  }

  private FillVerdict pass(StoreRefusal why) {
    service.notStored(key.key(), why, cache.nowMillis());
    return new FillVerdict.Pass(why);
  }

  private FillVerdict fetch(
      ResponseHead head, StoredMeta meta, @Nullable ContentRange part, long length, Origin origin) {
    MemoryTier tier = service.tier();
    FieldLines fields = new FieldLines(head.fields().size() + 1);
    StoredFields.write(
        head.fields(), meta, (name, value) -> KeptFields.add(fields, name, value, part == null));
    ofAsker = AskerFields.of(head.fields(), meta);
    if (!fields.has(FieldNames.DATE)) {
      fields.add(FieldNames.DATE, origin.date());
    }
    if (mayBePurged(meta, origin)) {
      outdated = true;
    }
    StoredResponse.Head kept = new StoredResponse.Head(fields, head.version11(), origin.fromNode());
    FillTies.Came came = new FillTies.Came(kept.fields(), meta, part, length);
    StoredResponse.Ties ties = fillTies.of(came, validEpoch, outdated);
    if (length > tier.largestBytes()) {
      pastMemory(kept, meta, length, ties);
      return pass(StoreRefusal.TOO_LARGE);
    }
    Body body = new Body(cache.allocator(), tier, length, tier.largestBytes());
    boolean fits = (part == null || tier.isForSlice(length)) && body.reserve();
    streams = !fits && part != null;
    if (streams) {
      // One who has begun with others of the same body gets it through what room there is.
      body.release();
      body = new Body(cache.allocator(), tier, Body.UNKNOWN, STREAMED_BYTES);
      fits = body.reserve();
    }
    StoredResponse made = fits ? stored(kept, meta, body, ties) : null;
    if (made == null) {
      body.release();
      pastMemory(kept, meta, length, ties);
      return noRoom();
    }
    Use use = outdated ? Use.SHARED : Use.STORED;
    return new FillVerdict.Fetch(made, streams ? Use.LEADER : use);
  }

  /** It goes to the disk only, beside its asker: it replaces what is older, here and there. */
  private void pastMemory(
      StoredResponse.Head kept, StoredMeta meta, long length, StoredResponse.Ties ties) {
    if (!outdated && ties.isOfKey()) {
      DiskTier.Extent extent = new DiskTier.Extent(length, validEpoch);
      tee.begin(asked.fields(), kept, meta, extent, () -> outdated);
    } else if (!outdated && ties.part() == null) {
      service.tier().dropSelected(key.key(), asked.fields());
    }
  }

  /** One that takes over a body; null, and the body left, if there is no room for it. */
  private @Nullable StoredResponse stored(
      StoredResponse.Head head, StoredMeta meta, Body body, StoredResponse.Ties ties) {
    long[] marks = marks(meta);
    int selecting = meta.vary().secondaryKey(asked.fields()).length();
    long bytes =
        StoredResponse.bytes(head.fields(), key.key().length() + selecting, marks.length, meta);
    if (!body.room().tryTake(bytes)) {
      return null;
    }
    StoredResponse.Head judged =
        ties.part() != null
            ? head
            : head.judged(meta, body.expectedBytes(), service.policy().compression());
    return new StoredResponse(judged, meta, marks, ties, body, bytes);
  }

  /** Adds what only the request that this is fetched for gets: what no-cache and private name. */
  void addOfAsker(FieldLines out) {
    ofAsker.addTo(out);
  }

  private FillVerdict notModified(StoredResponse old, ResponseHead head, Origin origin) {
    Freshening means =
        Freshening.ofNotModified(old.meta().validators(), head.fields(), cache.wallMillis());
    if (means != Freshening.FRESHEN) {
      validated = null;
      old.release();
      again = true;
      return new FillVerdict.Again();
    }
    return freshen(old, head, origin);
  }

  /**
   * HEAD was answered by a backend or a node: that tells whether what is stored is right (RFC 9111
   * section 4.3.5).
   */
  void headAnswered(ResponseHead head, AsciiString date) {
    StoredResponse old = validated;
    if (old == null || service.tier().get(key.key()) == null) {
      // What is gone meanwhile does not come back.
      return;
    }
    CacheResponse response = new CacheResponse(head.status(), head.fields(), CacheResponse.UNKNOWN);
    switch (Freshening.ofHead(old.meta(), old.body().length(), response, cache.wallMillis())) {
      case FRESHEN -> {
        if (freshen(old, head, new Origin(true, date)) instanceof FillVerdict.Known known) {
          known.known().release();
        }
      }
      case OUTDATED -> service.drop(key, old);
      case UNRELATED -> {
        // It stays as it is.
      }
    }
  }

  /** What is stored, with the fields of a newer head of it. */
  private FillVerdict freshen(StoredResponse old, ResponseHead head, Origin came) {
    service.counters().freshened.increment();
    FieldLines merged = FreshenedHead.merged(old, head, came.date());
    ContentRange part = old.part();
    boolean whole = part == null;
    if (part != null) {
      merged.add(FieldNames.CONTENT_RANGE, AsciiString.of(part.text()));
    }
    CacheResponse response = new CacheResponse(old.meta().status(), merged, old.body().length());
    StoreDecision decision = StoreRule.decide(asked, response, times(), service.policy());
    StoredMeta meta = decision instanceof StoreDecision.Store store ? store.meta() : old.meta();
    // Age, and what no-cache and private name, were there for the decision.
    FieldLines fields = new FieldLines(merged.size());
    StoredFields.write(merged, meta, (name, value) -> KeptFields.add(fields, name, value, whole));
    ofAsker = AskerFields.of(merged, meta);
    old.body().retain();
    StoredResponse.Head freshened =
        new StoredResponse.Head(fields, old.head().version11(), old.head().fromNode());
    boolean purged = mayBePurged(meta, came);
    FillTies.Came as = new FillTies.Came(fields, meta, part, old.body().length());
    StoredResponse made = stored(freshened, meta, old.body(), fillTies.of(as, validEpoch, purged));
    if (made == null) {
      // No room for a new head: the old one was right a moment ago.
      old.body().release();
      old.retain();
      boolean stays = !FreshenedHead.isStricter(meta, old.meta());
      if (!stays) {
        service.drop(key, old);
      }
      return new FillVerdict.Known(old, stays);
    }
    boolean kept = decision instanceof StoreDecision.Store && !purged;
    if (kept) {
      store(made, old);
    } else if (isOfTheResource(decision)) {
      service.drop(key, old);
    }
    return new FillVerdict.Known(made, kept);
  }

  /** Whether it is not stored whoever asks: what one client sent must not throw out what is. */
  private static boolean isOfTheResource(StoreDecision decision) {
    return decision instanceof StoreDecision.DoNotStore refused
        && refused.reason().isOfTheResource();
  }

  /** All of the body is here: it is stored. */
  void whole(StoredResponse made) {
    store(made, null);
  }

  /**
   * Stores a response.
   *
   * @param before what it freshens; null if it is new
   */
  private void store(StoredResponse made, @Nullable StoredResponse before) {
    StoredKey place = key.stored(made);
    if (made.part() == null) {
      service.stored(place, made.meta().freshness(), cache.nowMillis());
    }
    if (outdated) {
      return;
    }
    service.tier().put(place, asked.fields(), made);
    service.disk().store(key.key(), asked.fields(), made, before);
    service.counters().kept(made.body().length());
    if (outdated) {
      // It was made invalid while it was put there: one of both sees the other.
      service.drop(key, made);
    }
  }

  /** What comes is not stored: an unsafe method changed it meanwhile. Any thread may call. */
  void makeOutdated() {
    outdated = true;
  }

  /** The body is longer than what is stored. */
  void tooLong() {
    if (!streams) {
      service.notStored(key.key(), StoreRefusal.TOO_LARGE, cache.nowMillis());
      tee.tooLong(asked.fields(), outdated);
    }
  }

  /** Whether the request is to be sent again now. */
  boolean asksAgain() {
    return again;
  }

  /** Where what goes past the memory is written. */
  DiskTee tee() {
    return tee;
  }

  /** Lets go of what was validated. */
  void release() {
    tee.drop();
    StoredResponse old = validated;
    validated = null;
    if (old != null) {
      old.release();
    }
  }
}

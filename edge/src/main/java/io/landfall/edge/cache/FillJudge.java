package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.cache.CacheResponse;
import io.landfall.cache.FetchTimes;
import io.landfall.cache.Freshening;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.Reuse;
import io.landfall.cache.StoreDecision;
import io.landfall.cache.StoreRefusal;
import io.landfall.cache.StoreRule;
import io.landfall.cache.StoredFields;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
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

  private final Lookup lookup;
  private final EdgeCache cache;
  private final ServiceCache service;
  private final FillKey key;
  private final CacheRequest asked;
  private final long askedAtEpoch;
  private final DiskTee tee;
  private @Nullable StoredResponse validated;
  private FieldLines ofAsker = new FieldLines(0);
  private boolean again;
  private volatile boolean outdated;
  private long requestMillis;

  /** What becomes of a response. */
  sealed interface Verdict {
    /**
     * Its body is fetched and, once whole, stored.
     *
     * @param made it, with no byte of its body yet; held for the receiver
     */
    record Fetch(StoredResponse made) implements Verdict {}

    /**
     * There is an answer already.
     *
     * @param known it, whole; held for the receiver
     * @param kept whether it is stored
     */
    record Known(StoredResponse known, boolean kept) implements Verdict {}

    /**
     * It is an error, and what is stored is the answer instead.
     *
     * @param known that, whole; held for the receiver
     */
    record Stale(StoredResponse known) implements Verdict {}

    /** It is about something else: the request is sent again, without conditions. */
    record Again() implements Verdict {}

    /**
     * It is not stored.
     *
     * @param why why not
     */
    record Pass(StoreRefusal why) implements Verdict {}
  }

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
    this.validated = validated;
    this.tee = new DiskTee(service.disk(), key.key());
  }

  CacheRequest asked() {
    return asked;
  }

  /** The head to send, now. Not for one part, and under the conditions of the cache itself. */
  RequestHead request() {
    requestMillis = cache.nowMillis();
    again = false;
    RequestHead head = lookup.arrived().request();
    FieldLines in = head.fields();
    FieldLines out = new FieldLines(in.size() + 2);
    for (int i = 0; i < in.size(); i++) {
      AsciiString name = in.name(i);
      boolean ofClient =
          name.equals(FieldNames.RANGE)
              || name.equals(FieldNames.IF_RANGE)
              || name.equals(FieldNames.IF_NONE_MATCH)
              || name.equals(FieldNames.IF_MODIFIED_SINCE);
      if (!ofClient && !FieldNames.isMethodOverride(name)) {
        out.add(name, in.value(i));
      }
    }
    StoredResponse old = validated;
    if (old != null) {
      old.meta()
          .validators()
          .addConditions((name, value) -> out.add(FieldNames.intern(name), AsciiString.of(value)));
    }
    return new RequestHead(
        head.method(),
        head.scheme(),
        head.authority(),
        head.host(),
        asked.target().toString(),
        head.version11(),
        out,
        Framing.NONE);
  }

  /** What the head that came means. */
  Verdict of(ResponseHead head, boolean fromNode, AsciiString date) {
    StoredResponse old = validated;
    if (old != null && isStaleAllowed(old, head.status())) {
      old.retain();
      return new Verdict.Stale(old);
    }
    if (old != null && head.status() == NOT_MODIFIED) {
      return notModified(old, head, date);
    }
    if (head.status() == PARTIAL) {
      // No fetch asks for a part, though the client's request that it was begun for may.
      return pass(StoreRefusal.CONTENT_RANGE);
    }
    long length = head.framing().isEmpty() ? 0 : head.framing().length();
    CacheResponse response = new CacheResponse(head.status(), head.fields(), length);
    return switch (StoreRule.decide(asked, response, times(), service.policy())) {
      case StoreDecision.Store store ->
          fetch(head, store.meta(), length, new Origin(fromNode, date));
      case StoreDecision.DoNotStore refused -> pass(refused.reason());
    };
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

  private Verdict pass(StoreRefusal why) {
    service.notStored(key.key(), why, cache.nowMillis());
    return new Verdict.Pass(why);
  }

  private Verdict fetch(ResponseHead head, StoredMeta meta, long length, Origin origin) {
    MemoryTier tier = service.tier();
    FieldLines fields = new FieldLines(head.fields().size() + 1);
    StoredFields.write(head.fields(), meta, (name, value) -> keep(fields, name, value));
    keepOfAsker(head.fields(), meta);
    if (!fields.has(FieldNames.DATE)) {
      fields.add(FieldNames.DATE, origin.date());
    }
    if (length > tier.largestBytes()) {
      StoredResponse.Head kept =
          new StoredResponse.Head(fields, head.version11(), origin.fromNode());
      tee.begin(asked.fields(), kept, meta, length, askedAtEpoch);
      return pass(StoreRefusal.TOO_LARGE);
    }
    Body body = new Body(cache.allocator(), tier, length, tier.largestBytes());
    StoredResponse made =
        body.reserve() ? stored(head, fields, meta, body, origin.fromNode()) : null;
    if (made == null) {
      body.release();
      return pass(StoreRefusal.TOO_LARGE);
    }
    return new Verdict.Fetch(made);
  }

  /** One that takes over a body; null, and the body left, if there is no room for it. */
  private @Nullable StoredResponse stored(
      ResponseHead head, FieldLines fields, StoredMeta meta, Body body, boolean fromNode) {
    long[] marks =
        cache.marks().of(key.key().place(service.name().value()), meta.tags(), meta.groups());
    int selecting = meta.vary().secondaryKey(asked.fields()).length();
    long bytes = StoredResponse.bytes(fields, key.key().length() + selecting, marks.length);
    if (!body.room().tryTake(bytes)) {
      return null;
    }
    return new StoredResponse(
        new StoredResponse.Head(fields, head.version11(), fromNode),
        meta,
        marks,
        askedAtEpoch,
        body,
        bytes);
  }

  /**
   * What is said between nodes, and of the way that a response took, is not of the response; and
   * what is stored is whole, so that a Content-Range is of the parts that are cut from it.
   */
  static void keep(FieldLines fields, CharSequence name, CharSequence value) {
    AsciiString known = FieldNames.intern(name);
    boolean ofTheWay =
        FieldNames.isPrivate(known) && !known.equals(FieldNames.LANDFALL_CACHE_CONTROL);
    boolean left = known.equals(FieldNames.PROXY_STATUS) || known.equals(FieldNames.CONTENT_RANGE);
    if (!ofTheWay && !left) {
      fields.add(own(known), own(AsciiString.of(value)));
    }
  }

  /** A copy of text that is a part of something larger, such as a received head. */
  private static AsciiString own(AsciiString text) {
    return text.array().length == text.length() ? text : new AsciiString(text.toByteArray(), false);
  }

  private void keepOfAsker(FieldLines all, StoredMeta meta) {
    FieldLines out = new FieldLines(1);
    StoredFields.writeOmitted(all, meta, (name, value) -> keep(out, name, value));
    ofAsker = out;
  }

  /** Adds what only the request that this is fetched for gets: what no-cache and private name. */
  void addOfAsker(FieldLines out) {
    FieldLines own = ofAsker;
    int before = out.size();
    for (int i = 0; i < own.size(); i++) {
      AsciiString name = own.name(i);
      boolean there = false;
      for (int at = 0; at < before && !there; at++) {
        there = out.name(at).equals(name);
      }
      if (!there) {
        out.add(name, own.value(i));
      }
    }
  }

  private Verdict notModified(StoredResponse old, ResponseHead head, AsciiString date) {
    Freshening means =
        Freshening.ofNotModified(old.meta().validators(), head.fields(), cache.wallMillis());
    if (means != Freshening.FRESHEN) {
      validated = null;
      old.release();
      again = true;
      return new Verdict.Again();
    }
    return freshen(old, head, date);
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
        if (freshen(old, head, date) instanceof Verdict.Known known) {
          known.known().release();
        }
      }
      case OUTDATED -> service.drop(key.key(), old);
      case UNRELATED -> {
        // It stays as it is.
      }
    }
  }

  /** What is stored, with the fields of a newer head of it. */
  private Verdict freshen(StoredResponse old, ResponseHead head, AsciiString date) {
    service.counters().freshened.increment();
    FieldLines merged = new FieldLines(old.head().fields().size() + 4);
    FieldLines update = new FieldLines(head.fields().size() + 1);
    for (int i = 0; i < head.fields().size(); i++) {
      update.add(head.fields().name(i), head.fields().value(i));
    }
    if (!update.has(FieldNames.DATE)) {
      // RFC 9110 section 6.6.1: when it was received.
      update.add(FieldNames.DATE, date);
    }
    StoredFields.freshen(old.head().fields(), update, (name, value) -> keep(merged, name, value));
    CacheResponse response = new CacheResponse(old.meta().status(), merged, old.body().length());
    StoreDecision decision = StoreRule.decide(asked, response, times(), service.policy());
    StoredMeta meta = decision instanceof StoreDecision.Store store ? store.meta() : old.meta();
    ResponseHead origin =
        new ResponseHead(old.meta().status(), merged, Framing.NONE, old.head().version11(), true);
    // Age, and what no-cache and private name, were there for the decision.
    FieldLines fields = new FieldLines(merged.size());
    StoredFields.write(merged, meta, (name, value) -> keep(fields, name, value));
    keepOfAsker(merged, meta);
    old.body().retain();
    StoredResponse made = stored(origin, fields, meta, old.body(), old.head().fromNode());
    if (made == null) {
      // No room for a new head: the old one was right a moment ago.
      old.body().release();
      old.retain();
      return new Verdict.Known(old, true);
    }
    boolean kept = decision instanceof StoreDecision.Store;
    if (kept) {
      whole(made);
    } else if (isOfTheResource(decision)) {
      service.drop(key.key(), old);
    }
    return new Verdict.Known(made, kept);
  }

  /** Whether it is not stored whoever asks: what one client sent must not throw out what is. */
  private static boolean isOfTheResource(StoreDecision decision) {
    return decision instanceof StoreDecision.DoNotStore refused
        && refused.reason().isOfTheResource();
  }

  /** All of the body is here: it is stored. */
  void whole(StoredResponse made) {
    service.stored(key.key(), made.meta().freshness(), cache.nowMillis());
    if (outdated) {
      return;
    }
    service.tier().put(key.key(), asked.fields(), made);
    service.disk().store(key.key(), asked.fields(), made);
    if (outdated) {
      // It was made invalid while it was put there: one of both sees the other.
      service.drop(key.key(), made);
    }
  }

  /** What comes is not stored: an unsafe method changed it meanwhile. Any thread may call. */
  void makeOutdated() {
    outdated = true;
  }

  /** The body is longer than what is stored. */
  void tooLong() {
    service.notStored(key.key(), StoreRefusal.TOO_LARGE, cache.nowMillis());
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

package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CacheStatus;
import io.landfall.cache.CollapseRule;
import io.landfall.cache.Forwarding;
import io.landfall.cache.KeyBuffer;
import io.landfall.cache.LookupRule;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.Reuse;
import io.landfall.cache.Slices;
import io.landfall.cache.Vary;
import io.landfall.decision.Decision;
import io.landfall.decision.Decision.Decline;
import io.landfall.decision.Decision.Serve;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.edge.exchange.Arrived;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.CacheTurn;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestFields;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * One request of a cached service: looks up what is stored, and if that is no answer, joins a fetch
 * or begins one. What goes to a backend or a node by itself is what the cache is not asked for, and
 * HEAD, whose response no GET can use.
 */
final class Lookup extends CachedRequest implements CacheTurn {
  /** How often a request looks again because what it waited for was not for it. */
  private static final int MOST_TRIES = 3;

  /** How often it waits for a fetch that others share; after that it fetches for itself. */
  private static final int MOST_JOINS = 2;

  private final Fetches fetches = new Fetches(this);
  private final boolean keyed;
  private Forwarding why;

  private @Nullable StoredKey key;
  private @Nullable StoredResponse stored;
  private Reuse reuse = Reuse.VALIDATE;
  private boolean alone;
  private boolean diskAsked;

  /** Its response, if that may be stored though the request goes by itself. */
  private final @Nullable PostedResponse posted;

  /** How slices answer it; null if they do not, or it is stored whole. */
  private @Nullable SlicePlan slices;

  /** A fetch of all that a fetch of a slice turned out to be, held. */
  private Fetches.@Nullable Lead handedOver;

  private int tries;

  Lookup(LoopCache loop, ServiceCache service, Arrived arrived) {
    super(loop, service, arrived);
    RequestHead head = arrived.asReached();
    CachePolicy policy = service.policy();
    LookupRule rule = LookupRule.decide(request, policy);
    KeyBuffer keys = loop.keys();
    // A field that Connection names does not reach the origin: it would select what it did not.
    this.keyed =
        rule == LookupRule.LOOK_UP
            && !RequestFields.dropsNominated(head.fields())
            && keys.make(policy.key(), head.scheme(), head.authority(), request);
    this.why = rule == LookupRule.LOOK_UP ? Forwarding.BYPASS : rule.forwarding();
    if (keyed) {
      key = StoredKey.of(keys);
      find();
    }
    this.posted = keyed ? null : PostedResponse.of(this);
  }

  /** Looks up what the request selects. */
  private void find() {
    letGo();
    Entry entry = key == null || cache.isHeld() ? null : service.tier().get(key);
    StoredResponse found = entry == null ? null : entry.select(request.fields());
    why = entry == null ? Forwarding.URI_MISS : Forwarding.VARY_MISS;
    reuse = Reuse.withoutStored(directives);
    slices = found == null && key != null && !alone ? SlicePlan.of(this, key) : null;
    why = slices == null ? why : slices.why(why);
    if (found != null && found.tryRetain()) {
      take(found);
    }
  }

  /** Something was found, which is held for this: judges it. */
  private void take(StoredResponse found) {
    PurgeVerdict verdict = verdict(found);
    if (verdict == PurgeVerdict.PURGED) {
      why = Forwarding.URI_MISS;
      drop(found);
      found.release();
      return;
    }
    if (verdict == PurgeVerdict.VALID) {
      found.validAtEpoch(loop.epochs().latest());
    }
    stored = found;
    reuse =
        Reuse.decide(
            found.meta().freshness(),
            directives,
            verdict == PurgeVerdict.SOFTLY_PURGED,
            cache.nowMillis());
    why = reuse.forwarding();
  }

  /** What was looked for on disk is here, held for this; false if it is not what is used. */
  boolean foundOnDisk(StoredResponse found) {
    find();
    if (stored == null && !cache.isHeld()) {
      take(found);
    } else {
      found.release();
    }
    return found.equals(stored);
  }

  /** What is gone, or cannot be read any more, is not found again. */
  void drop(StoredResponse gone) {
    if (key != null) {
      service.tier().drop(key, gone);
    }
  }

  private void letGo() {
    StoredResponse held = stored;
    stored = null;
    if (held != null) {
      held.release();
    }
  }

  @Override
  public Cached holds() {
    StoredResponse before = stored;
    boolean purges = before != null && before.validAtEpoch() < loop.epochs().latest();
    if (before != null && (purges || !isValid(before))) {
      // It may have waited for a fetch since, and a purge came.
      find();
    }
    StoredResponse held = stored;
    if (isInSlices() || (held != null && reuse.answers())) {
      return Cached.FRESH;
    }
    boolean allowed =
        held != null
            && reuse == Reuse.VALIDATE
            && Reuse.staleOnError(held.meta().freshness(), directives, 0, cache.nowMillis());
    return allowed ? Cached.STALE_ALLOWED : missing();
  }

  /** What there is for it where nothing usable is here: what other sites' caches may have. */
  Cached missing() {
    StoredKey at = key;
    if (at == null) {
      return Cached.NONE;
    }
    long until = service.aloneUntilMillis(at);
    return alone
            || reuse == Reuse.VALIDATE_AS_ASKED
            || isConditionOfOrigin()
            || CollapseRule.isForOrigin(request, directives, until, cache.nowMillis())
        ? Cached.MISS_EVERYWHERE
        : Cached.MISS;
  }

  /** Whether all slices that it needs are stored. */
  private boolean isInSlices() {
    return stored == null && slices != null && slices.known().all();
  }

  /** Looks on disk, once, if nothing is here and something may be there; not while it is held. */
  private @Nullable Attempt onDisk(Exchange exchange) {
    if (key == null || stored != null || diskAsked || isInSlices() || cache.isHeld()) {
      return null;
    }
    diskAsked = true;
    return DiskAttempt.ifThere(this, exchange, key);
  }

  @Override
  public @Nullable Attempt next(Decision decision, Exchange exchange) {
    Attempt onDisk = onDisk(exchange);
    if (onDisk != null) {
      return onDisk;
    }
    if (decision instanceof Decline) {
      return null;
    }
    if (!keyed) {
      // Nothing that is stored may be used for it: that is no reason to ask the origin.
      boolean reads =
          arrived.request().isHead() || AsciiString.contentEquals(request.method(), "GET");
      return reads && directives.onlyIfCached() ? new NotCached(exchange) : null;
    }
    StoredResponse held = stored;
    boolean fromStore =
        decision instanceof Serve serve
            && (serve.reason() == Reason.CACHE_FRESH || serve.reason() == Reason.CACHE_STALE);
    if (fromStore && held != null) {
      return hit(held, exchange);
    }
    Fetches.Lead whole = handedOver;
    if (whole != null) {
      handedOver = null;
      return CacheReader.takingOver(this, exchange, whole);
    }
    SlicePlan parts = slices;
    boolean inSlices = isInSlices();
    if (reuse == Reuse.GATEWAY_TIMEOUT && !inSlices) {
      return new NotCached(exchange);
    }
    if (held == null && parts != null && !alone && tries < MOST_TRIES) {
      if (tries == 0) {
        (inSlices ? service.counters().hits : service.counters().misses).increment();
      }
      tries++;
      return new SliceReader(this, exchange, parts);
    }
    boolean part = held == null && has(FieldNames.RANGE);
    if (arrived.request().isHead() || part || tries == MOST_TRIES) {
      return null;
    }
    if (tries == 0) {
      service.counters().misses.increment();
    }
    tries++;
    return fetch(exchange);
  }

  private Attempt hit(StoredResponse held, Exchange exchange) {
    service.counters().hits.increment();
    if (reuse != Reuse.FRESH) {
      service.counters().staleHits.increment();
    }
    stored = null;
    // What HEAD is answered tells too little; the next GET asks.
    if (reuse == Reuse.STALE_WHILE_REVALIDATE && !arrived.request().isHead()) {
      FillKey fillKey = fillKey();
      if (fillKey != null) {
        fetches.revalidate(fillKey, held);
      }
    }
    return CacheReader.ofStored(this, exchange, held);
  }

  private @Nullable Attempt fetch(Exchange exchange) {
    FillKey fillKey = fillKey();
    if (fillKey == null) {
      return null;
    }
    StoredResponse held = stored;
    boolean goesAlone =
        alone || tries > MOST_JOINS || isConditionOfOrigin() || fetches.goesAlone(fillKey);
    Fetches.Lead made = goesAlone ? fetches.alone(fillKey, held) : fetches.shared(fillKey, held);
    if (made.leads() && !goesAlone) {
      // A fetch is stored before none can join it: one that ended since this looked is found now.
      find();
      StoredResponse now = stored;
      if (now != null && reuse.answers()) {
        made.fill().giveUp();
        made.fill().release();
        return hit(now, exchange);
      }
    }
    return CacheReader.ofFill(this, exchange, made.fill(), made.leads());
  }

  private @Nullable FillKey fillKey() {
    StoredKey primary = key;
    return primary == null ? null : fetches.key(primary, primary, Slices.WHOLE);
  }

  /** What a reader waited for is not for it: it goes alone, or looks up what there is by now. */
  void notForThis(boolean looksAgain) {
    alone |= !looksAgain;
    if (looksAgain) {
      find();
    }
  }

  /** What was fetched as a slice is the whole, and goes on as that; held for this. */
  void handOver(Fetches.Lead whole) {
    handedOver = whole;
  }

  /** What it waited for is another variant, which these fields selected. */
  void selectedBy(Vary vary) {
    fetches.selectedBy(vary);
  }

  @Override
  public boolean passed(ResponseHead head, boolean fromNode, FieldLines out) {
    service.counters().bypasses.increment();
    PostedResponse copied = posted != null && posted.received(head, fromNode) ? posted : null;
    Invalidations.answered(this, head, copied == null ? InvalidatedUrls.NOWHERE : copied.place());
    StoredResponse held = stored;
    FillKey fillKey =
        held != null && FetchFields.isHeadAsKeyed(arrived.request(), request) ? fillKey() : null;
    if (held != null && fillKey != null) {
      fetches.headAnswered(fillKey, held, head);
    }
    CacheStatus.Forwarded what = CacheStatus.Forwarded.because(why).answered(head.status());
    addStatus(out, copied == null ? what : copied.status(what));
    return copied != null;
  }

  @Override
  public void passedData(ByteBuf piece) {
    if (posted != null) {
      posted.data(piece);
    }
  }

  @Override
  public void passedEnd() {
    if (posted != null) {
      posted.end();
    }
  }

  @Override
  public void failing(FieldLines out) {
    addStatus(out, CacheStatus.Forwarded.because(why));
  }

  @Override
  public void over() {
    letGo();
    if (posted != null) {
      posted.over();
    }
    Fetches.Lead whole = handedOver;
    handedOver = null;
    if (whole != null) {
      whole.fill().release();
    }
  }

  // ---- for the readers and fills of this request ----

  /** Whether a stored response that stands in for what a fetch got is the answer to this too. */
  boolean mayStandIn(StoredResponse response, Fill from) {
    Vary vary = response.meta().vary();
    return verdict(response) != PurgeVerdict.PURGED
        && vary.matches(request.fields(), vary.secondaryKey(from.asked().fields()))
        && Reuse.staleOnError(
            response.meta().freshness(), directives, from.source().status(), cache.nowMillis());
  }

  Fetches fetches() {
    return fetches;
  }

  /** What it is stored under; null if it is not. */
  @Nullable StoredKey key() {
    return key;
  }

  /** Why the request goes towards the origin. */
  Forwarding why() {
    return why;
  }
}

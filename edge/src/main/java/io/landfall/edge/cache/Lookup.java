package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CacheRequest;
import io.landfall.cache.CacheStatus;
import io.landfall.cache.CollapseRule;
import io.landfall.cache.Forwarding;
import io.landfall.cache.KeyBuffer;
import io.landfall.cache.LookupRule;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.RequestDirectives;
import io.landfall.cache.Reuse;
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
import io.netty.util.AsciiString;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request of a cached service: looks up what is stored, and if that is no answer, joins a fetch
 * or begins one. What goes to a backend or a node by itself is what the cache is not asked for, and
 * HEAD, whose response no GET can use.
 */
final class Lookup implements CacheTurn {
  /** How often a request looks again because what it waited for was not for it. */
  private static final int MOST_TRIES = 3;

  /** How often it waits for a fetch that others share; after that it fetches for itself. */
  private static final int MOST_JOINS = 2;

  private final LoopCache loop;
  private final EdgeCache cache;
  private final ServiceCache service;
  private final Arrived arrived;
  private final CacheRequest request;
  private final RequestDirectives directives;
  private final boolean keyed;
  private Forwarding why;

  private @Nullable StoredKey key;
  private @Nullable StoredResponse stored;
  private Reuse reuse = Reuse.VALIDATE;
  private boolean alone;
  private boolean diskAsked;

  /** What selected a response that is on its way, of which nothing is stored yet. */
  private Vary selection = Vary.NONE;

  private int tries;

  Lookup(LoopCache loop, ServiceCache service, Arrived arrived) {
    this.loop = loop;
    this.cache = loop.shared();
    this.service = service;
    this.arrived = arrived;
    RequestHead head = arrived.request();
    CachePolicy policy = service.policy();
    this.request =
        new CacheRequest(
            head.method().name(),
            policy.key().query().apply(head.routingTarget()),
            head.fields(),
            !head.framing().isEmpty());
    RequestDirectives said = RequestDirectives.of(head.fields());
    this.directives = policy.honoursClientNoCache() ? said : said.withoutDemands();
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
  }

  /** Looks up what the request selects. */
  private void find() {
    letGo();
    Entry entry = key == null ? null : service.tier().get(key);
    StoredResponse found = entry == null ? null : entry.select(request.fields());
    why = entry == null ? Forwarding.URI_MISS : Forwarding.VARY_MISS;
    reuse = Reuse.withoutStored(directives);
    if (found != null && found.tryRetain()) {
      take(found);
    }
  }

  /** Something was found, which is held for this: judges it. */
  private void take(StoredResponse found) {
    PurgeVerdict verdict = loop.epochs().check(found.marks(), found.validAtEpoch());
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
    if (stored == null) {
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
    if (before != null && before.validAtEpoch() < loop.epochs().latest()) {
      // It may have waited for a fetch since, and a purge came.
      find();
    }
    StoredResponse held = stored;
    if (held == null) {
      return Cached.NONE;
    }
    if (reuse.answers()) {
      return Cached.FRESH;
    }
    boolean allowed =
        reuse == Reuse.VALIDATE
            && Reuse.staleOnError(held.meta().freshness(), directives, 0, cache.nowMillis());
    return allowed ? Cached.STALE_ALLOWED : Cached.NONE;
  }

  @Override
  public @Nullable Attempt next(Decision decision, Exchange exchange) {
    if (key != null && stored == null && !diskAsked) {
      diskAsked = true;
      Attempt onDisk = DiskAttempt.ifThere(this, exchange, key);
      if (onDisk != null) {
        return onDisk;
      }
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
    if (reuse == Reuse.GATEWAY_TIMEOUT) {
      return new NotCached(exchange);
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
      revalidate(held);
    }
    return CacheReader.ofStored(this, exchange, held);
  }

  /** Asks whether what is stored is right while it is used. */
  private void revalidate(StoredResponse held) {
    FillKey fillKey = fillKey();
    if (fillKey != null) {
      // Behind the answer, which is on its way in this very event.
      cache.fills().leadLater(fillKey, () -> fill(fillKey, held, true), loop.executor());
    }
  }

  private @Nullable Attempt fetch(Exchange exchange) {
    FillKey fillKey = fillKey();
    if (fillKey == null || key == null) {
      return null;
    }
    StoredResponse held = stored;
    CollapseRule rule =
        CollapseRule.decide(
            request,
            directives,
            cache.fills().contains(fillKey),
            service.aloneUntilMillis(key),
            cache.nowMillis());
    Supplier<Fill> lead = () -> fill(fillKey, held, false);
    if (alone || tries > MOST_JOINS || rule == CollapseRule.ALONE || isConditionOfOrigin()) {
      Fill own = lead.get();
      own.retain();
      return CacheReader.ofFill(this, exchange, own, true);
    }
    Fill[] made = new Fill[1];
    Fill shared =
        cache
            .fills()
            .joinOrLead(
                fillKey,
                () -> {
                  made[0] = lead.get();
                  return made[0];
                });
    boolean leads = shared.equals(made[0]);
    if (leads) {
      // A fetch is stored before none can join it: one that ended since this looked is found now.
      find();
      StoredResponse now = stored;
      if (now != null && reuse.answers()) {
        shared.giveUp();
        shared.release();
        return hit(now, exchange);
      }
    }
    return CacheReader.ofFill(this, exchange, shared, leads);
  }

  private @Nullable FillKey fillKey() {
    StoredKey primary = key;
    if (primary == null) {
      return null;
    }
    Entry entry = service.tier().get(primary);
    Vary vary = entry == null ? selection : entry.vary();
    return new FillKey(primary, vary.secondaryKey(request.fields()), arrived.peer().isPresent());
  }

  private Fill fill(FillKey fillKey, @Nullable StoredResponse validated, boolean background) {
    if (validated != null) {
      validated.retain();
    }
    return new Fill(this, fillKey, validated, background);
  }

  /** Whether only the origin can tell what the request's conditions mean. */
  boolean isConditionOfOrigin() {
    return has(FieldNames.IF_MATCH) || has(FieldNames.IF_UNMODIFIED_SINCE);
  }

  private boolean has(AsciiString name) {
    return arrived.request().fields().has(name);
  }

  /** What a reader waited for is not for it: it goes alone, or looks up what there is by now. */
  void notForThis(boolean looksAgain) {
    alone |= !looksAgain;
    if (looksAgain) {
      find();
    }
  }

  /** What it waited for is another variant, which these fields selected. */
  void selectedBy(Vary vary) {
    selection = vary;
  }

  @Override
  public void passed(ResponseHead head, FieldLines out) {
    service.counters().bypasses.increment();
    Invalidations.answered(this, head);
    StoredResponse held = stored;
    FillKey fillKey = held != null && FillKey.isHead(request, arrived.request()) ? fillKey() : null;
    if (held != null && fillKey != null) {
      CacheRequest get = new CacheRequest("GET", request.target(), request.fields(), false);
      held.retain();
      FillJudge judge = new FillJudge(this, fillKey, get, held);
      judge.headAnswered(head, arrived.loop().date());
      judge.release();
    }
    addStatus(out, CacheStatus.Forwarded.because(why).answered(head.status()));
  }

  @Override
  public void failing(FieldLines out) {
    addStatus(out, CacheStatus.Forwarded.because(why));
  }

  private void addStatus(FieldLines out, CacheStatus.Forwarded what) {
    out.add(FieldNames.CACHE_STATUS, AsciiString.of(cache.status().forwarded(what)));
  }

  @Override
  public void over() {
    letGo();
  }

  // ---- for the readers and fills of this request ----

  LoopCache loop() {
    return loop;
  }

  EdgeCache cache() {
    return cache;
  }

  ServiceCache service() {
    return service;
  }

  Arrived arrived() {
    return arrived;
  }

  CacheRequest request() {
    return request;
  }

  RequestDirectives directives() {
    return directives;
  }

  /** Whether a response may be used for this request without validation. */
  boolean isReusable(StoredResponse response) {
    return Reuse.decide(response.meta().freshness(), directives, false, cache.nowMillis())
        .answers();
  }

  /** What purges left of a response, as far as this event loop knows. */
  PurgeVerdict verdict(StoredResponse response) {
    return loop.epochs().check(response.marks(), response.validAtEpoch());
  }

  /**
   * Whether a stored response is the answer to this request too after an error.
   *
   * @param status the error; 0 if no response came
   */
  boolean mayStandIn(StoredResponse response, int status) {
    StoredResponse held = stored;
    return held != null
        && held.equals(response)
        && verdict(response) != PurgeVerdict.PURGED
        && Reuse.staleOnError(response.meta().freshness(), directives, status, cache.nowMillis());
  }

  /** Why the request goes towards the origin. */
  Forwarding why() {
    return why;
  }
}

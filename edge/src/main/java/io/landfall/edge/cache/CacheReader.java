package io.landfall.edge.cache;

import io.landfall.cache.CollapseRule;
import io.landfall.cache.Freshness;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.StoreRefusal;
import io.landfall.edge.cache.StoredAnswer.Moment;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * One request that is answered from the cache: from a stored response, or from one that is being
 * fetched, each byte as it comes. Reads at the speed of its own client, from its own place. On the
 * event loop of the request; holds what it reads from, and lets go of it once.
 */
final class CacheReader extends LocalAttempt {
  private final Lookup lookup;
  private final Exchange exchange;
  private final @Nullable Fill fill;
  private final boolean leads;

  private @Nullable StoredResponse stored;
  private @Nullable StoredAnswer answer;
  private @Nullable PartCursor cursor;
  private boolean over;
  private boolean pumping;
  private boolean brokenOff;

  private CacheReader(
      Lookup lookup,
      Exchange exchange,
      @Nullable Fill fill,
      @Nullable StoredResponse stored,
      boolean leads) {
    this.lookup = lookup;
    this.exchange = exchange;
    this.fill = fill;
    this.stored = stored;
    this.leads = leads;
  }

  /** One that reads a stored response, which it takes over. */
  static CacheReader ofStored(Lookup lookup, Exchange exchange, StoredResponse stored) {
    return new CacheReader(lookup, exchange, null, stored, false);
  }

  /**
   * One that reads what is being fetched, which is held for it.
   *
   * @param leads whether the fetch is begun for it
   */
  static CacheReader ofFill(Lookup lookup, Exchange exchange, Fill fill, boolean leads) {
    return new CacheReader(lookup, exchange, fill, null, leads);
  }

  @Override
  public void start() {
    exchange.ready(this);
    Fill from = fill;
    if (from == null) {
      advance();
      return;
    }
    boolean inTime = from.add(this);
    if (leads) {
      from.lead(this);
      from.begin();
    } else if (inTime) {
      advance();
    } else {
      notForThis(false);
    }
  }

  /** There may be more, or it may be over. */
  void advance() {
    Fill from = fill;
    if (over || (from != null && answer == null && !isHere(from))) {
      return;
    }
    StoredResponse source = stored;
    if (source != null && answer == null) {
      begin(source);
    }
    pump();
  }

  /** Whether there is a response for this request; if there will be none, this ends here. */
  private boolean isHere(Fill from) {
    switch (from.state()) {
      case HERE, WHOLE -> {
        StoredResponse here = from.object();
        if (here != null && (leads || isForThis(here, from))) {
          stored = here;
          return true;
        }
        boolean purged = here != null && lookup.verdict(here) != PurgeVerdict.VALID;
        if (purged) {
          // It was asked for before the purge; who looks from now on asks anew.
          from.closeToOthers();
        }
        boolean otherVariant = here != null && from.source().stored() && lookup.isReusable(here);
        if (here != null && otherVariant) {
          lookup.selectedBy(here.meta().vary());
        }
        notForThis(here == null || purged || otherVariant);
      }
      case CUT -> fail(FailureKind.INCOMPLETE);
      case FAILED -> {
        if (leads || from.failure() != FailureKind.BREAKS_OFF) {
          fail(from.failure());
        } else {
          notForThis(true);
        }
      }
      case ALONE -> {
        if (!isPassed(from)) {
          notForThis(false);
        }
      }
      case GIVEN_UP -> notForThis(true);
      // Not yet, but it lives: what is waited for has its time anew.
      case ASKED -> exchange.ready(this);
    }
    return false;
  }

  /** Whether the response to another request answers this one (RFC 9111 section 4). */
  private boolean isForThis(StoredResponse here, Fill from) {
    FillSource source = from.source();
    return switch (source.use()) {
      case LEADER -> false;
      case STAND_IN -> lookup.mayStandIn(here, source.status());
      case STORED, SHARED ->
          lookup.verdict(here) == PurgeVerdict.VALID
              && CollapseRule.takes(
                  here.meta(),
                  from.asked().fields(),
                  lookup.request().fields(),
                  lookup.directives(),
                  lookup.cache().nowMillis());
    };
  }

  private void begin(StoredResponse source) {
    long nowMillis = lookup.cache().nowMillis();
    Freshness freshness = source.meta().freshness();
    Fill from = fill;
    boolean whole = from == null || from.state() == FillState.WHOLE;
    long length = whole ? source.body().length() : source.body().expectedBytes();
    Moment now =
        new Moment(
            lookup.arrived().peer().isPresent(),
            lookup.cache().wallMillis(),
            freshness.ageSeconds(nowMillis),
            length);
    StoredAnswer made = StoredAnswer.of(lookup.request(), source, now);
    answer = made;
    cursor = new PartCursor(made.parts(), source.body());
    String status =
        from == null
            ? lookup.cache().status().hit(freshness.ttlSeconds(nowMillis))
            : FetchStatus.of(lookup, from.source(), leads, freshness.ttlSeconds(nowMillis));
    if (from != null && leads) {
      from.addOfLeader(made.head().fields());
    } else if (from != null) {
      lookup.service().counters().collapsed.increment();
    }
    made.head().fields().add(FieldNames.CACHE_STATUS, AsciiString.of(status));
    exchange.head(this, made.head());
  }

  private void pump() {
    PartCursor from = cursor;
    if (pumping || from == null) {
      return;
    }
    pumping = true;
    try {
      // What is flushed may make room at once.
      do {
        while (!over && from.hasMore() && exchange.isDownstreamWritable()) {
          exchange.data(this, from.next());
        }
        if (!over && !isAtEnd(from)) {
          exchange.flushDownstream();
        }
      } while (!over && from.hasMore() && exchange.isDownstreamWritable());
    } finally {
      pumping = false;
    }
    if (fill != null && !over) {
      fill.moved(this);
    }
    endIfDone(from);
  }

  private void endIfDone(PartCursor at) {
    if (over) {
      return;
    }
    Fill from = fill;
    FillState state = from == null ? FillState.WHOLE : from.state();
    if (isAtEnd(at)) {
      finish();
      exchange.end(this);
    } else if ((state == FillState.CUT || state == FillState.GIVEN_UP) && !at.hasMore()) {
      fail(FailureKind.INCOMPLETE);
    }
  }

  private boolean isAtEnd(PartCursor at) {
    Fill from = fill;
    // Before the length, so that a body that is whole is seen whole.
    return at.isAtEnd(from == null || from.state() == FillState.WHOLE);
  }

  // ---- a response that is not stored ----

  /** The response goes to this request alone. */
  void pass(ResponseHead head, StoreRefusal why) {
    exchange.head(this, FetchStatus.passed(lookup, head, why));
  }

  /** A piece of it, which is taken over. */
  void passed(ByteBuf piece) {
    exchange.data(this, piece);
  }

  /** It is complete. */
  void passedAll() {
    finish();
    exchange.end(this);
  }

  /** Whether its client can take more. */
  boolean isDownstreamWritable() {
    return exchange.isDownstreamWritable();
  }

  /** Pushes out what was passed. */
  void flushPassed() {
    exchange.flushDownstream();
  }

  private boolean isPassed(Fill from) {
    return leads && from.isPassing();
  }

  // ---- the ends ----

  /** There will be no response, or no more of it. */
  void fail(FailureKind kind) {
    finish();
    exchange.failed(this, new AttemptFailure(kind, false));
  }

  private void notForThis(boolean looksAgain) {
    finish();
    lookup.notForThis(looksAgain);
    exchange.released(this);
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    StoredResponse source = stored;
    stored = null;
    Fill from = fill;
    if (from != null) {
      from.leave(this);
    } else if (source != null) {
      source.release();
    }
  }

  /** The requests of its event loop. */
  Exchanges loop() {
    return lookup.arrived().loop();
  }

  /** The first byte of the body that it may still send. */
  long position() {
    return cursor == null ? 0 : cursor.position();
  }

  // ---- as the exchange sees it ----

  @Override
  public Object place() {
    return NAME;
  }

  @Override
  public String name() {
    Fill from = fill;
    return from == null || from.source().name().isEmpty() ? NAME : from.source().name();
  }

  @Override
  public String nextHop() {
    return fill == null ? "" : fill.source().nextHop();
  }

  @Override
  public boolean hasFieldsToSend() {
    return answer != null;
  }

  @Override
  public boolean isFromNode() {
    StoredResponse source = stored;
    return source == null ? fill != null && fill.source().fromNode() : source.head().fromNode();
  }

  @Override
  public void resume() {
    Fill from = fill;
    if (from != null && isPassed(from)) {
      from.writable();
    } else {
      pump();
    }
  }

  @Override
  public void brokenOff() {
    brokenOff = true;
  }

  /** Whether it was its client who broke it off. */
  boolean isBrokenOff() {
    return brokenOff;
  }

  @Override
  public void cancel() {
    finish();
  }

  @Override
  public void timedOut() {
    Fill from = fill;
    if (from != null) {
      // It should have ended long ago: who asks next does not wait for it too.
      from.giveUp();
    }
  }
}

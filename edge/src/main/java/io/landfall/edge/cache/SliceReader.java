package io.landfall.edge.cache;

import io.landfall.cache.CacheStatus;
import io.landfall.cache.CollapseRule;
import io.landfall.cache.ContentRange;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.Reuse;
import io.landfall.cache.Slices;
import io.landfall.cache.Validators;
import io.landfall.edge.cache.StoredAnswer.Moment;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * One request for parts of a body that is answered by its slices, one after the other: each from
 * the store, or from a fetch that all share who need it. The first slice tells the version and the
 * length; one of another version ends the response, which then is no answer. Slices are asked for
 * as the client takes them. On the event loop of the request.
 */
final class SliceReader extends CacheAttempt {
  /** How often the fetch of one slice may turn out to be for others before it goes alone. */
  private static final int MOST_JOINS = 2;

  private static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;

  private final SlicePlan plan;

  /** What the first slice told. */
  private @Nullable Version version;

  private @Nullable SliceCursor cursor;

  // The slice that is read now.
  private @Nullable Fill fill;
  private boolean leads;
  private @Nullable StoredResponse slice;
  private int joins;

  private FillSource source = FillSource.UNKNOWN;
  private boolean over;
  private boolean busy;

  /** The version of the body that is sent. */
  private record Version(Validators validators, ContentRange part, boolean fromNode) {}

  SliceReader(Lookup lookup, Exchange exchange, SlicePlan plan) {
    super(lookup, exchange);
    this.plan = plan;
  }

  @Override
  public void start() {
    exchange.ready(this);
    advance();
  }

  @Override
  public void advance() {
    if (busy) {
      return;
    }
    busy = true;
    try {
      boolean moved = true;
      while (!over && moved) {
        moved = step();
      }
    } finally {
      busy = false;
    }
  }

  /** Does what can be done now; false if there is nothing. */
  private boolean step() {
    SliceCursor at = cursor;
    if (at != null && at.isAtEnd()) {
      finish();
      exchange.end(this);
      return false;
    }
    if (at != null && !exchange.isDownstreamWritable()) {
      // What is flushed may make room at once.
      exchange.flushDownstream();
      return !over && exchange.isDownstreamWritable();
    }
    if (at != null && at.hasText()) {
      exchange.data(this, at.text());
      return true;
    }
    StoredResponse here = here(at == null ? plan.first() : at.slice());
    if (here == null) {
      if (at != null && !over) {
        exchange.flushDownstream();
      }
      return false;
    }
    if (at == null) {
      begin(here);
      return true;
    }
    return send(at, here);
  }

  private boolean send(SliceCursor at, StoredResponse here) {
    Fill from = fill;
    // Before the length, so that a fetch that ended is seen with all that came.
    FillState state = from == null ? FillState.WHOLE : from.state();
    ByteBuf piece = at.next(here.body());
    if (piece != null) {
      exchange.data(this, piece);
      if (at.isBehindSlice()) {
        leaveSlice();
      }
      return true;
    }
    if (state == FillState.HERE) {
      exchange.flushDownstream();
      return !over && exchange.isDownstreamWritable() && at.hasMore(here.body());
    }
    fail(FailureKind.INCOMPLETE);
    return false;
  }

  // ---- a slice ----

  /** The slice, if there is some of it; null if it is waited for, or this has ended. */
  private @Nullable StoredResponse here(long number) {
    if (slice != null) {
      return slice;
    }
    if (fill == null) {
      StoredResponse stored = plan.usable(number);
      if (stored != null && isOfVersion(stored)) {
        plan.used(number, stored);
        slice = stored;
        return stored;
      }
      if (stored != null) {
        plan.drop(number, stored);
        stored.release();
      }
      if (lookup.directives().onlyIfCached()) {
        fail(FailureKind.NOT_CACHED);
        return null;
      }
      fetch(number);
    }
    Fill from = fill;
    return from == null || over ? slice : hereOf(from);
  }

  private void fetch(long number) {
    Fetches.Lead made = plan.fetch(number, joins >= MOST_JOINS);
    joins++;
    Fill from = made.fill();
    // A fetch is stored before none can join it: one that ended since this looked is found now.
    StoredResponse now = made.leads() ? plan.usable(number) : null;
    if (now != null && isOfVersion(now)) {
      from.giveUp();
      from.release();
      slice = now;
      return;
    }
    if (now != null) {
      now.release();
    }
    fill = from;
    leads = made.leads();
    // None overflows: slices have a length.
    from.add(this);
    if (leads) {
      from.lead(this);
      from.begin();
    }
  }

  private boolean isOfVersion(StoredResponse other) {
    Version known = version;
    return known == null || SlicePlan.isJoined(known.validators(), known.part(), other);
  }

  private @Nullable StoredResponse hereOf(Fill from) {
    switch (from.state()) {
      case HERE, WHOLE -> {
        StoredResponse here = from.object();
        if (here != null && (leads || isForThis(here, from))) {
          return take(here, from);
        }
        boolean purged = here != null && lookup.verdict(here) != PurgeVerdict.VALID;
        if (purged) {
          from.closeToOthers();
        }
        boolean otherVariant = here != null && from.source().stored() && lookup.isReusable(here);
        if (here != null && otherVariant) {
          lookup.selectedBy(here.meta().vary());
        }
        again(here == null || purged || otherVariant);
      }
      case CUT -> fail(FailureKind.INCOMPLETE);
      case FAILED -> {
        if (leads || from.failure() != FailureKind.BREAKS_OFF) {
          fail(from.failure());
        } else {
          again(true);
        }
      }
      case ALONE -> {
        if (!isPassed(from)) {
          again(false);
        }
      }
      case GIVEN_UP -> again(true);
      case ASKED -> exchange.ready(this);
    }
    return null;
  }

  private @Nullable StoredResponse take(StoredResponse here, Fill from) {
    if (here.part() == null && cursor == null) {
      // The origin answered with all of it, or with an error that is stored.
      boolean led = leads;
      from.retain();
      finish();
      lookup.handOver(new Fetches.Lead(from, led));
      exchange.released(this);
      return null;
    }
    if (!isOfVersion(here)) {
      plan.none();
      fail(FailureKind.INCOMPLETE);
      return null;
    }
    slice = here;
    source = from.source();
    return here;
  }

  /** Whether the response to another request answers this one (RFC 9111 section 4). */
  private boolean isForThis(StoredResponse here, Fill from) {
    long nowMillis = lookup.cache().nowMillis();
    PurgeVerdict verdict = lookup.verdict(here);
    return switch (from.source().use()) {
      case LEADER -> false;
      case STAND_IN ->
          verdict != PurgeVerdict.PURGED
              && here.meta()
                  .vary()
                  .secondaryKey(lookup.request().fields())
                  .equals(here.meta().vary().secondaryKey(from.asked().fields()))
              && Reuse.staleOnError(
                  here.meta().freshness(), lookup.directives(), from.source().status(), nowMillis);
      case STORED, SHARED ->
          verdict == PurgeVerdict.VALID
              && CollapseRule.takes(
                  here.meta(),
                  from.asked().fields(),
                  lookup.request().fields(),
                  lookup.directives(),
                  nowMillis);
    };
  }

  /** What was fetched is not for this: once more, if nothing was sent yet as any request does. */
  private void again(boolean looksAgain) {
    if (cursor == null) {
      finish();
      lookup.notForThis(looksAgain);
      exchange.released(this);
    } else if (!looksAgain || joins > MOST_JOINS) {
      fail(FailureKind.INCOMPLETE);
    } else {
      leaveSlice();
      Watchers.runOn(loop(), this::advance);
    }
  }

  private void leaveSlice() {
    Fill from = fill;
    StoredResponse held = slice;
    fill = null;
    slice = null;
    leads = false;
    if (from != null) {
      from.leave(this);
    } else if (held != null) {
      held.release();
    }
    if (held != null) {
      joins = 0;
    }
  }

  // ---- the answer ----

  private void begin(StoredResponse first) {
    ContentRange part = first.part();
    if (part != null) {
      version = new Version(first.meta().validators(), part, first.head().fromNode());
    }
    long nowMillis = lookup.cache().nowMillis();
    long length = SlicePlan.length(first);
    SlicePlan.Stored known = plan.known();
    boolean hit = fill == null && known.all();
    Moment now =
        new Moment(
            lookup.arrived().peer().isPresent(),
            lookup.cache().wallMillis(),
            Math.max(known.ageSeconds(), first.meta().freshness().ageSeconds(nowMillis)),
            length);
    StoredAnswer made = StoredAnswer.of(lookup.request(), first, now);
    SliceCursor at = new SliceCursor(made.parts(), plan.slices(), length);
    cursor = at;
    long ttlSeconds = first.meta().freshness().ttlSeconds(nowMillis);
    String status;
    if (hit) {
      status = lookup.cache().status().hit(Math.min(known.ttlSeconds(), ttlSeconds));
    } else if (fill == null) {
      status = lookup.cache().status().forwarded(CacheStatus.Forwarded.because(lookup.why()));
    } else {
      status = FetchStatus.of(lookup, source, leads, ttlSeconds);
    }
    if (fill != null && !leads) {
      lookup.service().counters().collapsed.increment();
    }
    made.head().fields().add(FieldNames.CACHE_STATUS, AsciiString.of(status));
    if (at.isAtEnd() || at.slice() != plan.first()) {
      leaveSlice();
    }
    exchange.head(this, made.head());
  }

  @Override
  public boolean takes(ResponseHead head) {
    boolean part = head.status() == PARTIAL;
    boolean none = head.status() == UNSATISFIABLE;
    boolean ofThis =
        Slices.isOfOneRange(lookup.request())
            && plan.first() > 0
            && !lookup.arrived().request().fields().has(FieldNames.IF_RANGE);
    return cursor == null && !part && (!none || ofThis);
  }

  @Override
  boolean isPassed(Fill from) {
    return leads && from.isPassing();
  }

  @Override
  void finish() {
    if (over) {
      return;
    }
    over = true;
    leaveSlice();
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  @Nullable Fill fill() {
    return fill;
  }

  // ---- as the exchange sees it ----

  @Override
  public String name() {
    Fill from = fill;
    String asked = from == null ? source.name() : from.source().name();
    return asked.isEmpty() ? NAME : asked;
  }

  @Override
  public String nextHop() {
    return fill == null ? source.nextHop() : fill.source().nextHop();
  }

  @Override
  public boolean hasFieldsToSend() {
    return cursor != null;
  }

  @Override
  public boolean isFromNode() {
    Version known = version;
    return known == null ? fill != null && fill.source().fromNode() : known.fromNode();
  }
}

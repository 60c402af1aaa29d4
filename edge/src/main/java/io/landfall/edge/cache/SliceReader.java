package io.landfall.edge.cache;

import io.landfall.cache.BodyVersion;
import io.landfall.cache.CacheStatus;
import io.landfall.cache.Slices;
import io.landfall.edge.cache.FillSource.Use;
import io.landfall.edge.cache.StoredAnswer.Moment;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.Optional;
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

  /**
   * The version of the body that is sent.
   *
   * @param body it
   * @param ties what the first slice hangs on
   * @param fromNode whether another node gave the first slice
   */
  private record Version(Optional<BodyVersion> body, StoredResponse.Ties ties, boolean fromNode) {}

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
    Fill from = fill;
    if (from != null && cursor != null) {
      from.moved(this);
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
    if (from == null || over) {
      return slice;
    }
    StoredResponse came = hereOf(from, leads);
    return came == null ? null : take(came, from);
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
    // It overflows only where it is for the one who leads.
    from.add(this);
    if (leads) {
      from.lead(this);
      from.begin();
    }
  }

  private boolean isOfVersion(StoredResponse other) {
    Version known = version;
    return known == null || SlicePlan.version(other).equals(known.body());
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
      isOfOther(from);
      fail(FailureKind.INCOMPLETE);
      return null;
    }
    slice = here;
    source = from.source();
    return here;
  }

  /** What came is of another version than what is sent, or the body has no such slice any more. */
  private void isOfOther(Fill from) {
    Version known = version;
    if (known == null || from.source().use() == Use.SHARED) {
      // It may itself be older than a purge, and so older than what is sent.
      plan.goPast();
    } else {
      plan.changed(known.ties());
    }
  }

  /** Once more, if nothing was sent yet as any request does. */
  @Override
  void notForThis(boolean looksAgain) {
    Fill from = fill;
    boolean streamed = from != null && from.object() != null && from.source().use() == Use.LEADER;
    if (cursor == null) {
      super.notForThis(looksAgain);
    } else if (streamed && joins <= MOST_JOINS) {
      // There was no room for it, so that it is for one alone: this fetches it too.
      joins = MOST_JOINS;
      leaveSlice();
      Watchers.runOn(loop(), this::advance);
    } else if (!looksAgain || joins > MOST_JOINS) {
      if (from != null && from.state() == FillState.ALONE && isUnsatisfiable(from)) {
        isOfOther(from);
      }
      fail(FailureKind.INCOMPLETE);
    } else {
      leaveSlice();
      Watchers.runOn(loop(), this::advance);
    }
  }

  private static boolean isUnsatisfiable(Fill from) {
    return from.source().status() == UNSATISFIABLE;
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
    version = new Version(SlicePlan.version(first), first.ties(), first.head().fromNode());
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
    Fill from = fill;
    if (from != null && leads) {
      from.addOfLeader(made.head().fields());
    } else if (from != null) {
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
    SliceCursor at = cursor;
    return at == null || at.isAtEnd() ? 0 : at.inSlice();
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

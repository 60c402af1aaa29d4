package io.landfall.edge.cache;

import io.landfall.cache.Coding;
import io.landfall.cache.Freshness;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.cache.StoredAnswer.Moment;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.ResponseHead;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * One request that is answered from the cache: from a stored response, or from one that is being
 * fetched, each byte as it comes. Reads at the speed of its own client, from its own place. On the
 * event loop of the request; holds what it reads from, and lets go of it once.
 */
final class CacheReader extends CacheAttempt {
  private final @Nullable Fill fill;
  private final boolean leads;

  private @Nullable StoredResponse stored;
  private @Nullable StoredAnswer answer;
  private @Nullable BodyCursor cursor;
  private boolean over;
  private boolean pumping;
  private boolean begun;

  private CacheReader(
      Lookup lookup,
      Exchange exchange,
      @Nullable Fill fill,
      @Nullable StoredResponse stored,
      boolean leads) {
    super(lookup, exchange);
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

  /** One that goes on reading what was fetched as a slice, which is held for it. */
  static CacheReader takingOver(Lookup lookup, Exchange exchange, Fetches.Lead from) {
    CacheReader made = ofFill(lookup, exchange, from.fill(), from.leads());
    made.begun = true;
    return made;
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
    if (leads && !begun) {
      from.lead(this);
      from.begin();
    } else if (inTime) {
      advance();
    } else {
      notForThis(false);
    }
  }

  @Override
  public void advance() {
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
    StoredResponse here = hereOf(from, leads);
    if (here != null) {
      stored = here;
    }
    return here != null;
  }

  private void begin(StoredResponse source) {
    long nowMillis = lookup.cache().nowMillis();
    Freshness freshness = source.meta().freshness();
    Fill from = fill;
    boolean whole = from == null || from.state() == FillState.WHOLE;
    Coding coding =
        whole ? CodedChoice.of(lookup, source, from == null || from.source().stored()) : null;
    Body body = body(source, coding);
    long length = whole ? body.length() : body.expectedBytes();
    Moment now =
        new Moment(
            lookup.arrived().peer().isPresent(),
            lookup.cache().wallMillis(),
            freshness.ageSeconds(nowMillis),
            length,
            coding);
    StoredAnswer made = StoredAnswer.of(lookup.request(), source, now);
    BodyCursor over = DiskCursor.over(body, made.parts(), DiskCursor.Sender.of(this));
    if (over == null) {
      lookup.drop(source);
      notForThis(false);
      return;
    }
    answer = made;
    cursor = over;
    long ttl = freshness.ttlSeconds(nowMillis);
    AsciiString status =
        from == null
            ? lookup.cache().hit(ttl, coding)
            : AsciiString.of(FetchStatus.of(lookup, from.source(), leads, ttl));
    if (from != null && leads) {
      from.addOfLeader(made.head().fields());
    } else if (from != null) {
      lookup.service().counters().collapsed.increment();
    }
    made.head().fields().add(FieldNames.CACHE_STATUS, status);
    if (coding != null && !made.parts().isEmpty()) {
      lookup.service().counters().coded(length, source.body().length());
    }
    exchange.head(this, made.head());
  }

  /** What is sent: what is stored, or a variant of it, which is there. */
  static Body body(StoredResponse source, @Nullable Coding coding) {
    if (coding == null) {
      return source.body();
    }
    Body coded = source.body().codings().made(coding);
    if (coded == null) {
      // Other bytes under that Content-Encoding would be wrong for whoever gets them.
      throw new InvariantBroken("a coding that is chosen is there: " + coding.token());
    }
    return coded;
  }

  private void pump() {
    BodyCursor from = cursor;
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

  private void endIfDone(BodyCursor at) {
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

  private boolean isAtEnd(BodyCursor at) {
    // Before the length, so that a body that is whole is seen whole.
    return at.isAtEnd(fill == null || fill.state() == FillState.WHOLE);
  }

  // ---- a response that is not stored ----

  @Override
  public boolean takes(ResponseHead head) {
    return true;
  }

  @Override
  boolean isPassed(Fill from) {
    return leads && from.isPassing();
  }

  // ---- the ends ----

  @Override
  void finish() {
    if (over) {
      return;
    }
    over = true;
    StoredResponse source = stored;
    stored = null;
    if (cursor != null) {
      cursor.close();
    }
    Fill from = fill;
    if (from != null) {
      from.leave(this);
    } else if (source != null) {
      source.release();
    }
  }

  @Override
  public long position() {
    return cursor == null ? 0 : cursor.position();
  }

  @Override
  @Nullable Fill fill() {
    return fill;
  }

  // ---- as the exchange sees it ----

  @Override
  public String name() {
    return fill == null || fill.source().name().isEmpty() ? NAME : fill.source().name();
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
}

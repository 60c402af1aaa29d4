package io.landfall.edge.cache;

import io.landfall.cache.CacheRequest;
import io.landfall.cache.StoreRefusal;
import io.landfall.edge.cache.FillSource.Use;
import io.landfall.edge.exchange.Arrived;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One fetch of a response that may be stored, for all requests that wait for it: an exchange of its
 * own, with this as the one who asked. Lives on the event loop of the request that began it.
 * Readers live anywhere, look at {@link #state} and at the body's length, and are woken when those
 * change. No reader stops the fill or another reader, unless the body turns out to be longer than
 * what may be stored: then no more than a window of it is kept for the slowest reader.
 *
 * <p>A response that may not be stored goes to the request that began the fill, with back-pressure
 * and not a byte kept; all others are released, to go by themselves.
 *
 * <p>Held by itself until it is over and by each of its readers; the last one to go lets go of the
 * response. What a response means is judged by {@link FillJudge}.
 */
final class Fill extends FetchView {
  /** What is kept of a body that is too long to be stored, before its slowest reader. */
  static final int WINDOW_BYTES = 256 * 1024;

  private final Fills fills;
  final ServiceCache service;
  private final FillKey key;
  private final Arrived first;
  private final Exchanges loop;
  private final FillJudge judge;
  private final boolean background;
  private final Watchers watchers = new Watchers();
  private final Leftover leftover = new Leftover();

  // Of the loop only.
  private @Nullable Exchange exchange;
  private @Nullable FillReader passedTo;
  private boolean grown;
  private boolean firstBrokeOff;

  /**
   * One that has not begun.
   *
   * @param lookup the request that needs it
   * @param key what others have in common with it
   * @param validated what is validated, held for this; null if there is nothing
   * @param background whether it goes on though none waits for it
   */
  Fill(Lookup lookup, FillKey key, @Nullable StoredResponse validated, boolean background) {
    super(lookup, background);
    this.fills = lookup.cache().fills();
    this.service = lookup.service();
    this.key = key;
    this.first = lookup.arrived();
    this.loop = first.loop();
    this.judge = new FillJudge(lookup, key, lookup.request(), validated);
    this.background = background;
  }

  // ---- readers, on any loop ----

  FillKey key() {
    return key;
  }

  /** The request that it was begun for, as its client sent it. */
  CacheRequest asked() {
    return judge.asked();
  }

  /**
   * Adds a reader, which holds this.
   *
   * @return false if it came too late: the first bytes of a body that is too long may be gone
   */
  boolean add(FillReader reader) {
    watchers.add(reader, reader.loop());
    // The fill says so before it looks at the readers: one of both sees the other.
    return !overflows;
  }

  /** Adds the fields that only the request gets which this was begun for. */
  void addOfLeader(FieldLines out) {
    judge.addOfAsker(out);
  }

  /** An unsafe method made what comes invalid: it is not stored, and none joins. Any thread. */
  void makeOutdated() {
    judge.makeOutdated();
    closeToOthers();
  }

  /** None joins from now on. */
  void closeToOthers() {
    fills.remove(key, this);
  }

  /** A reader has sent some of it. */
  void moved(FillReader reader) {
    if (overflows) {
      watchers.moved(reader.loop(), this::measured);
    }
  }

  /** How far the readers of a loop are is known anew. */
  private void measured() {
    Watchers.runOn(loop, this::goOn);
  }

  /** A reader is done with it, or gone; it lets go of the fill. */
  void leave(FillReader reader) {
    Exchanges its = reader.loop();
    watchers.remove(reader, its, overflows, this::measured);
    boolean own = its.equals(loop);
    boolean passing = own && reader.equals(passedTo);
    release();
    if (passing) {
      firstBrokeOff = reader.isBrokenOff();
      passedTo = null;
      if (state == FillState.ALONE) {
        stop(FillState.ALONE);
      }
    }
    if (own) {
      left();
    } else if (holders() == 1 || overflows) {
      Watchers.runOn(loop, this::left);
    }
  }

  // ---- the fetch, on its loop ----

  /** The reader that gets the response if it may not be stored. */
  void lead(FillReader reader) {
    passedTo = reader;
  }

  /** Whether the response goes to the reader that it was begun for, past the store. */
  boolean isPassing() {
    return state == FillState.ALONE && passedTo != null;
  }

  /** Sends the request, unless it was given up meanwhile. */
  void begin() {
    if (settle()) {
      send();
    }
  }

  private void send() {
    service.counters().fills.increment();
    fills.begun(this);
    Exchange created = new Exchange(loop, judge.request(), this, first.peer());
    exchange = created;
    boolean started = false;
    try {
      created.start();
      started = true;
    } finally {
      if (!started) {
        over(FillState.FAILED);
        created.notNeeded();
      }
    }
  }

  /** None joins from now on; if it has not begun, it never will, and who waits looks again. */
  void giveUp() {
    closeToOthers();
    if (settle()) {
      state = FillState.GIVEN_UP;
      watchers.wakeLater();
      release();
    }
  }

  /** Gives up if none waits, and little would be gained; else what the slowest did may be gone. */
  private void left() {
    StoredResponse here = object;
    boolean worth = !overflows && (background || (here != null && here.body().isWorthEnding()));
    boolean wanted = worth || isPassing();
    if (exchange != null && !wanted && holders() == 1) {
      // Who joined just before is counted, and may have begun to read.
      closeToOthers();
      if (holders() == 1) {
        stop(FillState.GIVEN_UP);
        return;
      }
    }
    goOn();
  }

  private void stop(FillState last) {
    Exchange current = exchange;
    over(last);
    if (current != null && firstBrokeOff) {
      current.downstreamGone();
    } else if (current != null) {
      current.notNeeded();
    }
  }

  /** Nothing more comes of it. */
  private void over(FillState last) {
    if (exchange == null) {
      return;
    }
    exchange = null;
    state = last;
    if (last != FillState.WHOLE && last != FillState.ALONE) {
      service.counters().brokenFills.increment();
    }
    fills.over(key, this);
    watchers.wake(loop);
    release();
  }

  @Override
  public void received(ResponseHead head, Attempt from, FieldLines ofAsker) {
    source = FillSource.of(from, head.status());
    switch (judge.of(head, from.isFromNode(), loop.date())) {
      case FillVerdict.Fetch(StoredResponse made, Use use) -> {
        source = source.with(use);
        object = made;
        state = FillState.HERE;
        watchers.wake(loop);
        left();
      }
      case FillVerdict.Known(StoredResponse known, boolean kept) -> {
        source = kept ? source.with(Use.STORED) : source;
        object = known;
        over(FillState.WHOLE);
      }
      case FillVerdict.Stale(StoredResponse known) -> {
        Exchange current = exchange;
        standIn(known);
        leftover.follows(current, head.framing());
      }
      case FillVerdict.Again _ -> {} // Its end comes at once: a 304 has no body.
      case FillVerdict.Pass(StoreRefusal why) -> pass(head.with(ofAsker), why);
    }
  }

  private void standIn(StoredResponse stale) {
    source = source.with(Use.STAND_IN);
    object = stale;
    over(FillState.WHOLE);
  }

  private void pass(ResponseHead head, StoreRefusal why) {
    closeToOthers();
    state = FillState.ALONE;
    watchers.wake(loop);
    FillReader to = passedTo;
    if (to == null || !to.takes(head)) {
      passedTo = null;
      stop(FillState.ALONE);
    } else {
      to.pass(head, why);
    }
  }

  @Override
  public void body(ByteBuf piece) {
    FillReader to = passedTo;
    StoredResponse here = object;
    if (state == FillState.ALONE && to != null) {
      judge.tee().write(piece);
      to.passed(piece);
      return;
    }
    if (state == FillState.HERE && here != null) {
      append(here.body(), piece);
      grown = true;
    } else {
      leftover.came(piece.readableBytes());
    }
    piece.release();
  }

  private void append(Body body, ByteBuf piece) {
    if (!overflows && !body.append(piece)) {
      overflows = true;
      closeToOthers();
      judge.tooLong();
    }
    if (overflows) {
      body.appendBeyond(piece);
    }
  }

  /** There may be room again for a body that is too long to be stored. */
  private void goOn() {
    if (overflows && exchange != null && object != null) {
      object.body().dropBefore(watchers.slowest());
      if (isWritable()) {
        writable();
      }
    }
  }

  @Override
  public void end() {
    StoredResponse here = object;
    FillReader to = passedTo;
    if (state == FillState.ALONE && to != null) {
      over(FillState.ALONE);
      to.passedAll();
    } else if (state == FillState.HERE && here != null) {
      if (!overflows) {
        judge.whole(here);
      }
      over(FillState.WHOLE);
    } else if (judge.asksAgain()) {
      send();
    }
  }

  @Override
  public void abort() {
    FillReader to = passedTo;
    if (state == FillState.ALONE && to != null) {
      over(FillState.ALONE);
      to.fail(FailureKind.INCOMPLETE);
    } else {
      over(state == FillState.HERE ? FillState.CUT : FillState.FAILED);
    }
  }

  @Override
  public void interim(int status, FieldLines fields) {
    if (passedTo != null) {
      passedTo.interim(status, fields);
    }
    // It was not meant for the others, but shows them that the origin answers.
    watchers.wake(loop);
  }

  @Override
  public void failed(FailureKind kind) {
    StoredResponse stale = judge.staleOnFailure();
    if (stale != null) {
      standIn(stale);
      return;
    }
    failure = kind;
    over(FillState.FAILED);
  }

  @Override
  public void declined() {
    passedTo = null;
    over(FillState.ALONE);
  }

  @Override
  public boolean isWritable() {
    FillReader to = passedTo;
    if (state == FillState.ALONE && to != null) {
      return to.isDownstreamWritable();
    }
    StoredResponse here = object;
    return !overflows || here == null || here.body().mayKeepMore(watchers.slowest());
  }

  /** Who the response goes to can take more. */
  void writable() {
    if (exchange != null) {
      exchange.downstreamWritable();
    }
  }

  @Override
  public void flush() {
    FillReader to = passedTo;
    if (state == FillState.ALONE && to != null) {
      to.flushPassed();
    } else if (grown) {
      grown = false;
      watchers.wake(loop);
      left();
    }
  }

  @Override
  void free() {
    if (object != null) {
      object.release();
    }
    judge.release();
  }
}

package io.landfall.edge.cache;

import io.landfall.cache.CollapseRule;
import io.landfall.cache.PurgeVerdict;
import io.landfall.cache.StoreRefusal;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request that is answered by the cache: what all who read from it have in common. Only
 * requests without a body are. On the event loop of the request.
 */
abstract class CacheAttempt extends LocalAttempt implements FillReader {
  final Lookup lookup;
  final Exchange exchange;
  private boolean brokenOff;

  CacheAttempt(Lookup lookup, Exchange exchange) {
    this.lookup = lookup;
    this.exchange = exchange;
  }

  /** The fetch that it reads from now; null if it reads what is stored. */
  abstract @Nullable Fill fill();

  /** Whether the response of that goes to this request alone, past the store. */
  abstract boolean isPassed(Fill from);

  @Override
  public final void interim(int status, FieldLines fields) {
    exchange.interim(this, status, fields);
  }

  /** Lets go of all that it holds, once. */
  abstract void finish();

  /**
   * The response of a fetch whose head is here, if it is for this request. Else nothing: it is
   * waited for, or this has ended, or goes on without it.
   *
   * @param leads whether the fetch was begun for this request
   */
  final @Nullable StoredResponse hereOf(Fill from, boolean leads) {
    switch (from.state()) {
      case HERE, WHOLE -> {
        StoredResponse here = from.object();
        if (here != null && (leads || isForThis(here, from))) {
          return here;
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
    return null;
  }

  /** Whether the response to another request answers this one (RFC 9111 section 4). */
  private boolean isForThis(StoredResponse here, Fill from) {
    return switch (from.source().use()) {
      case LEADER -> false;
      case STAND_IN -> lookup.mayStandIn(here, from);
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

  /**
   * What it waited for is not for it: the request goes on otherwise.
   *
   * @param looksAgain whether it looks up what there is by now; else it goes alone
   */
  void notForThis(boolean looksAgain) {
    finish();
    lookup.notForThis(looksAgain);
    exchange.released(this);
  }

  @Override
  public final void pass(ResponseHead head, StoreRefusal why) {
    exchange.head(this, FetchStatus.passed(lookup, head, why));
  }

  @Override
  public final void passed(ByteBuf piece) {
    exchange.data(this, piece);
  }

  @Override
  public final void passedAll() {
    finish();
    exchange.end(this);
  }

  @Override
  public final boolean isDownstreamWritable() {
    return exchange.isDownstreamWritable();
  }

  @Override
  public final void flushPassed() {
    exchange.flushDownstream();
  }

  @Override
  public final void fail(FailureKind kind) {
    finish();
    exchange.failed(this, new AttemptFailure(kind, false));
  }

  @Override
  public final Exchanges loop() {
    return lookup.arrived().loop();
  }

  @Override
  public final Object place() {
    return NAME;
  }

  @Override
  public final void resume() {
    Fill from = fill();
    if (from != null && isPassed(from)) {
      from.writable();
    } else {
      advance();
    }
  }

  @Override
  public final void brokenOff() {
    brokenOff = true;
  }

  @Override
  public final boolean isBrokenOff() {
    return brokenOff;
  }

  @Override
  public final void cancel() {
    finish();
  }

  @Override
  public final void timedOut() {
    Fill from = fill();
    if (from != null) {
      // It should have ended long ago: who asks next does not wait for it too.
      from.giveUp();
    }
  }
}

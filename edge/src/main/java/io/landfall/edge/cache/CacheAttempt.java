package io.landfall.edge.cache;

import io.landfall.cache.StoreRefusal;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.exchange.FailureKind;
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

  /** Lets go of all that it holds, once. */
  abstract void finish();

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

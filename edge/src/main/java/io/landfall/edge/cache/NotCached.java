package io.landfall.edge.cache;

import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.netty.buffer.ByteBuf;

/** The answer to only-if-cached when nothing is stored: 504 (RFC 9111 section 5.2.1.7). */
record NotCached(Exchange exchange) implements Attempt {
  @Override
  public void start() {
    exchange.failed(this, new AttemptFailure(FailureKind.NOT_CACHED, true));
  }

  @Override
  public Object place() {
    return this;
  }

  @Override
  public String name() {
    return CacheAttempt.NAME;
  }

  @Override
  public String nextHop() {
    return "";
  }

  @Override
  public boolean isForward() {
    return false;
  }

  @Override
  public boolean isOfCache() {
    return true;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    return true;
  }

  @Override
  public void body(ByteBuf data) {
    data.release();
  }

  @Override
  public void end() {}

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public void flush() {}

  @Override
  public void resume() {}

  @Override
  public void cancel() {}

  @Override
  public void timedOut() {}
}

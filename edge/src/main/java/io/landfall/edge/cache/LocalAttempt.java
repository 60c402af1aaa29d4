package io.landfall.edge.cache;

import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.exchange.Attempt;
import io.netty.buffer.ByteBuf;

/**
 * An answer that this node makes: one more place that a request is tried on, which takes no body,
 * is always there, and has nothing to wait for or to let go of.
 */
abstract class LocalAttempt implements Attempt {
  /** What stands in records as the place. */
  static final String NAME = "cache";

  @Override
  public Object place() {
    return this;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String nextHop() {
    return "";
  }

  @Override
  public final boolean isForward() {
    return false;
  }

  @Override
  public final boolean isOfCache() {
    return true;
  }

  @Override
  public final boolean isStillThere(EdgeSnapshot snapshot) {
    return true;
  }

  @Override
  public final void body(ByteBuf data) {
    data.release();
  }

  @Override
  public final void end() {}

  @Override
  public final boolean isWritable() {
    return true;
  }

  @Override
  public final void flush() {}

  @Override
  public void resume() {}

  @Override
  public void cancel() {}

  @Override
  public void timedOut() {}
}

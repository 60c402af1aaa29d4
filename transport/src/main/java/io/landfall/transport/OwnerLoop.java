package io.landfall.transport;

import io.landfall.core.Clock;
import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;

/**
 * The thread that owns what streams are about, as the streams see it: it runs their callbacks, in
 * the order in which they are handed over. It is an event loop, so that a stream may live on it and
 * its bytes reach their owner without a hand-off.
 */
public interface OwnerLoop extends Executor, Clock {
  /** The event loop whose thread it is, for streams that are to live on it. */
  EventLoop eventLoop();

  /**
   * Runs a task at once when this is the owner's thread already, and after what was handed over
   * before it otherwise.
   */
  void hereOrLater(Runnable task);

  /** Whether the calling thread is the owner's. */
  default boolean isHere() {
    return eventLoop().inEventLoop();
  }
}

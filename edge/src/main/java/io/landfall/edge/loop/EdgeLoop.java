package io.landfall.edge.loop;

import io.netty.channel.EventLoop;

/**
 * What a connection may ask of the event loop that it lives on. All calls are on that loop, so
 * nothing behind them is synchronised.
 */
public interface EdgeLoop extends LoopTime {
  /** The thread, for tasks and timers. */
  EventLoop eventLoop();

  /** What this loop's connections hold of input that cannot go on. */
  InputMemory inputMemory();

  /** Whether answers tell clients that their connection ends (RFC 9112 section 9.6). */
  boolean isLeaving();

  /** Whether connections are closed as soon as their request is done. */
  boolean isDraining();
}

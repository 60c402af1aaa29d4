package io.landfall.edge.cache;

import io.netty.buffer.ByteBuf;

/** How far one reader is with the parts of a body that it sends. On the reader's event loop. */
interface BodyCursor {
  /** The first byte of the body that is not sent yet. */
  long position();

  /** Whether there is something to send now. */
  boolean hasMore();

  /**
   * Whether all is sent.
   *
   * @param whole whether the body was known to be whole before its length was looked at
   */
  boolean isAtEnd(boolean whole);

  /** The next piece of what is there, which the receiver takes over. Only if there is more. */
  ByteBuf next();

  /** It is not used any more. */
  default void close() {}
}

package io.landfall.edge.h1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** What an {@link OriginAttempt} is sent on: a connection of the pool, or what became of one. */
interface OriginCarrier {
  Channel channel();

  /** Writes a piece of what the client sends, and takes it over. */
  void writeBody(ByteBuf data);

  /** The client sends nothing more. */
  void writeEnd();

  /** Works through what was received, as far as the downstream can take it. */
  void process();

  /** The attempt was given up. */
  void abandon();

  /** The attempt is over, and what was written is to arrive. */
  default void endInOrder() {
    abandon();
  }
}

package io.landfall.edge;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;

/**
 * TLS to one backend: what its certificate must lead to, and which name it must have. Requests and
 * probes of a backend get their handlers from the same one, so that they agree. Any thread may ask.
 */
public interface OriginTls {
  /**
   * A handler for a new connection. It begins its handshake when it is added to a connected
   * channel, and its arithmetic runs on no event loop.
   */
  SslHandler handler(ByteBufAllocator allocator);
}

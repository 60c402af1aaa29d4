package io.landfall.edge.h2;

import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;

/** What the frames of a connection's other end may cost besides its requests. */
interface FrameBudget {
  /** Of who is authenticated; what waits is bounded all the same. */
  FrameBudget NONE = (type, flags, length, use) -> null;

  /**
   * A frame begins.
   *
   * @param type its type (RFC 9113 section 6)
   * @param length of its payload
   * @param use what its stream was before it
   * @return what its connection ends with; null if it may come
   */
  @Nullable Http2Exception begins(int type, int flags, int length, PeerStreams.Use use);
}

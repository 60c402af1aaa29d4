package io.landfall.edge.h2;

import io.netty.handler.codec.http2.DefaultHttp2Connection;

/**
 * Netty's table of the streams of a connection, which also knows the streams that the other end has
 * opened with a head that was refused before they were made: the rest of such a request has crossed
 * the reset on its way (RFC 9113 section 5.1), and is no frame on a stream that never was, for
 * which the connection would end.
 */
final class StreamTable extends DefaultHttp2Connection {
  /** The highest number of such a stream. */
  private int lastRefused;

  /** No streams. */
  StreamTable(boolean server) {
    super(server);
  }

  /** The head of a stream was refused; returns whether the stream is none that was made. */
  boolean refused(int streamId) {
    if (!remote().isValidStreamId(streamId) || super.streamMayHaveExisted(streamId)) {
      return false;
    }
    lastRefused = Math.max(lastRefused, streamId);
    return true;
  }

  @Override
  public boolean streamMayHaveExisted(int streamId) {
    return super.streamMayHaveExisted(streamId)
        || (streamId <= lastRefused && remote().isValidStreamId(streamId));
  }
}

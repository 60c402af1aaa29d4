package io.landfall.edge.h1;

import io.landfall.edge.h1.Http1Encoder.Persistence;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Writes the response in progress of an HTTP/1 connection; whoever calls it flushes. */
final class Http1ResponseWriter {
  private boolean chunked;

  /** Whether the end of a response of this framing shows without closing the connection. */
  private static boolean isDelimited(Framing framing, boolean version11) {
    return version11
        || framing.kind() == Framing.Kind.NONE
        || framing.kind() == Framing.Kind.LENGTH;
  }

  /**
   * Writes a head.
   *
   * @param last whether the connection is closed after it in any case
   * @return whether the connection is to be closed after the response
   */
  boolean head(
      ChannelHandlerContext to,
      int status,
      FieldLines fields,
      Framing framing,
      boolean version11,
      boolean last) {
    chunked = version11 && !isDelimited(framing, false);
    boolean closes = last || !isDelimited(framing, version11);
    Persistence persistence =
        closes ? Persistence.CLOSE : version11 ? Persistence.KEEP : Persistence.KEEP_TELL;
    ChannelIo.write(
        to, Http1Encoder.responseHead(to.alloc(), status, fields, chunked, persistence));
    return closes;
  }

  void body(ChannelHandlerContext to, ByteBuf data) {
    if (!chunked) {
      ChannelIo.write(to, data);
    } else if (data.isReadable()) {
      ChannelIo.write(to, Http1Encoder.chunkSize(to.alloc(), data.readableBytes()));
      ChannelIo.write(to, data);
      ChannelIo.write(to, Http1Encoder.lineEnd());
    } else {
      data.release();
    }
  }

  void end(ChannelHandlerContext to) {
    if (chunked) {
      ChannelIo.write(to, Http1Encoder.lastChunk());
    }
    chunked = false;
  }
}

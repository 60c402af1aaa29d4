package io.landfall.edge;

import io.landfall.edge.H1Writer.Persistence;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Writes the response in progress of an HTTP/1 connection; whoever calls it flushes. */
final class H1Answer {
  private boolean chunked;

  /** Whether the end of a response of this framing shows without closing the connection. */
  static boolean isDelimited(Framing framing, boolean version11) {
    return version11
        || framing.kind() == Framing.Kind.NONE
        || framing.kind() == Framing.Kind.LENGTH;
  }

  void head(
      ChannelHandlerContext to,
      int status,
      Fields fields,
      Framing framing,
      boolean version11,
      Persistence persistence) {
    chunked = version11 && !isDelimited(framing, false);
    Io.write(to, H1Writer.responseHead(to.alloc(), status, fields, chunked, persistence));
  }

  void body(ChannelHandlerContext to, ByteBuf data) {
    if (!chunked) {
      Io.write(to, data);
    } else if (data.isReadable()) {
      Io.write(to, H1Writer.chunkSize(to.alloc(), data.readableBytes()));
      Io.write(to, data);
      Io.write(to, H1Writer.lineEnd());
    } else {
      data.release();
    }
  }

  void end(ChannelHandlerContext to) {
    if (chunked) {
      Io.write(to, H1Writer.lastChunk());
    }
    chunked = false;
  }
}

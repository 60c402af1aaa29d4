package io.landfall.edge.h1;

import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.h1.Http1Encoder.Persistence;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.Tokens;
import io.landfall.edge.loop.ChannelIo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Writes the response in progress of an HTTP/1 connection; whoever calls it flushes, through this.
 *
 * <p>A short body is copied behind its head, and both are one buffer: that costs less than a second
 * buffer costs in the pipeline and in the kernel (writev for send).
 */
final class Http1ResponseWriter {
  /** Most bytes of a body that are copied behind the head. */
  static final int COPIED_BYTES = 4096;

  private static final AsciiString TRAILERS = AsciiString.cached("trailers");

  private static final FieldLines NONE = new FieldLines(0);

  private boolean chunked;
  private FieldLines trailers = NONE;

  /** A head whose body has not come yet, with room for it; null if there is none. */
  private @Nullable ByteBuf held;

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
    boolean isShort =
        framing.kind() == Framing.Kind.LENGTH && framing.length() <= COPIED_BYTES && !chunked;
    int room = isShort ? (int) framing.length() : 0;
    ByteBuf head =
        Http1Encoder.responseHead(to.alloc(), status, fields, chunked, persistence, room);
    if (room > 0) {
      held = head;
    } else {
      ChannelIo.write(to, head);
    }
    return closes;
  }

  void body(ChannelHandlerContext to, ByteBuf data) {
    ByteBuf head = held;
    if (head != null && data.readableBytes() <= head.writableBytes()) {
      head.writeBytes(data);
      data.release();
      return;
    }
    writeHeld(to);
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

  /**
   * Keeps what comes behind the body, for its end; of a client that does not say that it takes
   * trailers (RFC 9110 section 10.1.4) they are dropped (section 6.5.1).
   */
  void trailers(FieldLines fields, @Nullable Exchange of) {
    AsciiString takes = of == null ? null : of.request().fields().first(FieldNames.TE);
    trailers = takes != null && Tokens.contains(takes, TRAILERS) ? fields : NONE;
  }

  void end(ChannelHandlerContext to) {
    writeHeld(to);
    if (chunked && trailers.size() > 0) {
      ChannelIo.write(to, Http1Encoder.lastChunk(to.alloc(), trailers));
    } else if (chunked) {
      ChannelIo.write(to, Http1Encoder.lastChunk());
    }
    chunked = false;
    trailers = NONE;
  }

  /** Sends what was written, also a head that waits for its body. */
  void flush(ChannelHandlerContext to) {
    writeHeld(to);
    to.flush();
  }

  /** Nothing more is sent. */
  void release() {
    ByteBuf head = held;
    held = null;
    if (head != null) {
      head.release();
    }
  }

  private void writeHeld(ChannelHandlerContext to) {
    ByteBuf head = held;
    held = null;
    if (head != null) {
      ChannelIo.write(to, head);
    }
  }
}

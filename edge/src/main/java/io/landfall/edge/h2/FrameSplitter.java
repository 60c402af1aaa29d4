package io.landfall.edge.h2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived on an HTTP/2 connection, handed on a few frames at a time (RFC 9113 section
 * 4.1), so that one read of thousands of frames, each of which wants an answer, can be stopped in
 * the middle. What it keeps is bounded by what was read before reading stopped. A read of few
 * frames is passed as it is. It stops behind the header of a frame that may end the connection
 * ({@link PeerStreams}).
 */
final class FrameSplitter {
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int LENGTH_BYTES = 3;

  /** The type of what comes before the first frame. */
  private static final int PREFACE = -1;

  private final Deque<ByteBuf> kept = new ArrayDeque<>(1);

  /** Bytes of the payload under way, or of the preface, that have not been passed yet. */
  private int restBytes;

  private int headerBytes;
  private int length;
  private int type = PREFACE;
  private int flags;
  private int streamId;
  private boolean inSection;
  private int units;
  private boolean closed;

  private final PeerStreams streams;
  private final FrameBudget budget;
  private @Nullable Http2Exception violation;

  /**
   * Nothing has arrived.
   *
   * @param prefaceBytes what comes before the first frame
   * @param streams what the frames did to their streams
   * @param budget what the frames may cost besides
   */
  FrameSplitter(int prefaceBytes, PeerStreams streams, FrameBudget budget) {
    this.restBytes = prefaceBytes;
    this.streams = streams;
    this.budget = budget;
  }

  /** Takes over what has arrived; what arrives behind a violation or the end is dropped. */
  void add(ByteBuf bytes) {
    if (bytes.isReadable() && violation == null && !closed) {
      kept.add(bytes);
    } else {
      bytes.release();
    }
  }

  /** The next bytes, with the ends of at most so many frames; null when there are none. */
  @Nullable ByteBuf next(int frames) {
    ByteBuf first = kept.peek();
    if (first == null) {
      return null;
    }
    int end = endOf(first, frames);
    if (end == first.writerIndex()) {
      return kept.poll();
    }
    return first.readRetainedSlice(end - first.readerIndex());
  }

  private int endOf(ByteBuf in, int frames) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    int ended = 0;
    while (at < end && ended < frames) {
      if (restBytes > 0) {
        int step = Math.min(restBytes, end - at);
        at += step;
        restBytes -= step;
      } else {
        units += headerBytes == 0 && !inSection ? 1 : 0;
        header(in.getByte(at++) & 0xff);
        if (headerBytes < FRAME_HEADER_BYTES) {
          continue;
        }
        headerBytes = 0;
        restBytes = length;
        violation = judged();
        length = 0;
        if (type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION) {
          inSection = (flags & Http2Flags.END_HEADERS) == 0;
        }
        if (violation != null) {
          return at;
        }
      }
      ended += restBytes == 0 ? 1 : 0;
    }
    return at;
  }

  /** What the frame that begins ends its connection with, if anything. */
  private @Nullable Http2Exception judged() {
    int stream = streamId & Integer.MAX_VALUE;
    PeerStreams.Use use = streams.use(stream);
    Http2Error error = streams.begins(type, flags, stream);
    return error == null
        ? budget.begins(type, flags, length, use)
        : Http2Exception.connectionError(error, "HEADERS on a stream that is closed");
  }

  /** The next octet of a frame's header (RFC 9113 section 4.1). */
  private void header(int octet) {
    int at = headerBytes++;
    if (at < LENGTH_BYTES) {
      length = (length << 8) | octet;
    } else if (at == LENGTH_BYTES) {
      type = octet;
    } else if (at == LENGTH_BYTES + 1) {
      flags = octet;
    } else {
      streamId = (streamId << 8) | octet;
    }
  }

  /** What the frame whose header was handed on last ends its connection with, if anything. */
  @Nullable Http2Exception violation() {
    return violation;
  }

  /** Whether a field section has begun that is not whole, or a frame that is not one of DATA. */
  boolean isInHead() {
    return inSection || headerBytes > 0 || (restBytes > 0 && type != Http2FrameTypes.DATA);
  }

  /** Whether a field section or a frame has begun that is not whole. */
  boolean isInside() {
    return inSection || headerBytes > 0 || restBytes > 0;
  }

  /** What the reads take that were not handed on. */
  int keptBytes() {
    int bytes = 0;
    for (ByteBuf each : kept) {
      bytes += each.capacity();
    }
    return bytes;
  }

  /** The number of the section or frame that began last. */
  int units() {
    return units;
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  /** Drops what was not handed on, for good: nothing is handed on any more. */
  void close() {
    closed = true;
    headerBytes = 0;
    restBytes = 0;
    inSection = false;
    kept.forEach(ByteBuf::release);
    kept.clear();
  }
}
